// Runs batches of commands, each in one transaction: lock the goals, read, run the engine, write, commit.
//
// Invariants: PE1 a reply is made only after COMMIT has been answered.
//             PE2 locks are taken in one order: goals by id, then shares, then rates; goals of candidates are locked
//                 only if they are free. So no two batches wait for each other in a circle.
//             PE3 a batch that fails for one command's sake is run again command by command, so that the others live.
import { ChoraleError, refused, temporary, toErrorRecord, type ErrorRecord } from '@chorale/lib-errors';
import type { GoalId, Random, WorkerId } from '@chorale/lib-ids';
import {
  aliveWorker,
  defaultLimits,
  claimTasks,
  execute,
  extendLease,
  hintOf,
  suitableLanes,
  RowsMissing,
  WorkingSet,
  type Changes,
  type ClaimTasks,
  type Command,
  type CommitHint,
  type EngineLimits,
  type FlowRequest,
  type Heartbeat,
  type Hold,
  type MissingRows,
  type Outcome,
  type PlanDefinition,
  type Replies,
  type Task,
} from '@chorale/module-goals';
import type { ReservedSql, Sql } from 'postgres';
import { Connection, together, type Rows } from './connection.ts';
import { KeptGoals } from './kept-goals.ts';
import { goalsOf, loadGoals, loadMissing, loadWorkers, lockGoals, type GoalKey } from './load-rows.ts';
import { keyOf, LoadedRows } from './loaded-rows.ts';
import {
  ageTasks,
  lockReadyTasks,
  type Half,
  readLine,
  readOccupancy,
  writeClaim,
  writeLanes,
  writeRates,
} from './postgres-queue.ts';
import { writeChanges } from './write-changes.ts';

/** How often a batch is begun anew because another transaction was in its way. */
const retriesMax = 8;
/** Rounds of finding out what a batch needs; a sub-goal's parent's parent takes one round each. */
const roundsMax = 64;
const definitionsMax = 500;

export interface BatchResult {
  readonly outcomes: readonly Outcome[];
  readonly hint: CommitHint | undefined;
}

/** The batch needs goals it has not locked: it must begin again, to lock all of them in order. */
class MoreGoals extends Error {
  readonly goals: readonly GoalKey[];
  constructor(goals: readonly GoalKey[]) {
    super('more goals must be locked');
    this.goals = goals;
  }
}

export class PostgresEngine {
  readonly #sql: Sql;
  readonly #random: Random;
  /** Instead of the server's clock, which all processes share. */
  readonly #now: (() => number) | undefined;
  readonly #kept = new KeptGoals();
  readonly #definitions = new Map<string, PlanDefinition>();
  /** Virtual times of the lanes, as read at the begin of the last batch. */
  #lanes: ReadonlyMap<string, number> = new Map();
  #limits = defaultLimits;
  #agedAt = 0;

  constructor(sql: Sql, random: Random, now?: () => number) {
    this.#sql = sql;
    this.#random = random;
    this.#now = now;
  }

  configure(limits: EngineLimits): void {
    this.#limits = limits;
  }

  /** With a half, claims take only goals of it. */
  async runBatch(commands: readonly Command[], half?: Half): Promise<BatchResult> {
    try {
      return await this.#retrying(commands, half);
    } catch (cause) {
      if (!isOneCommandsFault(cause) || commands.length === 1)
        return { outcomes: commands.map(() => ({ error: storeError(cause) })), hint: undefined };
    }
    const outcomes: Outcome[] = [];
    for (const command of commands) outcomes.push(...(await this.runBatch([command], half)).outcomes);
    return { outcomes, hint: undefined };
  }

  async #retrying(commands: readonly Command[], half: Half | undefined): Promise<BatchResult> {
    const goals = goalsOf(commands);
    for (let tries = 0; ; tries++) {
      try {
        return await this.#withConnection((sql) => this.#transact(sql, { commands, goals, half }));
      } catch (cause) {
        if (tries >= roundsMax || (!(cause instanceof MoreGoals) && (tries >= retriesMax || !isTransient(cause))))
          throw cause;
        if (cause instanceof MoreGoals) for (const goal of cause.goals) goals.set(goal.goalId, goal);
      }
    }
  }

  async #withConnection<T>(run: (sql: ReservedSql) => Promise<T>): Promise<T> {
    const sql = await this.#sql.reserve();
    try {
      return await run(sql);
    } catch (cause) {
      await sql.unsafe('ROLLBACK').catch(() => undefined);
      throw cause;
    } finally {
      sql.release();
    }
  }

  async #transact(sql: ReservedSql, { commands, goals, half }: Work): Promise<BatchResult> {
    const connection = new Connection(sql);
    const rows = new LoadedRows(this.#definitions);
    const now = await this.#begin(connection, rows, { commands, goals });
    const context = { now, random: this.#random, limits: this.#limits };
    for (let round = 0; round < roundsMax; round++) {
      const set = new WorkingSet(rows, context);
      const missing: MissingRows[] = [];
      const outcomes = runPlain(set, commands, missing);
      if (missing.length === 0)
        return this.#finish(connection, { set, rows, commands, outcomes, half, writes: [], writesLast: [] });
      await this.#load(connection, rows, missing);
    }
    throw temporary('store-failed', `The rows a batch needs were not found in ${roundsMax} rounds.`);
  }

  /** Locks the goals and reads their rows; gives the time. */
  async #begin(connection: Connection, rows: LoadedRows, { commands, goals }: Omit<Work, 'half'>): Promise<number> {
    const workers = new Set<WorkerId>();
    for (const command of commands)
      if (command.command === 'claim-tasks' || command.command === 'heartbeat') workers.add(command.workerId);
    const begun = connection.values('BEGIN');
    const clock = connection.values(
      'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, (SELECT json_agg(json_build_array(lane, clock))::text FROM lanes)',
    );
    const locking = goals.size === 0 ? Promise.resolve([]) : lockGoals(connection, goals.values());
    const loading = workers.size === 0 ? Promise.resolve() : loadWorkers(connection, rows, [...workers].toSorted());
    const [, time, locked] = await together([begun, clock, locking, loading]);
    this.#lanes = new Map(JSON.parse((time[0]?.[1] as string | null) ?? '[]') as [string, number][]);
    for (const { goalId } of goals.values()) rows.goals.set(goalId, undefined);
    await loadGoals(connection, { rows, kept: this.#kept }, locked);
    return this.#now?.() ?? (time[0]?.[0] as number);
  }

  async #load(connection: Connection, rows: LoadedRows, missing: readonly MissingRows[]): Promise<void> {
    const goals = missing.flatMap((one) =>
      one.rows === 'goal' ? [{ tenantId: one.tenantId, goalId: one.goalId }] : [],
    );
    if (goals.length > 0) throw new MoreGoals(goals);
    await loadMissing(connection, rows, missing);
    for (const one of missing) {
      const found = one.rows === 'definition' ? rows.others.get(keyOf(one)) : undefined;
      if (one.rows === 'definition' && found !== undefined)
        this.#rememberDefinition(definitionKey(one), found as PlanDefinition);
    }
  }

  #rememberDefinition(key: string, definition: PlanDefinition): void {
    if (this.#definitions.size >= definitionsMax) this.#definitions.clear();
    this.#definitions.set(key, definition);
  }

  async #finish(connection: Connection, batch: Batch): Promise<BatchResult> {
    const { set, rows, commands, outcomes, writes, writesLast } = batch;
    writes.push(...writeLanes(connection, set, this.#lanes));
    for (const [index, command] of commands.entries()) {
      if (command.command === 'claim-tasks') outcomes[index] = await this.#claim(connection, batch, command);
      else if (command.command === 'heartbeat') outcomes[index] = await heartbeat(connection, set, command);
    }
    const changes = set.changes();
    const unwritten = {
      ...changes,
      definitions: changes.definitions.filter((one) => !this.#definitions.has(definitionKey(one))),
    };
    const sent = [...writeChanges(connection, unwritten), ...writes];
    for (const write of writesLast) sent.push(...write());
    await together([...sent, connection.values('COMMIT')]);
    this.#kept.keep(rows, changes);
    for (const one of unwritten.definitions) this.#rememberDefinition(definitionKey(one), one.definition);
    await this.#age(connection, set.now);
    return { outcomes, hint: hintOf(changes) };
  }

  async #claim(connection: Connection, batch: Batch, claim: ClaimTasks): Promise<Outcome> {
    const { set, writes, writesLast } = batch;
    // Another claim of this batch has taken its share: this one must see it.
    for (const write of writesLast.splice(0)) writes.push(...write());
    try {
      const worker = aliveWorker(set, claim.workerId);
      const lanes = suitableLanes(this.#lanes.keys(), worker);
      const occupancy = await readOccupancy(connection, this.#limits);
      const line = await readLine(connection, set, lanes);
      const claiming = claimTasks(set, { worker, slots: claim.slots, ...line, clocks: this.#lanes, occupancy });
      let step = claiming.next();
      while (step.done !== true) step = claiming.next(await this.#readyTasks(connection, batch, step.value));
      const claimed = step.value;
      writesLast.push(() => writeClaim(connection, claimed, line.served));
      if (occupancy !== undefined) writes.push(...writeRates(connection, set, { occupancy, claim: step.value }));
      return { reply: { tasks: step.value.tasks } };
    } catch (error) {
      if (error instanceof RowsMissing || !(error instanceof ChoraleError)) throw error;
      return { error: toErrorRecord(error) };
    }
  }

  /** The rows of ready tasks whose goals could be locked, as they are under that lock. */
  async #readyTasks(
    connection: Connection,
    { rows, set, half }: Batch,
    requests: readonly FlowRequest[],
  ): Promise<readonly (readonly Task[])[]> {
    const found = await together(requests.map((request) => lockReadyTasks(connection, request, half)));
    const goals = new Map(found.flat().map((goal) => [goal.goalId, goal]));
    const unlocked = [...goals.values()].filter(({ goalId }) => rows.goals.get(goalId) === undefined);
    await loadGoals(connection, { rows, kept: this.#kept }, unlocked);
    const unread = found
      .flat()
      .filter(({ goalId, no }) => !rows.whole.has(goalId) && rows.tasks.get(goalId)?.has(no) !== true);
    await loadMissing(
      connection,
      rows,
      unread.map(({ goalId, no }) => ({ rows: 'task', goalId, no })),
    );
    return found.map((ofFlow) =>
      ofFlow.flatMap(({ goalId, no }) => {
        const task = set.findTask(goalId, no);
        return task?.state === 'ready' ? [task] : [];
      }),
    );
  }

  async #age(connection: Connection, now: number): Promise<void> {
    if (now - this.#agedAt < this.#limits.agingMs / 10) return;
    this.#agedAt = now;
    // After the commit: whatever becomes of it, the batch is done and must not be reported as failed or run again.
    await connection.values(ageTasks, now - this.#limits.agingMs, now).catch(() => undefined);
  }
}

interface Batch {
  readonly set: WorkingSet;
  readonly rows: LoadedRows;
  readonly commands: readonly Command[];
  readonly outcomes: Outcome[];
  readonly half: Half | undefined;
  /** Sent with the rest of what the batch changed. */
  readonly writes: Promise<Rows>[];
  /** To be sent after everything else: they lock what every claim needs. */
  readonly writesLast: (() => readonly Promise<Rows>[])[];
}

interface Work {
  readonly commands: readonly Command[];
  readonly goals: ReadonlyMap<GoalId, GoalKey>;
  readonly half: Half | undefined;
}

function definitionKey({ tenantId, planHash }: Pick<Changes['definitions'][number], 'tenantId' | 'planHash'>): string {
  return `${tenantId} ${planHash}`;
}

/** Runs every command that needs no search, and gathers what they miss: all of it is then read in one go. */
function runPlain(set: WorkingSet, commands: readonly Command[], missing: MissingRows[]): Outcome[] {
  const outcomes: Outcome[] = [];
  for (const [index, command] of commands.entries()) {
    if (command.command === 'claim-tasks' || command.command === 'heartbeat') continue;
    try {
      outcomes[index] = { reply: execute(set, command) };
    } catch (error) {
      if (error instanceof RowsMissing) missing.push(error.missing);
      else outcomes[index] = { error: toErrorRecord(error) };
    }
  }
  return outcomes;
}

async function heartbeat(connection: Connection, set: WorkingSet, command: Heartbeat): Promise<Outcome> {
  try {
    const { leaseUntil } = extendLease(set, command.workerId, command.leaseMs);
    const sql = 'SELECT tenant_id, goal_id, no, attempt FROM tasks WHERE cancel_requested AND worker_id = $1';
    const found = await connection.values(sql, command.workerId);
    const cancelRequested = found.map(
      ([tenantId, goalId, taskNo, attempt]) => ({ tenantId, goalId, taskNo, attempt }) as Hold,
    );
    return { reply: { leaseUntil, cancelRequested } satisfies Replies['heartbeat'] };
  } catch (error) {
    return { error: storeError(error) };
  }
}

/** Codes of PostgreSQL: https://www.postgresql.org/docs/15/errcodes-appendix.html */
function codeOf(cause: unknown): string {
  return (cause as { code?: string }).code ?? '';
}

/** Another transaction was in the way: a deadlock, a serialization failure, a key inserted at the same time. */
function isTransient(cause: unknown): boolean {
  return ['40P01', '40001', '55P03', '23505'].includes(codeOf(cause));
}

/** Data that the database will not take: constraints and values it cannot hold. */
function isOneCommandsFault(cause: unknown): boolean {
  return /^2[23]/.test(codeOf(cause));
}

function storeError(cause: unknown): ErrorRecord {
  const code = codeOf(cause);
  if (cause instanceof Error && 'family' in cause) return toErrorRecord(cause);
  const message = cause instanceof Error ? cause.message : String(cause);
  if (code === '23505')
    return toErrorRecord(refused('row-exists', `The store has such a row already: ${message}`, { cause }));
  if (isOneCommandsFault(cause))
    return toErrorRecord(refused('value-not-storable', `PostgreSQL cannot keep this: ${message}`, { cause }));
  if (code === '53100')
    return toErrorRecord(
      temporary('disk-full', `The disk of the database is full: ${message}`, { cause, retryAfterMs: 5_000 }),
    );
  return toErrorRecord(
    temporary('store-unavailable', `The database could not do it: ${message}`, { cause, retryAfterMs: 1_000 }),
  );
}
