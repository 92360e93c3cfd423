// Deletes what was kept long enough; what would go is said first. Memory and the audit log have rules of their own.
import { retentionKinds, type RetentionKind, type RetentionPolicy } from '@chorale/module-access';
import type { TenantRows } from '@chorale/module-access';
import type { TenantId } from '@chorale/lib-ids';
import type { SpendStore } from '@chorale/module-models';
import { dropGoals, planGoals, type GoalRetentionPorts, type Span } from './retain-goals.ts';

/** By what is kept. */
type Counts = Readonly<Record<string, number>>;

export interface RetentionOrder extends Span {
  readonly kinds: readonly RetentionKind[];
}

export interface Retention {
  planRetention(order: RetentionOrder): Promise<Counts>;
  applyRetention(order: RetentionOrder): Promise<Counts>;
}

export interface RetentionPorts extends GoalRetentionPorts {
  readonly rows: TenantRows;
  readonly spend: Pick<SpendStore, 'execute'>;
}

const callsAtOnce = 1_000;
const dayMs = 24 * 3_600_000;

export function openRetention(ports: RetentionPorts): Retention {
  const plan: Readonly<Record<RetentionKind, (span: Span) => Promise<Counts>>> = {
    goals: (span) => planGoals(ports, span),
    'model-calls': (span) => planCalls(ports, span),
  };
  const apply: typeof plan = {
    goals: (span) => dropGoals(ports, span),
    'model-calls': (span) => dropCalls(ports, span),
  };
  const each = async (how: typeof plan, { kinds, ...span }: RetentionOrder): Promise<Counts> => {
    let counts: Counts = {};
    for (const kind of retentionKinds) if (kinds.includes(kind)) counts = { ...counts, ...(await how[kind](span)) };
    return counts;
  };
  return { planRetention: (order) => each(plan, order), applyRetention: (order) => each(apply, order) };
}

/** What a policy says of this moment: kinds that go by one age together. */
export function ordersOf(tenantId: TenantId, policy: RetentionPolicy, now: number): readonly RetentionOrder[] {
  const orders = retentionKinds.map((kind) => ({ kind, days: policy[kind] }));
  return orders.flatMap(({ kind, days }) =>
    days === undefined ? [] : [{ tenantId, kinds: [kind], before: now - days * dayMs }],
  );
}

/** A hold of the whole tenant is one of its calls, too. */
async function isHeld({ listHolds }: RetentionPorts, tenantId: TenantId): Promise<boolean> {
  return (await listHolds(tenantId)).some(({ scope }) => scope.kind === 'tenant');
}

async function planCalls(ports: RetentionPorts, { tenantId, before }: Span): Promise<Counts> {
  const { rows } = ports;
  const table = (await rows.listTables()).ofTenants.find(({ name }) => name === 'model_calls');
  const calls = table === undefined ? 0 : await rows.countRows(tenantId, table, { column: 'ended_at', before });
  return (await isHeld(ports, tenantId)) ? { 'model-calls': 0, 'model-calls held': calls } : { 'model-calls': calls };
}

async function dropCalls(ports: RetentionPorts, span: Span): Promise<Counts> {
  const { tenantId, before, isEnding = () => false } = span;
  let calls = 0;
  for (;;) {
    // Each time: a hold counts from the moment it is placed.
    if (await isHeld(ports, tenantId)) return { ...(await planCalls(ports, span)), 'model-calls': calls };
    const command = { command: 'drop-calls', tenantId, endedBefore: before, limit: callsAtOnce } as const;
    const { dropped } = await ports.spend.execute(command);
    calls += dropped;
    if (dropped > 0 && !isEnding()) continue;
    // They expire by themselves, too; none may outlive the call that it answered.
    await ports.spend.execute({ command: 'drop-answers', tenantId, keptBefore: before });
    return { 'model-calls': calls };
  }
}
