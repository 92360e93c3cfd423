// What others ask of the rows of spend, outside its transactions.
import {
  budgetAt,
  fromBudgetRow,
  type ComparedAnswer,
  type FeaturedOutcome,
  type OutcomeCount,
  type SpendStore,
} from '@chorale/module-models';
import type { Sql } from 'postgres';
import { Connection } from './connection.ts';
import { answerShape, budgetShape, callShape, factShape, keyShape, learnedShape } from './row-shapes.ts';

const clock = 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint';

export function makeSpendReads(
  { readers, scheduler }: { readonly readers: Sql; readonly scheduler: Sql },
  now?: () => number,
): Omit<SpendStore, 'execute'> {
  const connection = new Connection(readers);
  const ofAll = new Connection(scheduler);
  const time = async (): Promise<number> => now?.() ?? ((await connection.values(clock))[0]?.[0] as number);
  return {
    // Whose a key is, only its row says.
    findKey: async (hash) => (await ofAll.all(keyShape, 'WHERE hash = $1', hash))[0],
    listKeys: (tenantId) =>
      connection.of(tenantId).all(keyShape, 'WHERE tenant_id = $1 ORDER BY created_at, key_id', tenantId),
    async listBudgets(tenantId) {
      const rows = await connection.of(tenantId).all(budgetShape, 'WHERE tenant_id = $1 ORDER BY budget_id', tenantId);
      const at = await time();
      return rows.map((row) => budgetAt(fromBudgetRow(row), at));
    },
    async findCall(tenantId, callId) {
      const rows = await connection
        .of(tenantId)
        .all(callShape, 'WHERE tenant_id = $1 AND call_id = $2', tenantId, callId);
      return rows[0]?.record;
    },
    async listCalls(tenantId, { before, limit, goalId, keyId }) {
      const values: (string | number)[] = [tenantId];
      const place = (value: string | number): string => `$${values.push(value)}`;
      const where = ['tenant_id = $1'];
      if (goalId !== undefined) where.push(`goal_id = ${place(goalId)}`);
      if (keyId !== undefined) where.push(`key_id = ${place(keyId)}`);
      if (before !== undefined)
        where.push(`(ended_at, call_id) < (${place(before.endedAt)}::bigint, ${place(before.callId)})`);
      const rest = `WHERE ${where.join(' AND ')} ORDER BY ended_at DESC, call_id DESC LIMIT ${place(limit)}`;
      return (await connection.of(tenantId).all(callShape, rest, ...values)).map(({ record }) => record);
    },
    listFacts: () => connection.all(factShape, 'ORDER BY deployment_id, fact'),
    async countOutcomes(tenantId) {
      const rows = await connection
        .of(tenantId)
        .values(
          'SELECT task_class, model, good, bad FROM outcome_counts WHERE tenant_id = $1 AND good + bad > 0 ORDER BY task_class, model',
          tenantId,
        );
      return rows.map(([taskClass, model, good, bad]) => ({ taskClass, model, good, bad }) as OutcomeCount);
    },
    async listOutcomes(tenantId, limit) {
      const rows = await connection
        .of(tenantId)
        .values(
          'SELECT model, good, features FROM model_outcomes WHERE tenant_id = $1 AND features IS NOT NULL ORDER BY at DESC LIMIT $2',
          tenantId,
          limit,
        );
      return rows.map(([model, good, features]) => ({ model, good, features }) as FeaturedOutcome);
    },
    async findLearned(tenantId, laterThan) {
      return (
        await connection.of(tenantId).all(learnedShape, 'WHERE tenant_id = $1 AND version > $2', tenantId, laterThan)
      )[0];
    },
    ...makeAnswerReads(connection),
  };
}

function makeAnswerReads(connection: Connection): Pick<SpendStore, 'listAnswers' | 'findAnswer'> {
  return {
    async listAnswers(tenantId, { setting, now: at, limit }) {
      const sql = `SELECT answer_id, question, vector FROM model_answers
        WHERE tenant_id = $1 AND setting = $2 AND expires_at > $3 ORDER BY kept_at DESC LIMIT $4`;
      const rows = await connection.of(tenantId).values(sql, tenantId, setting, at, limit);
      return rows.map(([answerId, question, vector]) => ({ answerId, question, vector }) as ComparedAnswer);
    },
    async findAnswer(tenantId, answerId) {
      const rest = 'WHERE tenant_id = $1 AND answer_id = $2';
      return (await connection.of(tenantId).all(answerShape, rest, tenantId, answerId))[0];
    },
  };
}
