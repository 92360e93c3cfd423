// Runs one spend command on a set of rows: the whole engine, the same under every store.
//
// A command that is refused throws a ChoraleError and leaves no trace in the set.
import { refused, unreachable } from '@chorale/lib-errors';
import type { BudgetState, DropBudget, PutBudget, PutModelKey, RecordOutcome, RevokeModelKey } from './spend.ts';
import type { ModelKey, SpendCommand, SpendReplies } from './spend.ts';
import { amountKinds, isCount } from './spend-amount.ts';
import { reserve } from './spend-reserve.ts';
import type { SpendSet } from './spend-set.ts';
import { expireReservations, settleReservation } from './spend-settle.ts';
import { beginBudget } from './spend-window.ts';

export function executeSpend(set: SpendSet, command: SpendCommand): SpendReplies[SpendCommand['command']] {
  switch (command.command) {
    case 'reserve':
      return nothing(reserve(set, command));
    case 'settle':
      return nothing(settleReservation(set, command));
    case 'record-call':
      return nothing(set.putCall(command.record));
    case 'expire-reservations':
      return expireReservations(set, command);
    case 'put-budget':
      return { budget: putBudget(set, command) };
    case 'drop-budget':
      return nothing(dropBudget(set, command));
    case 'put-key':
      return nothing(putKey(set, command));
    case 'revoke-key':
      return { key: revokeKey(set, command) };
    case 'learn-fact':
      return nothing(set.putFact(command.fact));
    case 'record-outcome':
      return nothing(recordOutcome(set, command));
    case 'put-learned':
      return nothing(set.putLearned(command.learned));
    case 'drop-calls':
      return { dropped: set.dropCalls(command) };
    case 'keep-answer':
      return nothing(set.keepAnswer(command));
    case 'drop-answers':
      return nothing(set.dropAnswers(command));
    default:
      return unreachable(command);
  }
}

function nothing(_done: void): Record<never, never> {
  return {};
}

/** A budget of the same scope, subject and window keeps its id and what it counts; only its limits are replaced. */
function putBudget(set: SpendSet, { tenantId, budget }: PutBudget): BudgetState {
  checkBudget(tenantId, budget);
  const found = set.budgetsOf(budget).find(({ window }) => window === budget.window);
  const byId = set.findBudget(tenantId, budget.budgetId);
  if (found === undefined && byId !== undefined) {
    throw refused(
      'budget-invalid',
      `Budget ${budget.budgetId} is the ${byId.window} budget of ${byId.scope} ${byId.subject}.`,
      { action: 'Give the new budget an id of its own.' },
    );
  }
  const put = found === undefined ? beginBudget(budget, set.now) : { ...found, limit: budget.limit };
  set.putBudget(put);
  return put;
}

function checkBudget(tenantId: string, budget: PutBudget['budget']): void {
  const action = 'Correct the budget and send it again.';
  if (budget.tenantId !== tenantId || (budget.scope === 'tenant' && budget.subject !== tenantId)) {
    const found = `tenant ${budget.tenantId} and ${budget.scope} ${budget.subject}`;
    throw refused('budget-invalid', `A budget of tenant ${tenantId} names ${found}.`, { action });
  }
  for (const kind of amountKinds) {
    const limit = budget.limit[kind];
    if (limit === undefined || isCount(limit)) continue;
    throw refused('budget-invalid', `The limit of ${kind} is ${String(limit)}, not a whole number from 0.`, { action });
  }
}

function dropBudget(set: SpendSet, { tenantId, budgetId }: DropBudget): void {
  const found = set.findBudget(tenantId, budgetId);
  if (found === undefined) throw refused('budget-not-found', `There is no budget ${budgetId}.`);
  set.dropBudget(found);
}

/** What was revoked stays revoked, whatever is put over it. */
function putKey(set: SpendSet, { tenantId, key }: PutModelKey): void {
  const holder = set.findKeyByHash(key.hash);
  if (holder !== undefined && (holder.tenantId !== tenantId || holder.keyId !== key.keyId)) {
    throw refused('key-exists', `The key ${key.prefix} is known already.`, { action: 'Make another key.' });
  }
  const revokedAt = set.findKey(tenantId, key.keyId)?.revokedAt ?? key.revokedAt;
  set.putKey({ ...key, tenantId, revokedAt });
}

function revokeKey(set: SpendSet, { tenantId, keyId }: RevokeModelKey): ModelKey {
  const found = set.findKey(tenantId, keyId);
  if (found === undefined) throw refused('key-not-found', `There is no model key ${keyId}.`);
  if (found.revokedAt !== undefined) return found;
  const revoked = { ...found, revokedAt: set.now };
  set.putKey(revoked);
  return revoked;
}

function recordOutcome(set: SpendSet, { tenantId, outcome }: RecordOutcome): void {
  const before = set.findOutcome(tenantId, outcome.callId);
  const row = { ...outcome, tenantId };
  if (before !== undefined) set.addCount(before, -1);
  set.addCount(row, 1);
  set.putOutcome(row);
}
