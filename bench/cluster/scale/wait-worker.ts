// A worker whose tasks wait for something outside. Started by part.ts with the database, the schema and its slots.

import { setTimeout as wait } from 'node:timers/promises';
import { openPostgresStores } from '@chorale/adapter-postgres';
import { makeId, type WorkerId } from '@chorale/lib-ids';
import type { ClaimedTask } from '@chorale/module-goals';

const [, , url = '', schema = '', slots = '1'] = process.argv;
const taskMs = 200;
const { goals } = await openPostgresStores({ url, schema });
const workerId: WorkerId = makeId<'worker'>('worker', Date.now(), Math.random);
await goals.execute({
  command: 'register-worker',
  worker: { workerId, name: 'bench', labels: [], version: '1' },
  leaseMs: 60_000,
});
process.send?.('ready');

let free = Number(slots);
let freed: () => void = () => undefined;
for (;;) {
  if (free === 0) await new Promise<void>((resolve) => (freed = resolve));
  const { tasks } = await goals.execute({ command: 'claim-tasks', workerId, slots: free, waitMs: 1_000 });
  free -= tasks.length;
  for (const claimed of tasks) void run(claimed);
}

async function run({ task }: ClaimedTask): Promise<void> {
  await wait(taskMs);
  const { tenantId, goalId, no: taskNo, attempt } = task;
  free += 1;
  freed();
  const result = { outcome: 'succeeded', output: null } as const;
  await goals.execute({ command: 'finish-attempt', tenantId, goalId, taskNo, attempt, result });
}
