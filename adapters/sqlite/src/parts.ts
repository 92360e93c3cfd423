// What shares the database file: each part has its own tables, commands and reads; the file, the writer, the lock, the
// watch over the disk and the migrations are common. A part that is added has an engine here and a store in
// `open-sqlite-stores.ts`.
import type { AuditCommand, IdentityCommand, SecretCommand } from '@chorale/module-access';
import type { Command } from '@chorale/module-goals';
import type { MemoryCommand } from '@chorale/module-memory';
import type { MessageCommand } from '@chorale/module-messaging';
import type { SpendCommand } from '@chorale/module-models';
import { SqliteAuditEngine } from './audit-engine.ts';
import { runAuditRead } from './audit-reads.ts';
import { SqliteIdentityEngine } from './identity-engine.ts';
import { runIdentityRead } from './identity-reads.ts';
import { SqliteMemoryEngine } from './memory-engine.ts';
import { runMemoryRead, type MemoryReadRequest } from './memory-reads.ts';
import { SqliteMessageEngine } from './message-engine.ts';
import { runMessageRead } from './message-reads.ts';
import { runSpendRead, type SpendReadRequest } from './spend-reads.ts';
import type { PartBatch } from './run-batch.ts';
import { SqliteSecretEngine } from './secret-engine.ts';
import { runSecretRead } from './secret-reads.ts';
import { SqliteSpendEngine } from './spend-engine.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { SqliteEngine, type EngineOptions } from './sqlite-engine.ts';
import { runRead, type ReadRequest } from './store-reads.ts';
import { SqliteTenantRows } from './tenant-rows.ts';

export type PartName = 'goals' | 'spend' | 'audit' | 'memory' | 'secrets' | 'identity' | 'messages' | 'tenantRows';

/** A read as it is asked of a part: by its name, with the arguments its caller gave. */
export interface PartRead {
  readonly method: string;
  readonly given: readonly unknown[];
}

/** One side knows which commands and reads a part has; what lies between the two, a thread or not, does not. */
interface Part {
  runBatch(commands: readonly unknown[]): PartBatch;
  runRead(request: PartRead): unknown;
}

export interface Parts {
  readonly goals: Part & Pick<SqliteEngine, 'configure'>;
  readonly spend: Part;
  readonly memory: Part;
  readonly audit: Part;
  readonly secrets: Part;
  readonly tenantRows: Part;
  readonly messages: Part;
  readonly identity: Part;
}

export function openParts(database: SqliteDatabase, options: EngineOptions): Parts {
  const goals = new SqliteEngine(database, options);
  const spend = new SqliteSpendEngine(database, options.now);
  const memory = new SqliteMemoryEngine(database, options.now);
  const audit = new SqliteAuditEngine(database);
  const secrets = new SqliteSecretEngine(database);
  const messages = new SqliteMessageEngine(database, options.now);
  const identity = new SqliteIdentityEngine(database);
  const tenantRows = new SqliteTenantRows(database);
  return guardReads(database, {
    goals: {
      runBatch: (commands) => goals.runBatch(commands as readonly Command[]),
      runRead: (request) => runRead(goals.reads, request as ReadRequest, options.now()),
      configure: (limits) => goals.configure(limits),
    },
    spend: {
      runBatch: (commands) => spend.runBatch(commands as readonly SpendCommand[]),
      runRead: (request) => runSpendRead(spend.reads, request as SpendReadRequest, options.now()),
    },
    memory: {
      runBatch: (commands) => memory.runBatch(commands as readonly MemoryCommand[]),
      runRead: (request) => runMemoryRead(memory.reads, request as MemoryReadRequest),
    },
    audit: {
      runBatch: (commands) => audit.runBatch(commands as readonly AuditCommand[]),
      runRead: (request) => runAuditRead(audit.reads, request),
    },
    messages: {
      runBatch: (commands) => messages.runBatch(commands as readonly MessageCommand[]),
      runRead: (request) => runMessageRead(messages.reads, request, options.now()),
    },
    secrets: {
      runBatch: (commands) => secrets.runBatch(commands as readonly SecretCommand[]),
      runRead: (request) => runSecretRead(secrets.reads, request),
    },
    identity: {
      runBatch: (commands) => identity.runBatch(commands as readonly IdentityCommand[]),
      runRead: (request) => runIdentityRead(identity.reads, request),
    },
    tenantRows: {
      runBatch: (commands) => tenantRows.runBatch(commands),
      runRead: (request) => tenantRows.runRead(request),
    },
  });
}

/** Reads for whoever has to do with all tenants: who is next, what is due, and whose a key is. */
const ofAll: ReadonlySet<string> = new Set([
  'findDue',
  'listWorkers',
  'listHeld',
  'findKey',
  'listFacts',
  'listLogs',
  'listTenants',
  'listTenantsToSweep',
  'findDueMailboxes',
]);

/** Every other read names its tenant first, and is answered with rows of that tenant or not at all. */
function guardReads(database: SqliteDatabase, parts: Parts): Parts {
  const guard = <One extends Part>(part: One): One => ({
    ...part,
    runRead: (request: PartRead) => {
      const tenantId = ofAll.has(request.method) ? undefined : tenantOf(request.given[0]);
      return tenantId === undefined
        ? part.runRead(request)
        : database.statements.within(tenantId, () => part.runRead(request));
    },
  });
  return {
    goals: guard(parts.goals),
    spend: guard(parts.spend),
    memory: guard(parts.memory),
    audit: guard(parts.audit),
    secrets: guard(parts.secrets),
    messages: guard(parts.messages),
    identity: guard(parts.identity),
    tenantRows: guard(parts.tenantRows),
  };
}

/** A search names it in what it looks for; the queue of all tenants is asked about without one. */
function tenantOf(given: unknown): string | undefined {
  return typeof given === 'object' && given !== null ? (given as { tenantId?: string }).tenantId : (given as string);
}
