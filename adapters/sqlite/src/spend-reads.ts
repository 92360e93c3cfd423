// What others ask of the rows of spend, outside its transactions.
import type { SQLInputValue } from 'node:sqlite';
import type { TenantId } from '@chorale/lib-ids';
import {
  budgetAt,
  fromBudgetRow,
  type AnswersAsked,
  type BudgetState,
  type CallPage,
  type ComparedAnswer,
  type DeploymentFact,
  type FeaturedOutcome,
  type KeptAnswer,
  type LearnedRow,
  type ModelCallId,
  type ModelCallRecord,
  type ModelKey,
  type OutcomeCount,
  type SpendStore,
} from '@chorale/module-models';
import { answerShape, budgetShape, callShape, factShape, keyShape, learnedShape } from './row-shapes.ts';
import type { Statements } from './statements.ts';

type SpendReadMethod = Exclude<keyof SpendStore, 'execute'>;

/** A read as it is asked for: by its name, with the arguments its caller gave. */
export interface SpendReadRequest {
  readonly method: SpendReadMethod;
  readonly given: readonly unknown[];
}

export class SqliteSpendReads {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  findKey(hash: string): ModelKey | undefined {
    return this.#statements.get(keyShape, 'WHERE hash = ?', hash);
  }

  listKeys(tenantId: TenantId): readonly ModelKey[] {
    return this.#statements.all(keyShape, 'WHERE tenant_id = ? ORDER BY created_at, key_id', tenantId);
  }

  listBudgets(tenantId: TenantId, now: number): readonly BudgetState[] {
    const rows = this.#statements.all(budgetShape, 'WHERE tenant_id = ? ORDER BY budget_id', tenantId);
    return rows.map((row) => budgetAt(fromBudgetRow(row), now));
  }

  findCall(tenantId: TenantId, callId: ModelCallId): ModelCallRecord | undefined {
    return this.#statements.get(callShape, 'WHERE tenant_id = ? AND call_id = ?', tenantId, callId)?.record;
  }

  listCalls(tenantId: TenantId, { before, limit, goalId, keyId }: CallPage): readonly ModelCallRecord[] {
    const where = ['tenant_id = ?'];
    const values: SQLInputValue[] = [tenantId];
    const add = (condition: string, ...more: readonly SQLInputValue[]): void => {
      where.push(condition);
      values.push(...more);
    };
    if (goalId !== undefined) add('goal_id = ?', goalId);
    if (keyId !== undefined) add('key_id = ?', keyId);
    if (before !== undefined) add('(ended_at, call_id) < (?, ?)', before.endedAt, before.callId);
    const rest = `WHERE ${where.join(' AND ')} ORDER BY ended_at DESC, call_id DESC LIMIT ?`;
    return this.#statements.all(callShape, rest, ...values, limit).map(({ record }) => record);
  }

  listFacts(): readonly DeploymentFact[] {
    return this.#statements.all(factShape, 'ORDER BY deployment_id, fact');
  }

  countOutcomes(tenantId: TenantId): readonly OutcomeCount[] {
    const sql =
      'SELECT task_class, model, good, bad FROM outcome_counts WHERE tenant_id = ? AND good + bad > 0 ORDER BY task_class, model';
    return this.#statements
      .values(sql, tenantId)
      .map(([taskClass, model, good, bad]) => ({ taskClass, model, good, bad }) as OutcomeCount);
  }

  listOutcomes(tenantId: TenantId, limit: number): readonly FeaturedOutcome[] {
    const rest = 'WHERE tenant_id = ? AND features IS NOT NULL ORDER BY at DESC LIMIT ?';
    return this.#statements
      .values(`SELECT model, good, features FROM model_outcomes ${rest}`, tenantId, limit)
      .map(([model, good, features]) => ({ model, good: good === 1, features }) as FeaturedOutcome);
  }

  findLearned(tenantId: TenantId, laterThan: number): LearnedRow | undefined {
    return this.#statements.get(learnedShape, 'WHERE tenant_id = ? AND version > ?', tenantId, laterThan);
  }

  listAnswers(tenantId: TenantId, { setting, now, limit }: AnswersAsked): readonly ComparedAnswer[] {
    const sql = `SELECT answer_id, question, vector FROM model_answers
      WHERE tenant_id = ? AND setting = ? AND expires_at > ? ORDER BY kept_at DESC LIMIT ?`;
    return this.#statements
      .values(sql, tenantId, setting, now, limit)
      .map(([answerId, question, vector]) => ({ answerId, question, vector }) as ComparedAnswer);
  }

  findAnswer(tenantId: TenantId, answerId: ModelCallId): KeptAnswer | undefined {
    return this.#statements.get(answerShape, 'WHERE tenant_id = ? AND answer_id = ?', tenantId, answerId);
  }
}

/** One read needs the time, which its callers do not give. */
export function runSpendRead(reads: SqliteSpendReads, { method, given }: SpendReadRequest, now: number): unknown {
  if (method === 'listBudgets') return reads.listBudgets(given[0] as TenantId, now);
  return (reads[method] as (...args: unknown[]) => unknown).apply(reads, [...given]);
}

export function makeSpendReads(ask: (request: SpendReadRequest) => Promise<unknown>): Omit<SpendStore, 'execute'> {
  const read =
    (method: SpendReadMethod) =>
    (...given: readonly unknown[]) =>
      ask({ method, given }) as Promise<never>;
  return {
    findKey: read('findKey'),
    listKeys: read('listKeys'),
    listBudgets: read('listBudgets'),
    findCall: read('findCall'),
    listCalls: read('listCalls'),
    listFacts: read('listFacts'),
    countOutcomes: read('countOutcomes'),
    listOutcomes: read('listOutcomes'),
    findLearned: read('findLearned'),
    listAnswers: read('listAnswers'),
    findAnswer: read('findAnswer'),
  };
}
