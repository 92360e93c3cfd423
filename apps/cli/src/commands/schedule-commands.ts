import type { CatchUp, Priority } from '@chorale/lib-client';
import type { Command } from 'commander';
import { type Cli, collect } from '../cli.ts';
import { formatAge, formatTime } from '../format.ts';
import { readInputs } from '../read-options.ts';
import type { CommonOptions } from '../session.ts';

interface AddOptions extends CommonOptions {
  readonly name?: string;
  readonly cron: string;
  readonly timeZone?: string;
  readonly catchUp?: CatchUp;
  readonly input?: readonly string[];
  readonly priority?: Priority;
  readonly paused?: boolean;
}

export function addScheduleCommands(cli: Cli, program: Command): void {
  const schedule = program.command('schedule').description('goals that are submitted again and again');
  const list = cli.addOfProject(schedule, 'list', 'list schedules');
  cli.run<[], CommonOptions>(list, async (session) => {
    const items = await session.client.listSchedules(session.ofProject);
    if (session.json) return session.printJson({ items });
    session.printTable(
      items,
      [
        { title: 'schedule', text: (item) => item.scheduleId },
        { title: 'name', text: (item) => item.name, shrinks: true },
        { title: 'project', text: (item) => item.projectId },
        { title: 'workflow', text: (item) => item.workflow, shrinks: true },
        { title: 'cron', text: (item) => `${item.cron} ${item.timeZone}` },
        {
          title: 'next',
          text: (item) =>
            item.paused ? 'paused' : `${formatTime(item.nextAt)} (${formatAge(item.nextAt, session.now())})`,
        },
      ],
      'no schedules',
    );
  });
  const add = cli
    .addOfProject(schedule, 'add <workflow>', 'submit a workflow whenever its time has come')
    .requiredOption('--cron <fields>', 'minute hour day month weekday, like "0 6 * * 1-5"')
    .option('--time-zone <name>', 'where those hours are, like Europe/Berlin', 'UTC')
    .option('--catch-up <policy>', 'times missed while nothing ran: none, last or all', 'last')
    .option('--name <text>', 'what the schedule is called; default the workflow')
    .option('-i, --input <name=value>', 'an input of the workflow; may be repeated', collect)
    .option('--priority <class>', 'urgent, high, normal or low')
    .option('--paused', 'add it without letting it run');
  cli.run<[string], AddOptions>(add, async (session, { args: [workflow], options }) => {
    const added = await session.client.addSchedule({
      name: options.name ?? workflow,
      workflow,
      cron: options.cron,
      ...session.ofProject,
      inputs: readInputs(options.input ?? []),
      ...(options.timeZone === undefined ? {} : { timeZone: options.timeZone }),
      ...(options.catchUp === undefined ? {} : { catchUp: options.catchUp }),
      ...(options.priority === undefined ? {} : { priority: options.priority }),
      ...(options.paused === undefined ? {} : { paused: options.paused }),
    });
    if (session.json) session.printJson(added);
    else session.print(`${added.scheduleId} next ${formatTime(added.nextAt)}\n`);
  });
  const remove = cli.add(schedule, 'remove <schedule>', 'remove a schedule; the goals it submitted stay');
  cli.run<[string], CommonOptions>(remove, async (session, { args: [scheduleId] }) => {
    await session.client.removeSchedule(scheduleId);
    if (session.json) session.printJson({ scheduleId, removed: true });
    else session.print(`${scheduleId} removed\n`);
  });
}
