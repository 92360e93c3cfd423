// The windows of budgets: days and months of UTC, and `total`, which has no end.
import type { Amount, Budget, BudgetState, BudgetWindow } from './spend.ts';

const dayMs = 86_400_000;

const noAmount: Amount = { cost: 0, tokens: 0, calls: 0 };

function windowStart(window: BudgetWindow, at: number): number {
  if (window === 'total') return at;
  if (window === 'day') return Math.floor(at / dayMs) * dayMs;
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}

/** When the window that began then ends, and the next begins; undefined for `total`. */
export function windowEnd({
  window,
  windowStartedAt,
}: Pick<BudgetState, 'window' | 'windowStartedAt'>): number | undefined {
  if (window === 'total') return undefined;
  if (window === 'day') return windowStartedAt + dayMs;
  const date = new Date(windowStartedAt);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

export function beginBudget(budget: Budget, now: number): BudgetState {
  return { ...budget, windowStartedAt: windowStart(budget.window, now), spent: noAmount, reserved: noAmount };
}

/**
 * The budget as it is now. A window that has ended begins anew with nothing spent; what is reserved is for calls that
 * will end in the new one. A clock that lags behind the one that began the window changes nothing.
 */
export function budgetAt(budget: BudgetState, now: number): BudgetState {
  if (budget.window === 'total') return budget;
  const startedAt = windowStart(budget.window, now);
  return startedAt <= budget.windowStartedAt ? budget : { ...budget, windowStartedAt: startedAt, spent: noAmount };
}
