// Audit logs: who did what, and the proof that it is written down.
import type { Calls } from './calls.ts';
import type { Page } from './goal.ts';
import type { Send } from './request.ts';

export const auditDecisions = ['allowed', 'refused', 'approved', 'rejected', 'done', 'failed'] as const;
export type AuditDecision = (typeof auditDecisions)[number];

export interface AuditParty {
  readonly kind: string;
  readonly id: string;
}

export interface AuditEntry {
  /** Its place in the log, from 0. */
  readonly no: number;
  readonly actId: string;
  readonly at: number;
  readonly who: AuditParty;
  /** As in `secret.manage`. */
  readonly what: string;
  readonly on: AuditParty;
  readonly decision: AuditDecision;
  readonly reason?: string;
  readonly requestId?: string;
  readonly detail: { readonly [name: string]: string | number | boolean };
  /** What is personal and kept beside the log; without a value where it was erased. */
  readonly personal: { readonly [field: string]: { readonly subject: string; readonly value?: string } };
}

export interface AuditFilter {
  readonly who?: string;
  readonly on?: string;
  /** The whole word, or its beginning with a dot at the end, as in `secret.`. */
  readonly what?: string;
  readonly decision?: AuditDecision;
  readonly since?: number | string;
  readonly until?: number | string;
  readonly limit?: number;
  readonly after?: string;
}

export interface AuditLogState {
  readonly tenant: string;
  /** The name of the log in its checkpoints. */
  readonly origin: string;
  readonly size: number;
  /** The newest signed head; missing before the first. */
  readonly checkpoint?: { readonly size: number; readonly root: string; readonly at: number; readonly note: string };
  /** Keys that sign it, a line each as C2SP's signed notes write them. */
  readonly keys: readonly string[];
}

export interface AuditFinding {
  readonly code: string;
  readonly message: string;
}

export interface AuditReport {
  readonly ok: boolean;
  readonly entries: number;
  readonly values: number;
  readonly valuesErased: number;
  readonly findings: readonly AuditFinding[];
}

export interface AuditProof {
  readonly no: number;
  /** The entry as it is in the log: its UTF-8 is the leaf. */
  readonly entry: string;
  /** Hashes in base 64, from the leaf up. */
  readonly inclusion: readonly string[];
  /** A signed head that covers it. */
  readonly checkpoint: string;
  /** How the keys of the log changed: signed notes, the first change first. */
  readonly statements?: readonly string[];
}

export interface AuditMethods {
  getAuditLog(): Promise<AuditLogState>;
  /** Newest first. */
  listAuditEntries(filter?: AuditFilter): Promise<Page<AuditEntry>>;
  /** Signs the head of the log as it is now. */
  signAuditLog(): Promise<AuditLogState>;
  /** The server reads the whole log against its own keys. Who does not trust the server verifies the files. */
  verifyAuditLog(): Promise<AuditReport>;
  proveAuditEntry(actId: string): Promise<AuditProof>;
  /** New keys sign all logs of the installation from now on. */
  rotateAuditKeys(): Promise<AuditLogState>;
  /** What the log keeps of a person goes; entries and proofs stay. */
  eraseAuditSubject(subject: string): Promise<{ readonly values: number }>;
  /** All files of the log in one tar archive. */
  exportAuditLog(): Promise<Response>;
}

export function auditMethods(send: Send, { get, post }: Calls): AuditMethods {
  return {
    getAuditLog: () => get('/v1/audit'),
    listAuditEntries: (filter = {}) => get('/v1/audit/entries', { ...filter }),
    signAuditLog: () => post('/v1/audit/sign', {}),
    verifyAuditLog: () => post('/v1/audit/verify', {}),
    proveAuditEntry: (actId) => get(`/v1/audit/entries/${encodeURIComponent(actId)}/proof`),
    eraseAuditSubject: (subject) => post(`/v1/audit/subjects/${encodeURIComponent(subject)}/erasure`, {}),
    rotateAuditKeys: () => post('/v1/audit/keys/rotate', {}),
    exportAuditLog: () => send('/v1/audit/export'),
  };
}
