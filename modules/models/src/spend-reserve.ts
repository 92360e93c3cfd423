// Takes room in every budget that a call counts against, before it is sent.
import { broken, refused, type ChoraleError } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import type { Amount, BudgetState, Reserve } from './spend.ts';
import { amountKinds, changeAmount, checkAmount, isSameAmount } from './spend-amount.ts';
import type { SpendSet, Subject } from './spend-set.ts';
import type { Reservation } from './spend-tables.ts';
import { windowEnd } from './spend-window.ts';

export function reserve(set: SpendSet, command: Reserve): void {
  checkAmount(command.amount);
  const found = set.findReservation(command);
  if (found !== undefined) return checkRepeated(found, command);
  const budgets = subjectsOf(command.tenantId, command.subjects).flatMap((subject) => set.budgetsOf(subject));
  const short = findShort(budgets, command.amount);
  if (short !== undefined) throw budgetExhausted(short, command.amount);
  const { tenantId, reservationId, callId, subjects, amount, expiresAt, known } = command;
  for (const budget of budgets) set.putBudget({ ...budget, reserved: changeAmount(budget.reserved, { add: amount }) });
  set.putReservation({
    tenantId,
    reservationId,
    callId,
    state: 'held',
    project: subjects.project,
    key: subjects.key,
    goal: subjects.goal,
    agent: subjects.agent,
    amount,
    charged: undefined,
    budgets: budgets.map(({ budgetId, windowStartedAt }) => ({ budgetId, windowStartedAt })),
    known,
    reservedAt: set.now,
    expiresAt,
    dueAt: expiresAt,
  });
}

/** Whose budgets a call counts against: the tenant's, and those of what it is made for. */
export function subjectsOf(
  tenantId: TenantId,
  { project, key, goal, agent }: { readonly [Scope in 'project' | 'key' | 'goal' | 'agent']?: string | undefined },
): readonly Subject[] {
  const named = [
    ['tenant', tenantId],
    ['project', project],
    ['key', key],
    ['goal', goal],
    ['agent', agent],
  ] as const;
  return named.flatMap(([scope, subject]) => (subject === undefined ? [] : [{ tenantId, scope, subject }]));
}

function checkRepeated(found: Reservation, { reservationId, callId, amount }: Reserve): void {
  if (found.state === 'held' && found.callId === callId && isSameAmount(found.amount, amount)) return;
  const what = found.state === 'held' ? `is held for call ${found.callId}` : `has ended (${found.state})`;
  throw broken('reservation-ended', `Reservation ${reservationId} ${what}.`, {
    action: 'Give each reservation an id of its own.',
  });
}

interface Short {
  readonly budget: BudgetState;
  readonly kind: keyof Amount;
}

/**
 * The budget to wait for: of those without room, the one that begins anew last. A kind of which nothing is asked is not
 * looked at, so that free calls go on when the money is gone.
 */
function findShort(budgets: readonly BudgetState[], amount: Amount): Short | undefined {
  const short = budgets.flatMap((budget): readonly Short[] => {
    const kind = amountKinds.find((kind) => amount[kind] > 0 && amount[kind] > room(budget, kind));
    return kind === undefined ? [] : [{ budget, kind }];
  });
  return short.toSorted((a, b) => (resetOf(a.budget) < resetOf(b.budget) ? 1 : -1))[0];
}

function room({ limit, spent, reserved }: BudgetState, kind: keyof Amount): number {
  return (limit[kind] ?? Number.MAX_SAFE_INTEGER) - spent[kind] - reserved[kind];
}

function resetOf(budget: BudgetState): number {
  return windowEnd(budget) ?? Number.POSITIVE_INFINITY;
}

function budgetExhausted({ budget, kind }: Short, amount: Amount): ChoraleError {
  const { budgetId, scope, subject, window } = budget;
  const limit = budget.limit[kind] ?? Number.MAX_SAFE_INTEGER;
  const [spent, reserved, resetsAt] = [budget.spent[kind], budget.reserved[kind], windowEnd(budget)];
  const until = resetsAt === undefined ? 'It does not begin anew.' : `It begins anew at ${iso(resetsAt)}.`;
  return refused(
    'budget-exhausted',
    `The ${window} budget of ${scope} ${subject} has no room for ${kind} ${amount[kind]}: of ${limit}, ${spent} are spent and ${reserved} reserved. ${until}`,
    {
      action: resetsAt === undefined ? 'Raise the limit.' : `Raise the limit, or try again after ${iso(resetsAt)}.`,
      data: { budgetId, scope, subject, window, kind, limit, spent, reserved, resetsAt },
    },
  );
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
