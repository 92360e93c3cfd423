// Where a log that is verified comes from: a server, the database of an installation, or what was exported.
import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openLogFolder } from '@chorale/adapter-filesystem';
import { refused } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import { filesOf, storedFiles, unarchiveLog, type LogFiles } from '@chorale/module-access';
import { readAuditKeys } from './audit-keys.ts';
import { openLogOverHttp } from './log-over-http.ts';

export type LogSource =
  | {
      readonly from: 'server';
      readonly server: string;
      readonly tenant: string;
      readonly headers: Readonly<Record<string, string>>;
    }
  /** Settings as the server takes them; the database is read beside a server that runs. */
  | { readonly from: 'database'; readonly tenant: string; readonly flags: readonly string[] }
  /** A folder or an archive. */
  | { readonly from: 'files'; readonly path: string };

export interface OpenSource {
  readonly files: LogFiles;
  /** Lines of the keys that lie beside the log; none for what comes from elsewhere. */
  readonly keys: readonly string[];
  close(): Promise<void>;
}

export async function openSource(source: LogSource): Promise<OpenSource> {
  switch (source.from) {
    case 'server':
      return { files: openLogOverHttp(source), keys: [], close: async () => {} };
    case 'files':
      return { files: await openFiles(source.path), keys: [], close: async () => {} };
    case 'database':
      return openDatabase(source.tenant as TenantId, source.flags);
  }
}

async function openFiles(path: string): Promise<LogFiles> {
  if (!existsSync(path))
    throw refused('audit-export-missing', `There is nothing at ${path}.`, {
      action: 'Name the archive that was exported, or the folder it was unpacked to.',
    });
  return statSync(path).isDirectory() ? openLogFolder(path) : filesOf(unarchiveLog(await readFile(path)));
}

async function openDatabase(tenantId: TenantId, flags: readonly string[]): Promise<OpenSource> {
  // Loaded where they are needed: an export is verified in a moment.
  const { loadConfig, readAddress } = await import('../config/load-config.ts');
  const { values } = loadConfig({ cwd: process.cwd(), env: process.env, flags });
  const keys = readAuditKeys({ directory: join(values.dataDir, 'access'), configured: values.audit.origin, tenantId });
  const url = readAddress(values, 'database', process.env);
  if (url !== '') {
    const { openPostgresStores } = await import('@chorale/adapter-postgres');
    const { linkDatabase, openServiceLinks } = await import('../platform/service-tls.ts');
    const links = openServiceLinks(values.services, { warn: (message) => process.stderr.write(`${message}\n`) });
    const stores = await openPostgresStores(linkDatabase(url, { ...values.services, links }));
    return { files: storedFiles(stores.audit, tenantId), keys, close: () => stores.close() };
  }
  const { openSqliteAuditReader } = await import('@chorale/adapter-sqlite');
  const reader = openSqliteAuditReader(join(values.dataDir, 'chorale.db'));
  return { files: storedFiles(reader, tenantId), keys, close: async () => reader.close() };
}
