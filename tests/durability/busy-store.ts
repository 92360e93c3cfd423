// A process that does real work on an embedded store and writes down every acknowledgement. The trials stop it, kill it
// and take the disk from under it. Arguments: the database, the log.
//
// Whatever is refused as temporary is tried again until it is taken, as the workers of the server do.

import { setTimeout as sleep } from 'node:timers/promises';
import { openSqliteGoalStore } from '@chorale/adapter-sqlite';
import { toErrorRecord } from '@chorale/lib-errors';
import { makeId } from '@chorale/lib-ids';
import type { ClaimedTask, Command, Hold, PlanDefinition, ReplyOf, StepRecord } from '@chorale/module-goals';
import { AcknowledgementLog } from './acknowledgements.ts';
import { expectedOutput, retireOthers, runDue, trialTenant } from './trial-work.ts';

const [databasePath = '', logPath = ''] = process.argv.slice(2);
const openGoalsMax = 40;
const workersCount = 4;
const retryMs = 20;
/** Longer than any trial holds the process still. */
const leaseMs = 600_000;
const heartbeatMs = 300;

/** Fan out and in: each finish that unlocks others must be whole. */
const definition: PlanDefinition = {
  workflow: 'trial',
  inputs: {},
  tasks: [
    { key: 'split', kind: 'tool', tool: 'noop', needs: [] },
    { key: 'left', kind: 'tool', tool: 'noop', needs: ['split'] },
    { key: 'right', kind: 'tool', tool: 'noop', needs: ['split'] },
    { key: 'join', kind: 'tool', tool: 'noop', needs: ['left', 'right'] },
  ],
};

const log = new AcknowledgementLog(logPath);
const store = await openSqliteGoalStore({ path: databasePath });
const openGoals = new Set<string>();
let stopping = false;
process.once('SIGTERM', () => (stopping = true));

await retireOthers(store);
await Promise.all([submitGoals(), doWhatIsDue(), ...Array.from({ length: workersCount }, work)]);
await store.close();
log.close();

/** Undefined when the command is refused for good: what it wanted was done before, or cannot be done. */
async function execute<C extends Command>(command: C): Promise<ReplyOf<C> | undefined> {
  for (;;) {
    try {
      return await store.execute(command);
    } catch (error) {
      const { code, family, message } = toErrorRecord(error);
      log.add({ said: 'refused', command: command.command, code, message });
      if (family !== 'temporary' || stopping) return undefined;
      await sleep(retryMs);
    }
  }
}

async function submitGoals(): Promise<void> {
  while (!stopping) {
    const free = openGoalsMax - openGoals.size;
    await Promise.all(Array.from({ length: free }, submitGoal));
    if (free === 0) await sleep(1);
  }
}

async function submitGoal(): Promise<void> {
  const goalId = makeId<'goal'>('goal', Date.now(), Math.random);
  openGoals.add(goalId);
  const reply = await execute({
    command: 'submit-goal',
    tenantId: trialTenant,
    goalId,
    title: 'a trial',
    definition,
    planHash: 'trial-1',
    inputs: {},
    priority: 2,
    requestedBy: 'trial',
  });
  if (reply === undefined) openGoals.delete(goalId);
  else log.add({ said: 'submitted', goalId, tasks: definition.tasks.length });
}

async function doWhatIsDue(): Promise<void> {
  while (!stopping) {
    await runDue(store, execute);
    await sleep(100);
  }
}

async function work(): Promise<void> {
  const workerId = makeId<'worker'>('worker', Date.now(), Math.random);
  const worker = { workerId, name: 'trial', labels: [], version: '1' };
  await execute({ command: 'register-worker', worker, leaseMs });
  const beat = async (): Promise<void> => {
    if ((await execute({ command: 'heartbeat', workerId, leaseMs })) !== undefined) log.add({ said: 'beat', workerId });
  };
  const beats = setInterval(() => void beat(), heartbeatMs);
  while (!stopping) {
    const claimed = (await execute({ command: 'claim-tasks', workerId, slots: 8 }))?.tasks ?? [];
    await Promise.all(claimed.map(runTask));
    if (claimed.length === 0) await sleep(2);
  }
  clearInterval(beats);
}

async function runTask({ task }: ClaimedTask): Promise<void> {
  const { tenantId, goalId, no: taskNo, attempt, run } = task;
  const hold: Hold = { tenantId, goalId, taskNo, attempt };
  const of = { goalId, taskNo, attempt };
  log.add({ said: 'claimed', ...of });
  const step: StepRecord = {
    stepNo: 1,
    kind: 'tool-call',
    name: 'noop',
    idempotent: true,
    input: { run },
    startedAt: Date.now(),
  };
  if ((await execute({ command: 'record-step', ...hold, step })) !== undefined)
    log.add({ said: 'step-started', ...of });
  const ended = { ...step, ended: { finishedAt: Date.now(), output: null } };
  if ((await execute({ command: 'record-step', ...hold, step: ended })) !== undefined)
    log.add({ said: 'step-ended', ...of });
  const output = expectedOutput(task);
  const reply = await execute({ command: 'finish-attempt', ...hold, result: { outcome: 'succeeded', output } });
  if (reply === undefined) return;
  const { state, version, eventSeq } = reply.goal;
  log.add({ said: 'finished', ...of, output, goal: { state, version, eventSeq } });
  if (state === 'succeeded') openGoals.delete(goalId);
}
