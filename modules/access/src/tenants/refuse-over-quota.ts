// Whether one more fits into what a tenant may have.
import { refused } from '@chorale/lib-errors';
import type { Quota, Quotas } from './tenants.ts';

/** A tenant, or a project of one. */
export interface QuotaHolder {
  readonly holder: string;
  readonly quotas: Quotas;
}

export type Usage = { readonly [Name in Quota]?: number };

const words: { readonly [Name in Quota]: string } = {
  goals: 'open goals',
  tasks: 'open tasks',
  runningTasks: 'running tasks',
  storageBytes: 'bytes of artifacts',
  modelKeys: 'model keys',
  spendUsdPerMonth: 'US dollars a month',
};

/** @throws refused `quota-exceeded`, with what is used, asked for and allowed. */
export function refuseOverQuota({ holder, quotas }: QuotaHolder, used: Usage, more: Usage): void {
  for (const [name, asked] of Object.entries(more) as [Quota, number][]) {
    const allowed = quotas[name];
    const have = used[name] ?? 0;
    if (allowed === undefined || have + asked <= allowed) continue;
    throw refused(
      'quota-exceeded',
      `${holder} has ${have} of ${allowed} ${words[name]}, and this needs ${asked} more.`,
      {
        action: 'End or delete what is not needed, or ask whoever runs the installation for a larger quota.',
        data: { quota: name, used: have, asked, allowed },
      },
    );
  }
}
