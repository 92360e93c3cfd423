import type { PlanChange } from '@chorale/lib-client';
import type { Command } from 'commander';
import { type Cli, collect } from '../cli.ts';
import { formatTime } from '../format.ts';
import { readCount, readJsonOption } from '../read-options.ts';
import type { CommonOptions } from '../session.ts';
import { UsageError } from '../usage-error.ts';
import { printChanged } from '../goal-table.ts';

export function addPlanCommands(cli: Cli, goal: Command): void {
  const plan = cli.add(goal, 'plan <goal>', "show the goal's plan and its versions");
  cli.run<[string], CommonOptions>(plan, async (session, { args: [goalId] }) => {
    const found = await session.client.getPlan(goalId);
    if (session.json) return session.printJson(found);
    session.printTable(
      found.definition.tasks.filter((task) => task.removed !== true),
      [
        { title: 'task', text: (task) => task.key },
        { title: 'kind', text: (task) => task.kind },
        { title: 'by', text: (task) => task.agent ?? task.tool ?? task.workflow },
        { title: 'needs', text: (task) => task.needs.join(', '), shrinks: true },
        { title: 'when', text: (task) => task.when, shrinks: true },
      ],
      'the plan is empty',
    );
    session.print('\n');
    session.printTable(
      found.versions,
      [
        { title: 'version', text: (version) => String(version.version), align: 'right' },
        { title: 'at', text: (version) => formatTime(version.at) },
        { title: 'by', text: (version) => version.author },
        { title: 'changes', text: (version) => version.changes.map(sayChange).join(', '), shrinks: true },
        { title: 'reason', text: (version) => version.reason, shrinks: true },
      ],
      'no versions',
    );
  });
  addEdit(cli, goal);
}

function sayChange(change: PlanChange): string {
  return `${change.change} ${'task' in change ? change.task.key : change.key}`;
}

interface EditOptions extends CommonOptions {
  readonly add?: readonly string[];
  readonly replace?: readonly string[];
  readonly remove?: readonly string[];
  readonly skip?: readonly string[];
  readonly repoint?: readonly string[];
  readonly changes?: string;
  readonly reason: string;
  readonly ifPlanVersion?: string;
}

function addEdit(cli: Cli, goal: Command): void {
  const edit = cli
    .add(goal, 'edit <goal>', 'change the plan of a running goal; all changes happen or none')
    .option('--add <json>', 'a task definition; may be repeated', collect)
    .option('--replace <json>', 'a task definition in place of the task of that key', collect)
    .option('--remove <task>', 'take a task out that has not started', collect)
    .option('--skip <task>', 'skip a task', collect)
    .option('--repoint <task=needs>', 'what a task needs, separated by commas', collect)
    .option('--changes <file>', 'a JSON file with a list of changes')
    .option('--if-plan-version <version>', 'only while the plan has this version')
    .requiredOption('--reason <text>', 'is kept with the new version');
  cli.run<[string], EditOptions>(edit, async (session, { args: [goalId], options }) => {
    const changes = [...readChanges(options)];
    if (options.changes !== undefined) {
      const listed = readJsonOption('--changes', await session.readText(options.changes));
      if (!Array.isArray(listed)) throw new UsageError('--changes must name a file that holds a list');
      changes.push(...(listed as PlanChange[]));
    }
    if (changes.length === 0)
      throw new UsageError('say what to change with --add, --replace, --remove, --skip, --repoint or --changes');
    const expected = options.ifPlanVersion;
    const changed = await session.client.changePlan(goalId, {
      changes,
      reason: options.reason,
      ...(expected === undefined ? {} : { expectedPlanVersion: readCount('--if-plan-version', expected) }),
    });
    printChanged(session, changed);
  });
}

function* readChanges({ add, replace, remove, skip, repoint }: EditOptions): Generator<PlanChange> {
  // The server checks definitions; here they only have to be JSON.
  for (const text of add ?? []) yield { change: 'add', task: readJsonOption('--add', text) as never };
  for (const text of replace ?? []) yield { change: 'replace', task: readJsonOption('--replace', text) as never };
  for (const key of remove ?? []) yield { change: 'remove', key };
  for (const key of skip ?? []) yield { change: 'skip', key };
  for (const text of repoint ?? []) {
    const [key = '', needs] = text.split('=', 2);
    if (needs === undefined) throw new UsageError(`--repoint ${text} names no needs; write it like --repoint task=a,b`);
    yield { change: 'repoint', key, needs: needs.split(',').filter((need) => need !== '') };
  }
}
