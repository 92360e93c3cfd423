// What the busy process and the audit after it do alike.

import { makeId, type TenantId } from '@chorale/lib-ids';
import type { Command, GoalStore, Task } from '@chorale/module-goals';

export const trialTenant = 'trial' as TenantId;

/** Long enough that a goal's rows do not fit one page of the database. */
export function expectedOutput({ goalId, no }: Pick<Task, 'goalId' | 'no'>): string {
  return `${goalId} ${no} `.repeat(40);
}

/** Gives back what the workers of an earlier process held. */
export async function retireOthers(store: GoalStore): Promise<void> {
  for (const { workerId } of await store.listWorkers()) await store.execute({ command: 'retire-worker', workerId });
}

/** One round of what time and lost workers have made due; says how much it was. */
export async function runDue(store: GoalStore, execute: (command: Command) => Promise<unknown>): Promise<number> {
  const { commands } = await store.findDue(500);
  await Promise.all(commands.map((command) => execute(command)));
  return commands.length;
}

/** Does all the work that is open, as a worker that comes after those that were lost. */
export async function finishEverything(store: GoalStore): Promise<void> {
  const workerId = makeId<'worker'>('worker', Date.now(), Math.random);
  const worker = { workerId, name: 'audit', labels: [], version: '1' };
  await store.execute({ command: 'register-worker', worker, leaseMs: 60_000 });
  for (;;) {
    const due = await runDue(store, (command) => store.execute(command));
    const { tasks } = await store.execute({ command: 'claim-tasks', workerId, slots: 500 });
    if (due === 0 && tasks.length === 0) return;
    await Promise.all(
      tasks.map(({ task }) => {
        const { tenantId, goalId, no: taskNo, attempt } = task;
        const result = { outcome: 'succeeded', output: expectedOutput(task) } as const;
        return store.execute({ command: 'finish-attempt', tenantId, goalId, taskNo, attempt, result });
      }),
    );
  }
}
