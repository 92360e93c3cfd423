// Memory brought in from older systems, and legal holds on it.
import type { Calls } from './calls.ts';

/** A file of an older agent system. */
export interface StateFile {
  /** Below its folder, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly modifiedAt: number;
}

export interface StateImportRequest {
  readonly files: readonly StateFile[];
  /** As in `agent/scout`; none: the caller's own. */
  readonly scope?: string;
  /** Only says what would come. */
  readonly dryRun?: boolean;
}

export interface ImportedFile {
  readonly path: string;
  readonly sha256: string;
  /** `left-out`: nothing to remember in it. */
  readonly outcome: 'read' | 'left-out' | 'broken';
  readonly reason?: string;
  readonly memories: number;
  readonly turns: number;
  /** Entries that make no sense. */
  readonly skipped: number;
}

interface ImportCounts {
  readonly importId: string;
  readonly source: string;
  readonly scope: string;
  readonly requestedBy: string;
  readonly files: readonly ImportedFile[];
  readonly added: number;
  /** There already. */
  readonly known: number;
  /** Turns that the gate kept out. */
  readonly keptOut: number;
}

export interface ImportReport extends ImportCounts {
  readonly dryRun: boolean;
  /** Of what was added, how many were read again and are as they were in the files. */
  readonly verified: number;
}

export interface MemoryImport extends ImportCounts {
  readonly importedAt: number;
  readonly rolledBackAt?: number;
}

export interface LegalHold {
  readonly holdId: string;
  readonly scope: string;
  readonly reason: string;
  readonly placedBy: string;
  readonly placedAt: number;
}

export interface MemoryImportMethods {
  /** What an older agent system kept in `.agent_state/` and `.agent_knowledge/`. Repeated, it adds nothing. */
  importAgentState(request: StateImportRequest): Promise<ImportReport>;
  listMemoryImports(): Promise<readonly MemoryImport[]>;
  /** Takes out all that the import brought, and nothing else. */
  rollBackMemoryImport(importId: string): Promise<{ readonly memories: number }>;
  listMemoryHolds(): Promise<readonly LegalHold[]>;
  /** Nothing of the scope is deleted until it is lifted. */
  placeMemoryHold(request: { readonly scope: string; readonly reason: string }): Promise<LegalHold>;
  liftMemoryHold(holdId: string): Promise<void>;
}

export function memoryImportMethods({ items, post, remove }: Calls): MemoryImportMethods {
  return {
    importAgentState: (request) => post('/v1/memories/imports/agent-state', request),
    listMemoryImports: () => items('/v1/memories/imports'),
    rollBackMemoryImport: (importId) => post(`/v1/memories/imports/${encodeURIComponent(importId)}/roll-back`, {}),
    listMemoryHolds: () => items('/v1/memories/holds'),
    placeMemoryHold: (request) => post('/v1/memories/holds', request),
    liftMemoryHold: (holdId) => remove(`/v1/memories/holds/${encodeURIComponent(holdId)}`),
  };
}
