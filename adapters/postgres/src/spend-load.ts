// Reads the rows that spend commands need, under locks taken in one order: reservations by id, then budgets by id, then
// keys, then outcomes. So no two batches wait for each other in a circle.
import type { TenantId } from '@chorale/lib-ids';
import {
  expiryLimits,
  fromBudgetRow,
  subjectsOf,
  type BudgetId,
  type BudgetState,
  type CallKey,
  type DropCalls,
  type ModelCallId,
  type ModelKey,
  type ModelKeyId,
  type OutcomeRow,
  type Reservation,
  type ReservationKey,
  type SpendCommand,
  type SpendRows,
  type Subject,
} from '@chorale/module-models';
import { together, type Connection } from './connection.ts';
import { budgetShape, keyShape, outcomeShape, reservationShape } from './row-shapes.ts';

const pairs = (place: string): string =>
  `json_to_recordset(${place}::text::json) AS k(t text COLLATE "C", i text COLLATE "C")`;

const lockReservations = `JOIN ${pairs('$1')} ON reservations.tenant_id = k.t AND reservations.reservation_id = k.i
  ORDER BY reservations.tenant_id, reservations.reservation_id FOR UPDATE OF reservations`;

/** $1: subjects, $2: reservations, whose subjects never change, $3: ids of budgets. */
const lockBudgets = `WITH subjects AS (
    SELECT t, s, u FROM json_to_recordset($1::text::json) AS k(t text COLLATE "C", s text COLLATE "C", u text COLLATE "C")
    UNION
    SELECT r.tenant_id, v.s COLLATE "C", v.u FROM ${pairs('$2')}
      JOIN reservations r ON r.tenant_id = k.t AND r.reservation_id = k.i
      CROSS JOIN LATERAL (VALUES ('tenant', r.tenant_id), ('project', r.project), ('key', r.key), ('goal', r.goal), ('agent', r.agent)) AS v(s, u)
    WHERE v.u IS NOT NULL
  ), wanted AS (
    SELECT b.tenant_id, b.budget_id FROM subjects
      JOIN budgets b ON b.tenant_id = subjects.t AND b.scope = subjects.s AND b.subject = subjects.u
    UNION SELECT t, i FROM ${pairs('$3')}
  )
  SELECT ${budgetShape.select} FROM wanted
    JOIN budgets ON budgets.tenant_id = wanted.tenant_id AND budgets.budget_id = wanted.budget_id
    ORDER BY budgets.tenant_id, budgets.budget_id FOR UPDATE OF budgets`;

const lockKeys = `JOIN ${pairs('$1')} ON model_keys.tenant_id = k.t AND model_keys.key_id = k.i
  ORDER BY model_keys.tenant_id, model_keys.key_id FOR UPDATE OF model_keys`;
const sameHash = 'WHERE hash IN (SELECT json_array_elements_text($1::text::json))';
const lockOutcomes = `JOIN ${pairs('$1')} ON model_outcomes.tenant_id = k.t AND model_outcomes.call_id = k.i
  ORDER BY model_outcomes.tenant_id, model_outcomes.call_id FOR UPDATE OF model_outcomes`;

const dueKeys = (state: string): string =>
  `SELECT tenant_id, reservation_id FROM reservations WHERE state ${state} AND due_at <= $1 ORDER BY due_at LIMIT $2`;

const oldCalls =
  'SELECT call_id FROM model_calls WHERE tenant_id = $1 AND ended_at < $2 ORDER BY ended_at, call_id LIMIT $3';

const keyOfDrop = ({ tenantId, endedBefore, limit }: Omit<DropCalls, 'command'>): string =>
  keyOf(tenantId, String(endedBefore), String(limit));

type Pair = readonly [tenantId: string, id: string];

/** What the commands of a batch will ask for; known before any of them runs. */
interface Needs {
  readonly reservations: Pair[];
  readonly subjects: Subject[];
  readonly budgets: Pair[];
  readonly keys: Pair[];
  readonly hashes: string[];
  readonly outcomes: Pair[];
  readonly drops: DropCalls[];
  expires: boolean;
}

function needsOf(commands: readonly SpendCommand[]): Needs {
  const needs: Needs = {
    reservations: [],
    subjects: [],
    budgets: [],
    keys: [],
    hashes: [],
    outcomes: [],
    drops: [],
    expires: false,
  };
  for (const command of commands) addNeeds(needs, command);
  return needs;
}

function addNeeds(needs: Needs, command: SpendCommand): void {
  switch (command.command) {
    case 'reserve':
      needs.reservations.push([command.tenantId, command.reservationId]);
      needs.subjects.push(...subjectsOf(command.tenantId, command.subjects));
      return;
    case 'settle':
      needs.reservations.push([command.tenantId, command.reservationId]);
      return;
    case 'expire-reservations':
      needs.expires = true;
      return;
    case 'put-budget':
      needs.subjects.push(command.budget);
      needs.budgets.push([command.tenantId, command.budget.budgetId]);
      return;
    case 'drop-budget':
      needs.budgets.push([command.tenantId, command.budgetId]);
      return;
    case 'put-key':
      needs.keys.push([command.tenantId, command.key.keyId]);
      needs.hashes.push(command.key.hash);
      return;
    case 'revoke-key':
      needs.keys.push([command.tenantId, command.keyId]);
      return;
    case 'record-outcome':
      needs.outcomes.push([command.tenantId, command.outcome.callId]);
      return;
    case 'drop-calls':
      needs.drops.push(command);
      return;
    case 'record-call':
    case 'put-learned':
    case 'keep-answer':
    case 'drop-answers':
    case 'learn-fact':
      return;
  }
}

function pairParameter(keys: readonly Pair[]): string {
  const once = new Map(keys.map((key) => [JSON.stringify(key), key]));
  return JSON.stringify([...once.values()].map(([t, i]) => ({ t, i })));
}

/** What was loaded for a batch; what is not in it is not there. */
export class LoadedSpendRows implements SpendRows {
  readonly #reservations = new Map<string, Reservation>();
  readonly #budgets = new Map<string, BudgetState>();
  readonly #bySubject = new Map<string, BudgetState[]>();
  readonly #keys = new Map<string, ModelKey>();
  readonly #outcomes = new Map<string, OutcomeRow>();
  readonly #oldCalls = new Map<string, readonly CallKey[]>();
  #due: readonly ReservationKey[] = [];
  #old: readonly ReservationKey[] = [];

  /** Sends what it needs together: one round trip, two when reservations are to expire. */
  async load(connection: Connection, commands: readonly SpendCommand[], now: Promise<number>): Promise<void> {
    const needs = needsOf(commands);
    if (needs.expires) await this.#findDue(connection, needs, await now);
    await together([
      this.#loadReservations(connection, needs),
      this.#loadBudgets(connection, needs),
      this.#loadKeys(connection, needs),
      this.#loadOutcomes(connection, needs),
      this.#findOldCalls(connection, needs),
    ]);
  }

  async #findDue(connection: Connection, { reservations }: Needs, now: number): Promise<void> {
    const [due, old] = await connection.asScheduler(() =>
      together([
        connection.values(dueKeys("= 'held'"), now, expiryLimits.charged),
        connection.values(dueKeys("<> 'held'"), now, expiryLimits.forgotten),
      ]),
    );
    const toKey = ([tenantId, reservationId]: readonly unknown[]) => ({ tenantId, reservationId }) as ReservationKey;
    this.#due = due.map(toKey);
    this.#old = old.map(toKey);
    await connection.see([...this.#due, ...this.#old].map(({ tenantId }) => tenantId));
    for (const { tenantId, reservationId } of this.#due) reservations.push([tenantId, reservationId]);
  }

  async #loadReservations(connection: Connection, { reservations }: Needs): Promise<void> {
    if (reservations.length === 0) return;
    const rows = await connection.all(reservationShape, lockReservations, pairParameter(reservations));
    for (const row of rows) this.#reservations.set(keyOf(row.tenantId, row.reservationId), row);
  }

  async #loadBudgets(connection: Connection, { subjects, reservations, budgets }: Needs): Promise<void> {
    if (subjects.length + reservations.length + budgets.length === 0) return;
    const wanted = new Map(
      subjects.map(({ tenantId: t, scope: s, subject: u }) => [keyOf(t, s, u), { t, s, u }] as const),
    );
    const rows = await connection.values(
      lockBudgets,
      JSON.stringify([...wanted.values()]),
      pairParameter(reservations),
      pairParameter(budgets),
    );
    for (const row of rows) this.#noteBudget(fromBudgetRow(budgetShape.fromValues(row)));
  }

  #noteBudget(budget: BudgetState): void {
    this.#budgets.set(keyOf(budget.tenantId, budget.budgetId), budget);
    const key = keyOf(budget.tenantId, budget.scope, budget.subject);
    this.#bySubject.set(key, [...(this.#bySubject.get(key) ?? []), budget]);
  }

  async #loadKeys(connection: Connection, { keys, hashes }: Needs): Promise<void> {
    if (keys.length === 0) return;
    const [rows, alike] = await together([
      connection.all(keyShape, lockKeys, pairParameter(keys)),
      // A hash is of one key, whoever has it.
      connection.asScheduler(() => connection.all(keyShape, sameHash, JSON.stringify(hashes))),
    ]);
    for (const row of [...alike, ...rows]) this.#keys.set(keyOf(row.tenantId, row.keyId), row);
  }

  async #loadOutcomes(connection: Connection, { outcomes }: Needs): Promise<void> {
    if (outcomes.length === 0) return;
    const rows = await connection.all(outcomeShape, lockOutcomes, pairParameter(outcomes));
    for (const row of rows) this.#outcomes.set(keyOf(row.tenantId, row.callId), row);
  }

  async #findOldCalls(connection: Connection, { drops }: Needs): Promise<void> {
    const found = await together(
      drops.map(({ tenantId, endedBefore, limit }) => connection.values(oldCalls, tenantId, endedBefore, limit)),
    );
    for (const [at, drop] of drops.entries()) {
      const keys = found[at]?.map(([callId]) => ({ tenantId: drop.tenantId, callId }) as CallKey) ?? [];
      this.#oldCalls.set(keyOfDrop(drop), keys);
    }
  }

  oldCalls(drop: Omit<DropCalls, 'command'>): readonly CallKey[] {
    return this.#oldCalls.get(keyOfDrop(drop)) ?? [];
  }

  reservation({ tenantId, reservationId }: ReservationKey): Reservation | undefined {
    return this.#reservations.get(keyOf(tenantId, reservationId));
  }

  /** As they are under their locks: another process may have been first. */
  dueReservations(now: number, limit: number): readonly Reservation[] {
    const rows = this.#due.slice(0, limit).flatMap((key) => this.reservation(key) ?? []);
    return rows.filter(({ state, dueAt }) => state === 'held' && dueAt <= now);
  }

  oldReservations(_now: number, limit: number): readonly ReservationKey[] {
    return this.#old.slice(0, limit);
  }

  budgetsOf({ tenantId, scope, subject }: Subject): readonly BudgetState[] {
    return this.#bySubject.get(keyOf(tenantId, scope, subject)) ?? [];
  }

  budget(tenantId: TenantId, budgetId: BudgetId): BudgetState | undefined {
    return this.#budgets.get(keyOf(tenantId, budgetId));
  }

  key(tenantId: TenantId, keyId: ModelKeyId): ModelKey | undefined {
    return this.#keys.get(keyOf(tenantId, keyId));
  }

  keyByHash(hash: string): ModelKey | undefined {
    return [...this.#keys.values()].find((key) => key.hash === hash);
  }

  outcome(tenantId: TenantId, callId: ModelCallId): OutcomeRow | undefined {
    return this.#outcomes.get(keyOf(tenantId, callId));
  }
}

function keyOf(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}
