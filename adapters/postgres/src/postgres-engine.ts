// Runs batches of commands, each in one transaction: lock the goals, read, run the engine, write, commit.
//
// Invariants: PE1 a reply is made only after COMMIT has been answered.
//             PE2 locks are taken in one order: goals by id, then shares, then rates; goals of candidates are locked
//                 only if they are free. So no two batches wait for each other in a circle.
//             PE3 a batch that fails for one command's sake is run again command by command, so that the others live.
import { ChoraleError, temporary, toErrorRecord } from '@chorale/lib-errors';
import type { GoalId, Random, WorkerId } from '@chorale/lib-ids';
import {
  aliveWorker,
  defaultLimits,
  claimTasks,
  execute,
  hintOf,
  suitableLanes,
  freshShares,
  shareKey,
  RowsMissing,
  WorkingSet,
  type Claim,
  type ClaimTasks,
  type Command,
  type EngineLimits,
  type Flow,
  type FlowRequest,
  type MissingRows,
  type Outcome,
  type PlanDefinition,
  type Task,
  type Worker,
} from '@chorale/module-goals';
import type { Sql } from 'postgres';
import { Connection, together, type Rows } from './connection.ts';
import { heartbeat } from './heartbeat.ts';
import type { Incarnation } from './incarnation.ts';
import { definitionKey, KnownPlans } from './known-plans.ts';
import { KeptGoals } from './kept-goals.ts';
import type { BatchResult, Batch as CommandBatch } from './halved-commands.ts';
import { chooseTaskWrites } from './left-out-tasks.ts';
import {
  goalsOf,
  loadArchived,
  loadGoals,
  loadMissing,
  loadWorkers,
  lockGoals,
  MoreGoals,
  tenantsOf,
  type GoalKey,
} from './load-rows.ts';
import { keyOf, LoadedRows } from './loaded-rows.ts';
import {
  ageTasks,
  lockReadyTasks,
  type Half,
  type Line,
  readLine,
  readShares,
  type Share,
  readOccupancy,
  writeClaims,
  writeLanes,
  writeRates,
} from './postgres-queue.ts';
import { ReadyTasksCleaner } from './ready-tasks-cleaner.ts';
import { isOneCommandsFault, isTransient, storeError } from './postgres-errors.ts';
import { writeChanges } from './write-changes.ts';
import { reserve, type Reserved } from './reserve.ts';

/** How often a batch is begun anew because another transaction was in its way. */
const retriesMax = 8;
/** Rounds of finding out what a batch needs; a sub-goal's parent's parent takes one round each. */
const roundsMax = 64;
const sharesMax = 64;

export interface EngineConnections {
  readonly owner: Sql;
  readonly writers: Sql;
  /** Sees all tenants; for what may be lost in a crash of the server. */
  readonly bookkeeper: Sql;
  readonly incarnation: Incarnation;
}

export class PostgresEngine {
  readonly #sql: Sql;
  readonly #bookkeeper: Connection;
  readonly #cleaner: ReadyTasksCleaner;
  readonly #random: Random;
  /** Instead of the server's clock, which all processes share. */
  readonly #now: (() => number) | undefined;
  readonly #kept = new KeptGoals();
  readonly #plans = new KnownPlans();
  readonly #incarnation: Incarnation;
  /** Virtual times of the lanes, as read at the begin of the last batch. */
  #lanes: ReadonlyMap<string, number> = new Map();
  #limits = defaultLimits;
  #agedAt = 0;
  /** Shares read at the begin of a batch, so that a claim in it need not ask. */
  readonly #shares = new Map<string, Share>();

  constructor({ owner, writers, bookkeeper, incarnation }: EngineConnections, random: Random, now?: () => number) {
    this.#sql = writers;
    this.#incarnation = incarnation;
    this.#bookkeeper = new Connection(bookkeeper);
    this.#cleaner = new ReadyTasksCleaner(owner);
    this.#random = random;
    this.#now = now;
  }

  configure(limits: EngineLimits): void {
    this.#limits = limits;
  }

  /** After another server took over, which may never have had what was committed to the one before. */
  forget(): void {
    this.#kept.clear();
    this.#plans.clear();
    this.#shares.clear();
  }

  async runBatch(batch: CommandBatch): Promise<BatchResult> {
    const commands = [...batch.commands, ...batch.joining];
    const { half } = batch;
    try {
      return await this.#retrying({ commands, joinedFrom: batch.commands.length, half });
    } catch (cause) {
      if (!isOneCommandsFault(cause) || commands.length === 1)
        return { outcomes: commands.map(() => ({ error: storeError(cause) })), hint: undefined };
    }
    const outcomes: Outcome[] = [];
    for (const command of commands)
      outcomes.push(...(await this.runBatch({ commands: [command], joining: [], half })).outcomes);
    return { outcomes, hint: undefined };
  }

  async #retrying({ commands, joinedFrom, half }: Omit<Work, 'goals'>): Promise<BatchResult> {
    const goals = goalsOf(commands);
    for (let tries = 0; ; tries++) {
      try {
        return await this.#withConnection((sql) => this.#transact(sql, { commands, goals, joinedFrom, half }));
      } catch (cause) {
        if (tries >= roundsMax || (!(cause instanceof MoreGoals) && (tries >= retriesMax || !isTransient(cause))))
          throw cause;
        if (cause instanceof MoreGoals) for (const goal of cause.goals) goals.set(goal.goalId, goal);
      }
    }
  }

  async #withConnection<T>(run: (sql: Reserved) => Promise<T>): Promise<T> {
    const sql = await reserve(this.#sql);
    try {
      return await run(sql);
    } catch (cause) {
      await sql.unsafe('ROLLBACK').catch(() => undefined);
      throw cause;
    } finally {
      sql.release();
    }
  }

  async #transact(sql: Reserved, { commands, goals, joinedFrom, half }: Work): Promise<BatchResult> {
    const connection = new Connection(sql);
    const rows = new LoadedRows(this.#plans.definitions);
    const { now, served } = await this.#begin(connection, rows, { commands, goals });
    const context = { now, random: this.#random, limits: this.#limits, restored: this.#incarnation.restored };
    for (let round = 0; round < roundsMax; round++) {
      const set = new WorkingSet(rows, context);
      const missing: MissingRows[] = [];
      const outcomes = runPlain(set, commands, missing);
      if (missing.length === 0)
        return this.#finish(connection, {
          set,
          rows,
          commands,
          outcomes,
          joinedFrom,
          half,
          served,
          writes: [],
          claims: [],
        });
      await this.#load(connection, rows, missing);
    }
    throw temporary('store-failed', `The rows a batch needs were not found in ${roundsMax} rounds.`);
  }

  /** Locks the goals and reads their rows; gives the time, and the shares that a claim may need. */
  async #begin(
    connection: Connection,
    rows: LoadedRows,
    { commands, goals }: Pick<Work, 'commands' | 'goals'>,
  ): Promise<{ readonly now: number; readonly served: Map<string, number> }> {
    const workers = new Set<WorkerId>();
    for (const command of commands)
      if (command.command === 'claim-tasks' || command.command === 'heartbeat') workers.add(command.workerId);
    const known = workers.size === 0 ? [] : [...this.#shares.values()].map(({ tenantId }) => tenantId);
    const begun = connection.begin([...tenantsOf(commands), ...known]);
    const clock = connection.values(
      'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, (SELECT json_agg(json_build_array(lane, clock))::text FROM lanes), (SELECT coalesce(max(no), 0) FROM incarnations)',
    );
    const locking = goals.size === 0 ? Promise.resolve([]) : lockGoals(connection, goals.values());
    const loading = workers.size === 0 ? Promise.resolve() : loadWorkers(connection, rows, [...workers].toSorted());
    const sharing = workers.size === 0 ? undefined : readShares(connection, [...this.#shares.values()]);
    const [, time, locked, , served] = await together([
      begun,
      clock,
      locking,
      loading,
      sharing ?? Promise.resolve(new Map<string, number>()),
    ]);
    this.#incarnation.check(time[0]?.[2] as number);
    this.#lanes = new Map(JSON.parse((time[0]?.[1] as string | null) ?? '[]') as [string, number][]);
    for (const { goalId } of goals.values()) rows.goals.set(goalId, undefined);
    const there = new Set(locked.map(({ goalId }) => goalId));
    await Promise.all([
      loadGoals(connection, { rows, kept: this.#kept }, locked),
      loadArchived(
        connection,
        rows,
        [...goals.values()].filter(({ goalId }) => !there.has(goalId)),
      ),
    ]);
    return { now: this.#now?.() ?? (time[0]?.[0] as number), served };
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
        this.#plans.noteRead(definitionKey(one), found as PlanDefinition);
    }
  }

  async #finish(connection: Connection, batch: Batch): Promise<BatchResult> {
    const { set, rows, commands, outcomes, writes, claims, served } = batch;
    writes.push(...writeLanes(connection, set, this.#lanes));
    for (const [index, command] of commands.entries()) {
      if (command.command === 'claim-tasks')
        outcomes[index] = await this.#claim(connection, batch, { claim: command, joins: index >= batch.joinedFrom });
      else if (command.command === 'heartbeat') outcomes[index] = await heartbeat(connection, set, command);
    }
    const changes = set.changes();
    const unwritten = {
      ...changes,
      definitions: changes.definitions.filter((one) => !this.#plans.isWritten(definitionKey(one))),
    };
    const plans = new Map(changes.definitions.map((one) => [definitionKey(one), one.definition]));
    const taskWrites = chooseTaskWrites(
      changes,
      (goal) => plans.get(definitionKey(goal)) ?? rows.definition(goal.tenantId, goal.planHash),
    );
    const sent = writeChanges(connection, unwritten, taskWrites);
    const committed = together([...sent, ...writes, connection.values('COMMIT')]);
    // The next claim of this process reads the shares as this one leaves them.
    await Promise.all([committed, writeClaims(this.#bookkeeper, claims, served).catch(() => undefined)]);
    this.#cleaner.note(taskWrites.changed);
    this.#kept.keep(rows, changes);
    for (const one of unwritten.definitions) this.#plans.noteWritten(definitionKey(one), one.definition);
    await this.#age(set.now);
    return { outcomes, hint: hintOf(changes) };
  }

  async #claim(connection: Connection, batch: Batch, { claim, joins }: Search): Promise<Outcome> {
    const { set, writes, claims, served } = batch;
    if (joins && set.readyTasks().length === 0) return { reply: { tasks: [] } };
    try {
      const worker = aliveWorker(set, claim.workerId);
      const occupancy = await readOccupancy(connection, this.#limits);
      const line = await this.#readLine(connection, batch, { worker, isKnown: joins });
      const claiming = claimTasks(set, { worker, slots: claim.slots, ...line, clocks: this.#lanes, occupancy });
      const shown = new Set(line.flows.map(flowKey));
      let step = claiming.next();
      while (step.done !== true)
        step = claiming.next(await this.#readyTasks(connection, batch, { requests: step.value, shown }));
      claims.push(step.value);
      // What this claim has cost, the next one of this batch must see.
      for (const cost of step.value.costs) {
        const before = line.served.get(shareKey(cost)) ?? cost.floor;
        served.set(shareKey(cost), Math.max(before, cost.floor) + cost.cost);
      }
      if (occupancy !== undefined) writes.push(...writeRates(connection, set, { occupancy, claim: step.value }));
      return { reply: { tasks: step.value.tasks } };
    } catch (error) {
      if (error instanceof RowsMissing || !(error instanceof ChoraleError)) throw error;
      return { error: toErrorRecord(error) };
    }
  }

  /** What waits, and its shares. `isKnown`: nothing but what this batch made ready, and shares as they were at its begin. */
  async #readLine(
    connection: Connection,
    { set, served, claims }: Batch,
    { worker, isKnown }: { readonly worker: Worker; readonly isKnown: boolean },
  ): Promise<Line> {
    const fresh = freshShares(set);
    if (this.#shares.size > sharesMax) this.#shares.clear();
    for (const share of fresh) this.#shares.set(shareKey(share), share);
    if (isKnown && fresh.every((share) => served.has(shareKey(share)))) return { flows: [], served };
    const line = await readLine(connection, set, suitableLanes(this.#lanes.keys(), worker));
    return claims.length === 0 ? line : { flows: line.flows, served: new Map([...line.served, ...served]) };
  }

  /** The rows of ready tasks whose goals could be locked, as they are under that lock. */
  async #readyTasks(
    connection: Connection,
    { rows, set, half }: Batch,
    { requests, shown }: { readonly requests: readonly FlowRequest[]; readonly shown: ReadonlySet<string> },
  ): Promise<readonly (readonly Task[])[]> {
    const [, ...found] = await together([
      connection.see(requests.map(({ tenantId }) => tenantId)),
      ...requests.map((request) =>
        shown.has(flowKey(request)) ? lockReadyTasks(connection, request, half) : Promise.resolve([]),
      ),
    ]);
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

  async #age(now: number): Promise<void> {
    if (now - this.#agedAt < this.#limits.agingMs / 10) return;
    this.#agedAt = now;
    // After the commit: whatever becomes of it, the batch is done and must not be reported as failed or run again. A look
    // that failed was none.
    await this.#bookkeeper.values(ageTasks, now - this.#limits.agingMs, now).catch(() => (this.#agedAt = 0));
  }
}

interface Batch {
  readonly set: WorkingSet;
  readonly rows: LoadedRows;
  readonly commands: readonly Command[];
  readonly outcomes: Outcome[];
  readonly joinedFrom: number;
  readonly half: Half | undefined;
  /** Shares as they were when the batch began, of tenants whose tasks this process has seen. */
  readonly served: Map<string, number>;
  /** Sent with the rest of what the batch changed. */
  readonly writes: Promise<Rows>[];
  /** Those that were answered so far. */
  readonly claims: Claim[];
}

interface Work {
  readonly commands: readonly Command[];
  readonly goals: ReadonlyMap<GoalId, GoalKey>;
  /** Commands from here on are claims that can find nothing but what the others make ready. */
  readonly joinedFrom: number;
  readonly half: Half | undefined;
}

interface Search {
  readonly claim: ClaimTasks;
  readonly joins: boolean;
}

function flowKey({ lane, priority, tenantId }: Flow): string {
  return `${priority} ${tenantId} ${lane}`;
}

type PlainCommand = Parameters<typeof execute>[1];

/** Goals are archived elsewhere, in transactions of their own. */
function isSearch(command: Command): command is Exclude<Command, PlainCommand> {
  return ['claim-tasks', 'heartbeat', 'archive-goals'].includes(command.command);
}

/** Runs every command that needs no search, and gathers what they miss: all of it is then read in one go. */
function runPlain(set: WorkingSet, commands: readonly Command[], missing: MissingRows[]): Outcome[] {
  const outcomes: Outcome[] = [];
  for (const [index, command] of commands.entries()) {
    if (isSearch(command)) continue;
    try {
      outcomes[index] = { reply: execute(set, command) };
    } catch (error) {
      if (error instanceof RowsMissing) missing.push(error.missing);
      else outcomes[index] = { error: toErrorRecord(error) };
    }
  }
  return outcomes;
}
