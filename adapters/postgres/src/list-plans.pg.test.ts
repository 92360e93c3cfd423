// Every list that can grow comes in the order of an index, page by page: no plan sorts what was found.
import type { ProjectId, TenantId } from '@chorale/lib-ids';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { inOrder } from './connect.ts';
import { Connection } from './connection.ts';
import { openPostgresStores, type PostgresStores } from './open-postgres-stores.ts';
import { nameTenants, tenantsText } from './tenant-roles.ts';

const url = process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const schema = `chorale_plans_${process.pid}`;
const sql = postgres(url, { max: 1, onnotice: () => undefined, connection: { search_path: schema } });
const tenant = 'north' as TenantId;
const projectId = 'payroll' as ProjectId;
const limit = 20;
const goalId = 'goal_00000000000000000000000001' as never;
let stores: PostgresStores;

beforeAll(async () => {
  stores = await openPostgresStores({ url, schema });
});
afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
  await stores.close();
  await sql`DROP SCHEMA ${sql(schema)} CASCADE`;
  await sql.end();
});

interface Asked {
  readonly text: string;
  readonly values: readonly (string | number | null)[];
}

/** What a list asks the database, as it is sent. Rows of the archive are in one piece for each goal, and are put in order there. */
async function listen(list: () => Promise<unknown>): Promise<readonly Asked[]> {
  const asked: Asked[] = [];
  const { send } = Connection.prototype;
  vi.spyOn(Connection.prototype, 'send').mockImplementation(function (this: Connection, text, given) {
    asked.push({ text, values: given });
    return send.call(this, text, given);
  });
  await list();
  vi.restoreAllMocks();
  return asked.filter(({ text }) => !text.includes('archived_rows'));
}

interface Plan {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly Plan[];
}

/** Nodes of its plan on connections for lists, where sorting is priced out of reach: a plan that has it anyway has no other way. */
async function nodesOf({ text, values }: Asked): Promise<readonly string[]> {
  const found = await sql.begin(async (transaction) => {
    for (const [setting, value] of Object.entries(inOrder)) await transaction.unsafe(`SET LOCAL ${setting} = ${value}`);
    await transaction.unsafe(`SELECT ${nameTenants(`'${tenantsText([tenant])}'`)}`);
    return transaction.unsafe(`EXPLAIN (FORMAT JSON) ${text}`, [...values]);
  });
  const [{ Plan: top }] = (found[0] as unknown as { 'QUERY PLAN': readonly [{ Plan: Plan }] })['QUERY PLAN'];
  const all = (plan: Plan): readonly string[] => [
    `${plan['Node Type']} ${plan['Index Name'] ?? ''}`.trim(),
    ...(plan.Plans ?? []).flatMap(all),
  ];
  return all(top);
}

const lists: { readonly [name: string]: () => Promise<unknown> } = {
  goals: () => stores.goals.listGoals(tenant, { limit }),
  'goals after a page': () => stores.goals.listGoals(tenant, { limit, after: goalId }),
  'goals of a state': () => stores.goals.listGoals(tenant, { limit, states: ['running', 'failed'] }),
  'goals of a workflow': () => stores.goals.listGoals(tenant, { limit, workflow: 'review', after: goalId }),
  'goals in the archive': () => stores.goals.listGoals(tenant, { limit, archived: true, after: goalId }),
  'goals of a project': () => stores.goals.listGoals(tenant, { limit, projectId, after: goalId }),
  'goals of a project in the archive': () => stores.goals.listGoals(tenant, { limit, projectId, archived: true }),
  'approvals of a project': () => stores.goals.listApprovals(tenant, { limit, projectId, after: 'apr_1' as never }),
  'events of a goal': () => stores.goals.listEvents(tenant, goalId, { afterSeq: 5, limit }),
  'tasks of a goal': () => stores.goals.listTasks(tenant, goalId),
  approvals: () => stores.goals.listApprovals(tenant, { limit }),
  'approvals that wait': () => stores.goals.listApprovals(tenant, { limit, state: 'pending', after: 'apr_1' as never }),
  'model calls': () => stores.spend.listCalls(tenant, { limit }),
  'model calls after a page': () =>
    stores.spend.listCalls(tenant, { limit, before: { endedAt: 5, callId: 'call_1' as never } }),
  messages: () => stores.messages.listMessages(tenant, { limit }),
  'messages of a mailbox': () => stores.messages.listMessages(tenant, { limit, mailbox: 'agent:scout' }),
  'messages of a state': () => stores.messages.listMessages(tenant, { limit, state: 'dead' }),
  'messages after a page': () =>
    stores.messages.listMessages(tenant, {
      limit,
      before: { sentAt: 5, messageId: 'msg_1', mailbox: 'agent:scout' },
    }),
  'entries of the audit log': () => stores.audit.listEntries(tenant, { limit }),
  members: () => stores.identity.listRecords(tenant, 'user', { limit }),
};

for (const [name, list] of Object.entries(lists))
  test(`no plan sorts: ${name}`, async () => {
    const asked = await listen(list);
    expect(asked.length).toBeGreaterThan(0);
    for (const each of asked) expect((await nodesOf(each)).filter((node) => node.includes('Sort'))).toEqual([]);
  });

test('[GP3] goals and approvals of a project are found by their own indexes', async () => {
  const [goals] = await listen(() => stores.goals.listGoals(tenant, { limit, projectId }));
  expect((await nodesOf(goals!)).join()).toContain('goals_by_project');
  const [approvals] = await listen(() => stores.goals.listApprovals(tenant, { limit, projectId }));
  expect((await nodesOf(approvals!)).join()).toContain('approvals_by_project');
  // And nothing else is led to them.
  const [all] = await listen(() => stores.goals.listGoals(tenant, { limit }));
  expect((await nodesOf(all!)).join()).not.toContain('by_project');
});

test('a list that has to be sorted is found', async () => {
  const text = `SELECT goal_id FROM goals WHERE tenant_id = $1 ORDER BY title LIMIT 20`;
  expect(await nodesOf({ text, values: [tenant] })).toContain('Sort');
});
