import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TenantId } from '@chorale/lib-ids';
import { openAuditLog } from '@chorale/module-access';
import { describeAuditStore, type OpenedAudit } from '@chorale/module-access/audit-store-contract';
import { expect, test } from 'vitest';
import { openSqliteStores, type SqliteOptions } from './open-sqlite-stores.ts';
import { sha256 } from './sha256.ts';

async function open(options: SqliteOptions): Promise<OpenedAudit> {
  const { audit, close } = await openSqliteStores(options);
  return { stores: [audit], sha256, close };
}

async function openFile(options: Omit<SqliteOptions, 'path'>): Promise<OpenedAudit> {
  const directory = mkdtempSync(join(tmpdir(), 'chorale-audit-'));
  const opened = await open({ ...options, path: join(directory, 'chorale.db') });
  return {
    ...opened,
    close: async () => {
      await opened.close();
      rmSync(directory, { recursive: true });
    },
  };
}

describeAuditStore('SQLite in memory', () => open({ path: ':memory:' }));

describeAuditStore('a SQLite file', () => openFile({ thread: false }));

test('[AU13] a log goes on in a file that was closed and opened again, with the threads of a server', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'chorale-audit-'));
  const tenantId = 'north' as TenantId;
  const party = { kind: 'person', id: 'ann' };
  for (const round of [0, 1, 2]) {
    const stores = await openSqliteStores({ path: join(directory, 'chorale.db') });
    const log = openAuditLog({
      store: stores.audit,
      sha256,
      randomBytes: (count) => new Uint8Array(count),
      now: () => round,
      random: Math.random,
      verify: () => true,
      originPrefix: 'logs.example',
      signers: [{ algorithm: 'ed25519', publicKey: new Uint8Array(32), sign: async () => new Uint8Array(64) }],
    });
    const acts = Array.from({ length: 200 }, () =>
      log.report({ tenantId, who: party, what: 'goal.submit', on: party, decision: 'done' }),
    );
    expect(Math.max(...(await Promise.all(acts)))).toBe(round * 200 + 199);
    await log.sign(tenantId);
    expect(await log.verify(tenantId)).toMatchObject({ ok: true, entries: (round + 1) * 200 });
    await stores.close();
  }
  rmSync(directory, { recursive: true });
});
