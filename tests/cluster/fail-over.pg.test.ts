// The primary dies and the standby takes over: work goes on there, nothing that was acknowledged is lost, and no task that
// ended is run again.

import { timeoutsDefault, openPostgresStores, type PostgresStores } from '@chorale/adapter-postgres';
import { makeId, type GoalId, type TenantId, type WorkerId } from '@chorale/lib-ids';
import postgres from 'postgres';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startPrivatePostgres, type PrivatePostgres } from '../../tools/services/private-postgres.ts';
import { findPostgresPrograms } from '../../tools/services/postgres.ts';
import { openCutProxy } from './cut-proxy.ts';

const tenantId = 'north' as TenantId;
const timeouts = { ...timeoutsDefault, statementMs: 500, connectMs: 8_000 };

let primary: PrivatePostgres;
let standby: PrivatePostgres;
let stores: PostgresStores | undefined;
let isOver: boolean;

beforeEach(async () => {
  isOver = false;
  const programs = findPostgresPrograms();
  if (programs === undefined) throw new Error('initdb is not installed: apt-get install postgresql');
  primary = await startPrivatePostgres(programs, { keepsCommits: true });
  standby = await startPrivatePostgres(programs, { keepsCommits: true, copyOf: { url: primary.url, name: 'standby' } });
  await ask(primary.url, 'ALTER SYSTEM SET synchronous_standby_names = standby', 'SELECT pg_reload_conf()');
  await vi.waitFor(async () => {
    const [row] = await ask(primary.url, 'SELECT sync_state FROM pg_stat_replication');
    if (row?.['sync_state'] !== 'sync') throw new Error('the standby is not there');
  }, 10_000);
});
afterEach(async () => {
  isOver = true;
  await stores?.close();
  stores = undefined;
  await Promise.all([primary.close(), standby.close()]);
});

async function ask(url: string, ...texts: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    let rows: readonly Record<string, unknown>[] = [];
    for (const text of texts) rows = await sql.unsafe(text);
    return [...rows];
  } finally {
    await sql.end();
  }
}

function both(): string {
  return `postgres://postgres@${[primary, standby].map(({ url }) => new URL(url).host).join(',')}/postgres?target_session_attrs=read-write`;
}

async function submit(goalId: GoalId): Promise<void> {
  const tasks = ['a', 'b'].map((key, at) => ({ key, kind: 'tool', tool: 'noop', needs: at === 0 ? [] : ['a'] }));
  await stores!.goals.execute({
    command: 'submit-goal',
    tenantId,
    goalId,
    title: 'a goal',
    definition: { workflow: 'test', inputs: {}, tasks } as never,
    planHash: 'plan',
    inputs: {},
    priority: 2,
    requestedBy: 'ann',
  });
}

/** As programs do: the same command again until it is answered. */
async function insist<T>(run: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await run();
    } catch (error) {
      if (isOver || (error as { readonly family?: string }).family !== 'temporary') throw error;
      await wait(100);
    }
  }
}

const ledger: string[] = [];

/** Takes every task until there is none left; writes down each end that was acknowledged. */
function work(isDone: () => boolean): Promise<void> {
  const workerId: WorkerId = makeId<'worker'>('worker', Date.now(), Math.random);
  const worker = { workerId, name: 'test', labels: [], version: '1' };
  const { goals } = stores!;
  return (async () => {
    await insist(() => goals.execute({ command: 'register-worker', worker, leaseMs: 60_000 }));
    while (!isDone()) {
      const { tasks } = await insist(() => goals.execute({ command: 'claim-tasks', workerId, slots: 8, waitMs: 200 }));
      for (const { task } of tasks) {
        const { goalId, no: taskNo, attempt } = task;
        const result = { outcome: 'succeeded', output: null } as const;
        const said = await insist(() =>
          goals
            .execute({ command: 'finish-attempt', tenantId, goalId, taskNo, attempt, result })
            .catch((error: unknown) => {
              // The answer to the first was lost on the way.
              if ((error as { readonly code?: string }).code === 'lease-lost') return undefined;
              throw error;
            }),
        );
        if (said !== undefined) ledger.push(`${goalId} ${taskNo}`);
      }
    }
  })();
}

test('work goes on at the standby that takes over: nothing acknowledged is lost, nothing that ended is run again', async () => {
  stores = await openPostgresStores({ url: both(), timeouts });
  const acknowledged: GoalId[] = [];
  const submitting = (async () => {
    while (!isOver) {
      const goalId = makeId<'goal'>('goal', Date.now(), Math.random);
      await insist(() => submit(goalId));
      acknowledged.push(goalId);
    }
  })();
  const working = work(() => isOver && acknowledged.length * 2 <= ledger.length);
  await vi.waitFor(() => expect(acknowledged.length).toBeGreaterThan(50), 20_000);

  await primary.kill();
  const killedAt = Date.now();
  const before = acknowledged.length;
  await ask(standby.url, 'SELECT pg_promote()');
  await vi.waitFor(() => expect(acknowledged.length).toBeGreaterThan(before + 20), 20_000);
  const recoveredMs = Date.now() - killedAt;
  // One that comes back as it was has not seen what was written since.
  await primary.restart();
  await ask(standby.url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'chorale'");
  const after = acknowledged.length;
  await vi.waitFor(() => expect(acknowledged.length).toBeGreaterThan(after + 20), 20_000);
  isOver = true;
  await submitting;
  await vi.waitFor(async () => {
    const rows = await ask(standby.url, `SELECT goal_id, state FROM goals`);
    const states = new Map(rows.map((row) => Object.values(row) as [string, string]));
    for (const goalId of acknowledged) expect(states.get(goalId), goalId).toBe('succeeded');
  }, 20_000);
  await working;
  expect(new Set(ledger).size).toBe(ledger.length);
  const again = await ask(standby.url, 'SELECT goal_id FROM tasks WHERE attempt > 1');
  expect(again).toEqual([]);
  expect(recoveredMs).toBeLessThan(10_000);
  console.info(`${acknowledged.length} goals; work went on ${recoveredMs} ms after the primary was killed`);
});

test('what waits for a synchronous standby in vain is not acknowledged, whatever the limit of a statement', async () => {
  stores = await openPostgresStores({ url: both(), timeouts });
  const goalId = makeId<'goal'>('goal', Date.now(), Math.random);
  await submit(goalId);
  await standby.kill();
  const waiting = submit(makeId<'goal'>('goal', Date.now(), Math.random));
  await expect(waiting).rejects.toMatchObject({ family: 'temporary', code: 'store-unavailable' });
  await standby.restart();
  await insist(() => submit(makeId<'goal'>('goal', Date.now(), Math.random)));
});

test('a server that falls silent is waited for as long as is agreed, by reads and by transactions', async () => {
  const proxy = await openCutProxy(primary.url);
  try {
    stores = await openPostgresStores({ url: proxy.url, timeouts: { ...timeouts, connectMs: 1_000 } });
    const goalId = makeId<'goal'>('goal', Date.now(), Math.random);
    await submit(goalId);
    proxy.hold();
    const begun = Date.now();
    const reads = Array.from({ length: 20 }, () => stores!.goals.findGoal(tenantId, goalId));
    const all = await Promise.allSettled([...reads, submit(makeId<'goal'>('goal', Date.now(), Math.random))]);
    for (const each of all) expect(each).toMatchObject({ status: 'rejected', reason: { code: 'store-unavailable' } });
    expect(Date.now() - begun).toBeLessThan(10_000);
    proxy.release();
    expect(await insist(() => stores!.goals.findGoal(tenantId, goalId))).toMatchObject({ goalId });
    await insist(() => submit(makeId<'goal'>('goal', Date.now(), Math.random)));
  } finally {
    await proxy.close();
  }
});
