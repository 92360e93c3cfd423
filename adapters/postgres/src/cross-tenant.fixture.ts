// The statements that ask for rows of more than one tenant, each with the reason. There are no others: see statements.fixture.ts.

export interface CrossTenant {
  /** What the statement begins with, or what stands in it, in single spaces. */
  readonly begins: string | RegExp;
  readonly why: string;
}

const waiting =
  'A claim is for whoever is next: it asks which tenants wait in a lane, and up to where each was served.';
const due = 'What time has made due is looked for by its time; the command that follows names its tenant.';
const running = 'A worker serves all tenants, and limits on queues hold for all of them together.';
const everyTenant = 'Done for each tenant that there is, which a reader or sweeper asks for first.';
const whose = 'A key says whose it is: who shows it is of no tenant before it is found.';
const numbers = 'Numbers for operators: of all tenants where none is named.';

export const crossTenant: readonly CrossTenant[] = [
  { begins: 'WITH RECURSIVE flows AS (', why: waiting },
  { begins: 'SELECT tenant_id, lane, served FROM shares WHERE lane IN', why: waiting },
  { begins: 'SELECT least( (SELECT min(wake_at)', why: due },
  { begins: "SELECT 'wake-task', ", why: due },
  { begins: "SELECT 'wake-goal', ", why: due },
  { begins: "SELECT 'expire-approval', ", why: due },
  { begins: "SELECT 'fire-schedule', ", why: due },
  { begins: "SELECT 'release-task', ", why: running },
  {
    begins: 'SELECT tenant_id, goal_id, no, attempt FROM tasks WHERE cancel_requested AND worker_id = $1',
    why: running,
  },
  { begins: 'SELECT t.tenant_id, t.goal_id, t.no, t.attempt FROM goals g JOIN tasks t', why: running },
  { begins: 'SELECT t.lane, count(*)::integer FROM goals g JOIN tasks t', why: running },
  { begins: 'SELECT tenant_id, sum(tasks_running)::integer FROM goals', why: running },
  { begins: 'SELECT tenant_id, goal_id, tasks_total FROM goals WHERE finished_at IS NOT NULL', why: due },
  {
    begins: 'SELECT tenant_id, mailbox FROM ( SELECT DISTINCT tenant_id, mailbox FROM messages WHERE due_at <= $1',
    why: due,
  },
  { begins: "SELECT tenant_id, reservation_id FROM reservations WHERE state = 'held' AND due_at <= $1", why: due },
  { begins: "SELECT tenant_id, reservation_id FROM reservations WHERE state <> 'held' AND due_at <= $1", why: due },
  { begins: 'SELECT tenant_id FROM memory_tenants t WHERE EXISTS (SELECT 1 FROM memories', why: everyTenant },
  { begins: 'SELECT tenant_id, size, root FROM audit_logs WHERE size > 0', why: everyTenant },
  { begins: 'SELECT DISTINCT tenant_id FROM identity_records', why: everyTenant },
  { begins: /^SELECT model_keys\..* FROM model_keys WHERE hash (?:=|IN) /, why: whose },
  {
    begins: 'SELECT (SELECT count(*)::integer FROM ready_tasks WHERE ($1::text IS NULL OR tenant_id = $1))',
    why: numbers,
  },
];
