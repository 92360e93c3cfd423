// What the busy spender and the audit after its end have in common, and the audit: what a store acknowledged is there,
// and its budgets and its calls tell the same.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPostgresStores } from '@chorale/adapter-postgres';
import { openSqliteStores } from '@chorale/adapter-sqlite';
import type { TenantId } from '@chorale/lib-ids';
import type { BudgetId, ModelCallId, ModelCallRecord, PutBudget, Reserve, SpendStore } from '@chorale/module-models';
import { StoreProcess } from './store-process.ts';

export const tenantId = 'trial' as TenantId;
export const spenders = 16;
const pageSize = 500;
const busySpender = new URL('./busy-spender.ts', import.meta.url);
const careless = new URL('./careless-store.mjs', import.meta.url).href;
/** About 300 acknowledgements: the process is up and busy. */
const busyBytes = 25_000;
/** After the end of everything that was reserved. */
const laterMs = 3_600_000;

export type SpendEntry =
  | { readonly said: 'reserved' | 'settled'; readonly callId: ModelCallId; readonly cost: number }
  | { readonly said: 'refused'; readonly code: string };

export interface SpendTrial {
  readonly spend: SpendStore;
  close(): Promise<void>;
}

/** With a clock of its own it runs in this thread. */
export async function openSpendTrial(database: string, now?: () => number): Promise<SpendTrial> {
  if (!database.startsWith('postgres')) {
    return openSqliteStores({ path: database, ...(now === undefined ? {} : { now, thread: false }) });
  }
  const [url = '', schema = ''] = database.split('#');
  return openPostgresStores({ url, schema, ...(now === undefined ? {} : { now }) });
}

/** Of the tenant, or of a key. */
export function makeBudget(cost: number, key?: string): PutBudget {
  const [scope, subject] = key === undefined ? (['tenant', tenantId] as const) : (['key', key] as const);
  const budgetId = `budget_${subject}` as BudgetId;
  return {
    command: 'put-budget',
    tenantId,
    budget: { tenantId, budgetId, scope, subject, window: 'total', limit: { cost } },
  };
}

export function makeRecord({ callId, subjects }: Reserve, cost: number): ModelCallRecord {
  return {
    callId,
    tenantId,
    keyId: subjects.key as ModelCallRecord['keyId'],
    goalId: undefined,
    taskNo: undefined,
    agent: undefined,
    operation: 'chat',
    requested: [],
    strategy: 'balanced',
    taskClass: 'chat',
    dataClass: 'internal',
    masked: 0,
    candidates: [],
    tries: [],
    deploymentId: 'trial/model',
    cache: 'none',
    usage: undefined,
    cost,
    assumed: false,
    startedAt: Date.now(),
    firstByteAt: undefined,
    endedAt: Date.now(),
    failure: undefined,
  };
}

export interface SpendAudit {
  readonly settled: number;
  /** Reserved, and cut off before the settlement was acknowledged. */
  readonly cutOff: number;
  readonly refused: number;
  readonly findings: readonly string[];
}

/** Kills a spender so many times, on one database, and looks at what is left. With a fault, of a store that has it. */
export async function killSpenders(database: string, count: number, fault?: 'late commit'): Promise<SpendAudit> {
  const broken = fault === undefined ? {} : { preload: careless, env: { CHORALE_TRIAL_FAULT: fault } };
  const folder = mkdtempSync(join(tmpdir(), 'chorale-spend-log-'));
  const log = join(folder, 'log');
  try {
    for (let kills = 0; kills < count; kills++) {
      const spender = new StoreProcess({ program: busySpender, database, log, ...broken });
      try {
        await spender.acknowledges(busyBytes);
      } finally {
        await spender.kill();
      }
    }
    const lines = readFileSync(log, 'utf8').split('\n');
    return await audit(
      database,
      lines.filter((line) => line !== '').map((line) => JSON.parse(line) as SpendEntry),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function audit(database: string, entries: readonly SpendEntry[]): Promise<SpendAudit> {
  const { spend, close } = await openSpendTrial(database, () => Date.now() + laterMs);
  try {
    const settled = new Map<ModelCallId, number>();
    const reserved = new Map<ModelCallId, number>();
    for (const entry of entries) {
      if (entry.said === 'settled') settled.set(entry.callId, entry.cost);
      if (entry.said === 'reserved') reserved.set(entry.callId, entry.cost);
    }
    // What nobody settled any more is charged in full; then every reservation has ended, and every call has a record.
    while ((await spend.execute({ command: 'expire-reservations' })).more);
    const calls = await readCalls(spend);
    const findings = [...findLosses(calls, settled, reserved), ...(await findWrongSums(spend, calls))];
    const cutOff = [...reserved.keys()].filter((callId) => !settled.has(callId)).length;
    const refused = entries.filter(({ said }) => said === 'refused').length;
    return { settled: settled.size, cutOff, refused, findings };
  } finally {
    await close();
  }
}

type Calls = ReadonlyMap<ModelCallId, ModelCallRecord>;

async function readCalls(spend: SpendStore): Promise<Calls> {
  const calls = new Map<ModelCallId, ModelCallRecord>();
  let before: ModelCallRecord | undefined;
  do {
    const page = await spend.listCalls(tenantId, { limit: pageSize, ...(before === undefined ? {} : { before }) });
    for (const call of page) calls.set(call.callId, call);
    before = page.at(-1);
  } while (before !== undefined);
  return calls;
}

function findLosses(
  calls: Calls,
  settled: ReadonlyMap<ModelCallId, number>,
  reserved: ReadonlyMap<ModelCallId, number>,
): readonly string[] {
  const findings: string[] = [];
  for (const [callId, cost] of settled) {
    const call = calls.get(callId);
    if (call === undefined || call.assumed || call.cost !== cost)
      findings.push(`settled ${callId} for ${cost}, found ${call?.cost} (assumed: ${call?.assumed})`);
  }
  for (const [callId, cost] of reserved) {
    const call = calls.get(callId);
    if (call === undefined) findings.push(`reserved ${callId} for ${cost}, found nothing`);
    else if (call.assumed && call.cost !== cost) findings.push(`reserved ${callId} for ${cost}, charged ${call.cost}`);
  }
  return findings;
}

/** Every call has its record in the transaction that charged it, so the sums are the same. */
async function findWrongSums(spend: SpendStore, calls: Calls): Promise<readonly string[]> {
  const findings: string[] = [];
  for (const { scope, subject, spent, reserved, limit } of await spend.listBudgets(tenantId)) {
    const own = [...calls.values()].filter(({ keyId }) => scope === 'tenant' || keyId === subject);
    const cost = own.reduce((sum, call) => sum + call.cost, 0);
    if (spent.cost !== cost || spent.calls !== own.length)
      findings.push(`${subject}: ${spent.calls} calls for ${spent.cost} charged, ${own.length} for ${cost} recorded`);
    if (reserved.cost !== 0 || reserved.calls !== 0) findings.push(`${subject}: ${reserved.cost} stay reserved`);
    if (spent.cost > (limit.cost ?? 0)) findings.push(`${subject}: ${spent.cost} spent of ${limit.cost}`);
  }
  return findings;
}
