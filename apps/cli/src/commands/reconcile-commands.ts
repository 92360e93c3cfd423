// `chorale reconcile`: what a restore of the database left open, until somebody says what was done after the moment it went back to.
import type { Goal, Mailbox, Step, Task } from '@chorale/lib-client';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { formatTime } from '../format.ts';
import type { CommonOptions, Session } from '../session.ts';
import { harmless } from '../text-width.ts';
import { UsageError } from '../usage-error.ts';

const pageSize = 100;

interface OpenTask extends Task {
  /** Calls that had begun and whose end is not on record. */
  readonly calls: readonly Step[];
}

interface OpenGoal {
  readonly goal: Goal;
  readonly tasks: readonly OpenTask[];
}

export function addReconcileCommands(cli: Cli, program: Command): void {
  const reconcile = program.command('reconcile').description('what a restore of the database left open');
  const list = cli.add(
    reconcile,
    'list',
    'goals, their tasks at work with calls of unknown end, and messages that wait',
  );
  cli.run<[], CommonOptions>(list, async (session) => {
    const goals: OpenGoal[] = [];
    for await (const goal of restoredGoals(session)) goals.push({ goal, tasks: await readOpenTasks(session, goal) });
    const waiting = goals.length === 0 ? [] : (await session.client.listMailboxes()).filter(hasMessages);
    if (session.json) return session.printJson({ goals, mailboxes: waiting });
    if (goals.length === 0) session.terminal.error('nothing: no goal was open when the database was restored\n');
    for (const one of goals) printGoal(session, one);
    for (const { mailbox, open } of waiting)
      session.print(`mailbox ${harmless(mailbox)}  ${open} messages wait, of which some may have been handled\n`);
    return undefined;
  });
  const resolve = cli
    .add(reconcile, 'resolve [goals...]', 'what was done is known: calls of these goals are made again without asking')
    .option('--all', 'all goals that are listed');
  cli.run<[readonly string[]], CommonOptions & { readonly all?: boolean }>(
    resolve,
    async (session, { args: [named], options: { all = false } }) => {
      if (all === named.length > 0) throw new UsageError('name goals, or say --all');
      const resolved: string[] = [];
      const one = async (goalId: string): Promise<void> => {
        await session.client.reconcileGoal(goalId);
        resolved.push(goalId);
        if (!session.json) session.print(`${goalId}  ${session.paint('green', 'reconciled')}\n`);
      };
      for (const goalId of named) await one(goalId);
      if (all) for await (const { goalId } of restoredGoals(session)) await one(goalId);
      if (session.json) return session.printJson({ resolved });
      if (resolved.length === 0) session.terminal.error('nothing: no goal waits for that\n');
      return undefined;
    },
  );
}

async function* restoredGoals({ client }: Session): AsyncGenerator<Goal> {
  for (let after: string | undefined; ;) {
    const page = await client.listGoals({ restored: true, limit: pageSize, ...(after === undefined ? {} : { after }) });
    yield* page.items;
    after = page.next;
    if (after === undefined) return;
  }
}

async function readOpenTasks({ client }: Session, { goalId }: Goal): Promise<readonly OpenTask[]> {
  const open = (await client.listTasks(goalId)).filter(
    ({ state, reason, attempt }) =>
      attempt > 0 && (state === 'running' || state === 'ready' || reason === 'uncertain-step'),
  );
  return Promise.all(
    open.map(async (task) => {
      const steps = await client.listSteps(goalId, task.no, { run: task.run });
      return { ...task, calls: steps.filter(({ state, idempotent }) => state === 'started' && !idempotent) };
    }),
  );
}

function hasMessages({ open }: Mailbox): boolean {
  return open > 0;
}

function printGoal({ print, paint }: Session, { goal, tasks }: OpenGoal): void {
  print(`${paint('bold', goal.goalId)}  ${harmless(goal.title)}  ${paint('dim', goal.state)}\n`);
  for (const task of tasks) {
    print(`  ${harmless(task.key)}  attempt ${task.attempt}, ${task.reason ?? task.state}\n`);
    for (const call of task.calls)
      print(
        `    ${paint('yellow', harmless(call.name))} began ${formatTime(call.startedAt)}; its end is not on record\n`,
      );
  }
}
