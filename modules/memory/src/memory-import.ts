// Imports from other systems: what came, from where, and what became of it, so that it can be undone.

import type { Id, TenantId } from '@chorale/lib-ids';
import type { MemoryScope } from './memory.ts';

export type ImportId = Id<'import'>;

export interface ImportedFile {
  readonly path: string;
  /** Of its bytes as they came, in hex. */
  readonly sha256: string;
  readonly outcome: 'read' | 'left-out' | 'broken';
  readonly reason?: string;
  readonly memories: number;
  readonly turns: number;
  /** Entries in it that make no sense. */
  readonly skipped: number;
}

export interface MemoryImport {
  readonly tenantId: TenantId;
  readonly importId: ImportId;
  readonly source: string;
  readonly scope: MemoryScope;
  readonly requestedBy: string;
  readonly importedAt: number;
  readonly rolledBackAt: number | undefined;
  readonly files: readonly ImportedFile[];
  /** Whatever it brought is in one of these sessions of the scope, and nothing else is. */
  readonly sessions: readonly string[];
  readonly added: number;
  readonly known: number;
  /** Turns that the gate kept out. */
  readonly keptOut: number;
}

/** Written before the first memory and after the last, so that an import that broke off can be rolled back. */
export interface PutImport {
  readonly command: 'put-import';
  readonly tenantId: TenantId;
  readonly record: Omit<MemoryImport, 'tenantId' | 'importedAt' | 'rolledBackAt'>;
  readonly rolledBack: boolean;
}
