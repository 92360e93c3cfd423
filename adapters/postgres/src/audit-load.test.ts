import type { TenantId } from '@chorale/lib-ids';
import { expect, test } from 'vitest';
import { loadAudit } from './audit-load.ts';
import type { Connection } from './connection.ts';

test('when a connection is lost every statement that was sent is listened to', async () => {
  const lost = (): Promise<never> => Promise.reject(new Error('lost'));
  const connection = { begin: lost, values: lost, all: lost } as unknown as Connection;
  const unheard: unknown[] = [];
  const onUnheard = (reason: unknown): void => void unheard.push(reason);
  process.on('unhandledRejection', onUnheard);
  try {
    const expire = { command: 'expire-values', tenantId: 'north' as TenantId, retention: 'short', before: 1 } as const;
    const append = { ...expire, act: { actId: 'act_1' } } as unknown as Parameters<typeof loadAudit>[1][number];
    await expect(loadAudit(connection, [append])).rejects.toThrow('lost');
    await new Promise((resolve) => void setImmediate(resolve));
  } finally {
    process.off('unhandledRejection', onUnheard);
  }
  expect(unheard).toEqual([]);
});
