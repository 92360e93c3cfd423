import type { GoalState } from '@chorale/lib-client';
import { goalStates } from '@chorale/lib-client';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { exitCodes } from '../exit-code.ts';
import { followGoal } from '../follow-goal.ts';
import { listenToGoal } from '../listen-to-goal.ts';
import { arrangeTasks, goalColumns, printChanged, printGoal, taskColumns } from '../goal-table.ts';
import { readCount, readJsonOption } from '../read-options.ts';
import type { CommonOptions } from '../session.ts';
import { addExplainCommand } from './explain-command.ts';
import { addPlanCommands } from './plan-commands.ts';
import { addSubmitManyCommand } from './submit-many-command.ts';

export function addGoalCommands(cli: Cli, program: Command): void {
  const goal = program.command('goal').description('look at goals and steer them');
  addList(cli, goal);
  addSubmitManyCommand(cli, goal);
  addShow(cli, goal);
  addListen(cli, goal);
  addSteering(cli, goal);
  addRetry(cli, goal);
  addExplainCommand(cli, goal);
  addPlanCommands(cli, goal);
}

interface ListOptions extends CommonOptions {
  readonly state?: string;
  readonly workflow?: string;
  readonly archived?: boolean;
  readonly limit?: string;
  readonly after?: string;
}

function addList(cli: Cli, goal: Command): void {
  const list = cli
    .addOfProject(goal, 'list', 'list goals, newest first')
    .option('--state <states>', `one or several of ${goalStates.join(', ')}, separated by commas`)
    .option('--workflow <name>', 'only goals of this workflow')
    .option('--archived', 'those that ended long ago and are in the archive')
    .option('--limit <count>', 'how many', '20')
    .option('--after <cursor>', 'go on where the page before ended');
  cli.run<[], ListOptions>(list, async (session, { options }) => {
    const page = await session.client.listGoals({
      limit: readCount('--limit', options.limit ?? '20'),
      ...session.ofProject,
      ...(options.state === undefined ? {} : { states: options.state.split(',') as GoalState[] }),
      ...(options.workflow === undefined ? {} : { workflow: options.workflow }),
      ...(options.archived === true ? { archived: true } : {}),
      ...(options.after === undefined ? {} : { after: options.after }),
    });
    if (session.json) return session.printJson(page);
    session.printTable(page.items, goalColumns(session.now()), 'no goals; submit one with `chorale run <workflow>`');
    if (page.next !== undefined) session.terminal.error(`more: --after ${page.next}\n`);
  });
}

function addShow(cli: Cli, goal: Command): void {
  const show = cli.add(goal, 'show <goal>', 'show one goal and its tasks').option('-f, --follow', 'until it has ended');
  cli.run<[string], CommonOptions & { readonly follow?: boolean }>(
    show,
    async (session, { args: [goalId], options }) => {
      if (options.follow === true) return followGoal(session, goalId);
      const [found, tasks] = await Promise.all([session.client.getGoal(goalId), session.client.listTasks(goalId)]);
      if (session.json) return session.printJson({ goal: found, tasks });
      printGoal(session, found);
      session.print('\n');
      session.printTable(arrangeTasks(tasks), taskColumns(session.now()), 'no tasks');
      return undefined;
    },
  );
}

function addListen(cli: Cli, goal: Command): void {
  const listen = cli.add(goal, 'listen <goal>', 'print what models say to its agents while they say it');
  cli.run<[string], CommonOptions>(listen, async (session, { args: [goalId] }) => {
    await listenToGoal(session, goalId);
    return session.signal.aborted ? exitCodes.interrupted : exitCodes.ok;
  });
}

interface SteerOptions extends CommonOptions {
  readonly reason?: string;
  readonly ifVersion?: string;
}

const steering = [
  { verb: 'pause', method: 'pauseGoal', summary: 'start no further tasks; running ones go on' },
  { verb: 'resume', method: 'resumeGoal', summary: 'go on after a pause' },
  { verb: 'cancel', method: 'cancelGoal', summary: 'stop running tasks and end the goal' },
] as const;

function addSteering(cli: Cli, goal: Command): void {
  for (const { verb, method, summary } of steering) {
    const command = cli
      .add(goal, `${verb} <goal>`, summary)
      .option('--reason <text>', 'is kept with the event')
      .option('--if-version <version>', 'only while the goal has this version');
    cli.run<[string], SteerOptions>(command, async (session, { args: [goalId], options }) => {
      const changed = await session.client[method](goalId, {
        ...(options.reason === undefined ? {} : { reason: options.reason }),
        ...(options.ifVersion === undefined ? {} : { ifVersion: readCount('--if-version', options.ifVersion) }),
      });
      printChanged(session, changed);
    });
  }
}

function addRetry(cli: Cli, goal: Command): void {
  const retry = cli
    .add(goal, 'retry <goal> <task>', 'try a failed task again')
    .option('--input <json>', 'used instead of what the plan gives the task');
  cli.run<[string, string], CommonOptions & { readonly input?: string }>(
    retry,
    async (session, { args: [goalId, key], options }) => {
      const change = options.input === undefined ? {} : { input: readJsonOption('--input', options.input) };
      printChanged(session, await session.client.retryTask(goalId, key, change));
    },
  );
  const rerun = cli.add(goal, 'rerun <goal> <task>', 'run a task and everything that needs it again');
  cli.run<[string, string], CommonOptions>(rerun, async (session, { args: [goalId, key] }) => {
    printChanged(session, await session.client.rerunFromTask(goalId, key));
  });
}
