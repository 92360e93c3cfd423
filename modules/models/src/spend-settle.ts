// Ends reservations: with what the call cost, or, when its process is gone, with all that was reserved.
//
// A settlement that comes after its reservation was charged as assumed does not charge again. It corrects: the
// difference goes to the budgets that were charged, as far as the window that was charged still runs. One that has
// ended is history, and the window that follows is not made to pay or to be paid for it.
import { broken } from '@chorale/lib-errors';
import type { ModelCallRecord } from './model-call.ts';
import type { Amount, ExpireReservations, Settle, SpendReplies } from './spend.ts';
import { changeAmount, checkAmount, isSameAmount } from './spend-amount.ts';
import { subjectsOf } from './spend-reserve.ts';
import type { SpendSet } from './spend-set.ts';
import type { Reservation } from './spend-tables.ts';

/** How long a repeated settlement is known as such. */
const settledKeptMs = 15 * 60_000;
/** How long a process that was thought gone may still say what its call cost. */
const assumedKeptMs = 7 * 86_400_000;
/** How many are charged and how many forgotten in one command, so that others do not wait long behind it. */
export const expiryLimits = { charged: 200, forgotten: 2_000 };

export function settleReservation(set: SpendSet, { tenantId, reservationId, amount, record }: Settle): void {
  checkAmount(amount);
  const found = set.findReservation({ tenantId, reservationId });
  if (found === undefined) {
    throw broken('reservation-not-found', `There is no reservation ${reservationId}, or it ended long ago.`);
  }
  if (found.state === 'settled') return checkRepeated(found, amount);
  if (found.state === 'held') charge(set, found, amount);
  else correct(set, found, amount);
  const dueAt = set.now + settledKeptMs;
  set.putReservation({ ...found, state: 'settled', charged: amount, budgets: [], known: undefined, dueAt });
  if (record !== undefined) set.putCall(record);
  else if (found.state === 'assumed') set.dropAssumedCall(tenantId, found.callId);
}

function checkRepeated({ reservationId, charged }: Reservation, amount: Amount): void {
  if (charged !== undefined && isSameAmount(charged, amount)) return;
  throw broken('reservation-ended', `Reservation ${reservationId} was settled before, with another amount.`, {
    data: { charged, amount },
  });
}

/** Gives back what was reserved and counts what was used, also in budgets that were made meanwhile. */
function charge(set: SpendSet, found: Reservation, amount: Amount): Reservation['budgets'] {
  const reservedAt = new Set(found.budgets.map(({ budgetId }) => budgetId));
  const budgets = subjectsOf(found.tenantId, found).flatMap((subject) => set.budgetsOf(subject));
  for (const budget of budgets) {
    const reserved = reservedAt.has(budget.budgetId)
      ? changeAmount(budget.reserved, { take: found.amount })
      : budget.reserved;
    set.putBudget({ ...budget, reserved, spent: changeAmount(budget.spent, { add: amount }) });
  }
  return budgets.map(({ budgetId, windowStartedAt }) => ({ budgetId, windowStartedAt }));
}

function correct(set: SpendSet, { tenantId, budgets, charged, amount: reserved }: Reservation, amount: Amount): void {
  for (const { budgetId, windowStartedAt } of budgets) {
    const budget = set.findBudget(tenantId, budgetId);
    if (budget === undefined || budget.windowStartedAt !== windowStartedAt) continue;
    set.putBudget({ ...budget, spent: changeAmount(budget.spent, { add: amount, take: charged ?? reserved }) });
  }
}

export function expireReservations(set: SpendSet, _command: ExpireReservations): SpendReplies['expire-reservations'] {
  const due = set.dueReservations(expiryLimits.charged);
  for (const found of due) {
    const budgets = charge(set, found, found.amount);
    const dueAt = set.now + assumedKeptMs;
    set.putReservation({ ...found, state: 'assumed', charged: found.amount, budgets, known: undefined, dueAt });
    set.addAssumedCall(assumedRecord(found));
  }
  const forgotten = set.dropOldReservations(expiryLimits.forgotten);
  const more = due.length === expiryLimits.charged || forgotten === expiryLimits.forgotten;
  return { charged: due.length, more };
}

function assumedRecord({ tenantId, callId, key, goal, agent, known, amount, ...at }: Reservation): ModelCallRecord {
  return {
    callId,
    tenantId,
    keyId: key as ModelCallRecord['keyId'],
    goalId: goal as ModelCallRecord['goalId'],
    agent,
    ...(known ?? {
      taskNo: undefined,
      operation: 'chat',
      requested: [],
      strategy: 'balanced',
      taskClass: 'other',
      dataClass: 'internal',
      masked: 0,
      deploymentId: undefined,
      startedAt: at.reservedAt,
    }),
    candidates: [],
    tries: [],
    cache: 'none',
    usage: undefined,
    cost: amount.cost,
    assumed: true,
    firstByteAt: undefined,
    endedAt: at.expiresAt,
    failure: {
      family: 'temporary',
      code: 'call-end-unknown',
      message: 'The process that made this call ended before the call did; all that was reserved for it was charged.',
    },
  };
}
