// The budgets of the configuration, put in place at every start: the same limits under the same subject, whatever was
// spent stays.
import { defaultTenant, makeId, type Random } from '@chorale/lib-ids';
import type { Budget, BudgetId, SpendStore } from '@chorale/module-models';
import type { ModelsConfig } from '../config/models-config.ts';

export const nanoDollars = 1_000_000_000;

export interface BudgetWorld {
  readonly spend: Pick<SpendStore, 'execute'>;
  readonly now: number;
  readonly random: Random;
}

export async function putConfiguredBudgets(budgets: ModelsConfig['budgets'], world: BudgetWorld): Promise<void> {
  for (const { scope, subject, window, ...limits } of budgets) {
    const budget: Budget = {
      tenantId: defaultTenant,
      budgetId: makeId<'budget'>('budget', world.now, world.random) satisfies BudgetId,
      scope,
      subject: scope === 'tenant' ? defaultTenant : (subject ?? ''),
      window,
      limit: limitOf(limits),
    };
    await world.spend.execute({ command: 'put-budget', tenantId: defaultTenant, budget });
  }
}

export function limitOf(limits: {
  readonly usd?: number;
  readonly tokens?: number;
  readonly calls?: number;
}): Budget['limit'] {
  return {
    ...(limits.usd === undefined ? {} : { cost: Math.round(limits.usd * nanoDollars) }),
    ...(limits.tokens === undefined ? {} : { tokens: limits.tokens }),
    ...(limits.calls === undefined ? {} : { calls: limits.calls }),
  };
}
