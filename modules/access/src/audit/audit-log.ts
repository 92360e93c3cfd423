// The audit logs of all tenants as the rest of the product uses them: report an act, sign heads, export, erase, verify.
//
// Owns:       nothing between calls: the store has the logs.
// Invariants: AL1 no head is signed that does not continue the one signed before.
import { broken, temporary } from '@chorale/lib-errors';
import { makeId, type Random, type TenantId } from '@chorale/lib-ids';
import { fromBase64, utf8Bytes } from '../bytes.ts';
import type { LogFile } from './archive-log.ts';
import { parseEntry, prepareAct, retentionClasses, type Act, type ActId, type PreparedAct } from './audit-entry.ts';
import type { RetentionClass } from './audit-entry.ts';
import type { AuditLogHead, AuditReplies, AuditStore, LoggedEntry, StoredCheckpoint } from './audit-store.ts';
import { formatCheckpoint, parseCheckpoint } from './checkpoint.ts';
import { eraseWhat, expireWhat, keysRotateWhat } from './erasure-words.ts';
import { encodeProof, pathsOf, storedFiles, storedTree } from './log-files.ts';
import type { Sha256 } from './merkle-tree.ts';
import { proveConsistency, proveInclusion } from './prove.ts';
import { auditKeysParty, encodeStatement, makeKeyStatement, type KeyChange } from './key-statement.ts';
import { checkpointPath } from './tile-paths.ts';
import { signNote, type NoteSigner, type VerifySignature } from './signed-note.ts';
import { verifyConsistency } from './verify-proof.ts';
import { verifyLog, type LogReport, type LogTrust } from './verify-log.ts';

export interface AuditLogOptions {
  readonly store: AuditStore;
  readonly sha256: Sha256;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly now: () => number;
  readonly random: Random;
  readonly verify: VerifySignature;
  /** What the origins of logs begin with; the tenant follows. As in `chorale.example.com/audit`. */
  readonly originPrefix: string;
  /** Each signs every checkpoint. Asked for each time: they may change. */
  readonly signers: readonly Omit<NoteSigner, 'name'>[];
  /** For how long values of a class stay. */
  readonly retentionMs?: Partial<Readonly<Record<RetentionClass, number>>>;
}

export type ReportedAct = Omit<Act, 'actId' | 'at'> & Partial<Pick<Act, 'actId' | 'at'>>;

/** That an entry is in the log, for somebody who has the key and nothing else. */
export interface EntryProof {
  readonly no: number;
  readonly entry: string;
  /** Base 64, from the leaf up. */
  readonly inclusion: readonly string[];
  /** The signed head. */
  readonly checkpoint: string;
  /** How the log's keys changed, for who has older ones. */
  readonly statements?: readonly string[];
}

export interface AuditLog {
  /** Resolves when it is durable, with its place in the log. */
  report(act: ReportedAct): Promise<number>;
  /** Signs the head of the log where it has grown. Undefined for a log without entries. */
  sign(tenantId: TenantId): Promise<StoredCheckpoint | undefined>;
  /** Writes into the log that other keys sign it from now on; both have signed that. */
  stateKeys(
    change: Omit<KeyChange, 'origin'> & { readonly tenantId: TenantId; readonly who: Act['who'] },
  ): Promise<void>;
  /** Undefined where there is no such entry, or none that a checkpoint covers. */
  proveEntry(tenantId: TenantId, actId: ActId): Promise<EntryProof | undefined>;
  /** Deletes everything personal of a subject. */
  eraseSubject(tenantId: TenantId, subject: string, by: Act['who']): Promise<AuditReplies['erase-values']>;
  /** Deletes what is older than its class allows. Returns how many values went. */
  expireValues(tenantId: TenantId): Promise<number>;
  /**
   * The files of the log up to its newest checkpoint, in the order of their paths, one at a time.
   * Ends with temporary `audit-log-changed` where values were erased meanwhile: what was read is then not to be used.
   */
  readFiles(tenantId: TenantId): AsyncIterable<LogFile>;
  /** All of them at once. */
  exportFiles(tenantId: TenantId): Promise<ReadonlyMap<string, Uint8Array>>;
  verify(tenantId: TenantId, remembered?: LogTrust['remembered']): Promise<LogReport>;
  originOf(tenantId: TenantId): string;
}

const dayMs = 86_400_000;
export const retentionDefaultsMs: Readonly<Record<RetentionClass, number>> = {
  brief: 30 * dayMs,
  standard: 400 * dayMs,
  long: 7 * 366 * dayMs,
  permanent: Infinity,
};
const verifyTriesMax = 3;

export function openAuditLog(options: AuditLogOptions): AuditLog {
  const { store, sha256 } = options;
  const originOf = (tenantId: TenantId): string => `${options.originPrefix}/${encodeURIComponent(tenantId)}`;
  const prepare = (act: ReportedAct): PreparedAct & { readonly actId: ActId } => {
    const at = act.at ?? options.now();
    const actId = act.actId ?? makeId<'act'>('act', at, options.random);
    return { ...prepareAct({ ...act, at, actId }, sha256, options.randomBytes), actId };
  };
  return {
    originOf,
    async report(act) {
      return (await store.execute({ command: 'append-act', tenantId: act.tenantId, ...prepare(act) })).no;
    },
    sign: (tenantId) => signHead(options, tenantId, originOf(tenantId)),
    async stateKeys({ tenantId, who, ...keys }) {
      const statement = await makeKeyStatement(sha256, { ...keys, origin: originOf(tenantId) });
      const act = prepare({
        tenantId,
        who,
        what: keysRotateWhat,
        on: auditKeysParty,
        decision: 'done',
        detail: { statement: encodeStatement(statement) },
      });
      await store.execute({ command: 'append-act', tenantId, ...act });
    },
    proveEntry: (tenantId, actId) => proveEntry(options, tenantId, actId),
    async eraseSubject(tenantId, subject, who) {
      const on = { kind: 'subject', id: subject };
      const act = prepare({ tenantId, who, what: eraseWhat, on, decision: 'done' });
      return store.execute({ command: 'erase-values', tenantId, subject, act });
    },
    async expireValues(tenantId) {
      let values = 0;
      for (const retention of retentionClasses) {
        const before = options.now() - (options.retentionMs?.[retention] ?? retentionDefaultsMs[retention]);
        if (before <= 0) continue;
        const [who, on] = [
          { kind: 'system', id: 'retention' },
          { kind: 'retention', id: retention },
        ];
        const act = prepare({ tenantId, who, what: expireWhat, on, decision: 'done', detail: { before } });
        values += (await store.execute({ command: 'expire-values', tenantId, retention, before, act })).values;
      }
      return values;
    },
    readFiles: (tenantId) => readFiles(store, tenantId),
    exportFiles: async (tenantId) => {
      const files = new Map<string, Uint8Array>();
      for await (const [path, bytes] of readFiles(store, tenantId)) files.set(path, bytes);
      return files;
    },
    async verify(tenantId, remembered) {
      const trust = { ...options, origin: originOf(tenantId), keys: options.signers };
      const verifyNow = (): Promise<LogReport> =>
        verifyLog(storedFiles(store, tenantId), { ...trust, ...(remembered === undefined ? {} : { remembered }) });
      let report = await verifyNow();
      // Values that went while it was read, by an entry past the head that was read first, look as if they were taken.
      for (let tries = 1; tries < verifyTriesMax && hasOnlyMissing(report); tries++) report = await verifyNow();
      return report;
    },
  };
}

function hasOnlyMissing({ findings }: LogReport): boolean {
  return findings.length > 0 && findings.every(({ code }) => code === 'value-missing' || code === 'root-wrong');
}

async function signHead(
  options: AuditLogOptions,
  tenantId: TenantId,
  origin: string,
): Promise<StoredCheckpoint | undefined> {
  const { store, sha256 } = options;
  const last = await store.findCheckpoint(tenantId);
  const log = await store.findLog(tenantId);
  if (log === undefined) return undefined;
  if (last !== undefined) {
    await refuseFork(options, last, log);
    if (last.size === log.size) return last;
  }
  const head = { origin, size: log.size, root: readRoot(log.root) };
  const signers = options.signers.map((signer) => ({ ...signer, name: origin }));
  const note = await signNote(sha256, formatCheckpoint(head), signers);
  const checkpoint = { tenantId, size: log.size, root: log.root, note, at: options.now() };
  await store.execute({ command: 'put-checkpoint', ...checkpoint });
  return checkpoint;
}

/** Who changes rows behind the log's back is not helped by a signature over them. */
async function refuseFork(
  { store, sha256 }: AuditLogOptions,
  last: StoredCheckpoint,
  log: AuditLogHead,
): Promise<void> {
  const action = 'Verify the log against a remembered checkpoint, and restore what was changed from a backup.';
  const forked = (found: string): Error =>
    broken('audit-log-forked', `The audit log of tenant ${log.tenantId} ${found}; nothing was signed.`, { action });
  if (last.size > log.size) throw forked(`has ${log.size} entries, and ${last.size} are signed`);
  const signed = parseCheckpoint(last.note)?.checkpoint;
  if (signed?.size !== last.size) throw forked('has a signed head that cannot be read');
  const reader = storedTree(store, log.tenantId, sha256);
  const proof = await proveConsistency(reader, last.size, log.size);
  const claim = { before: signed, after: { size: log.size, root: readRoot(log.root) }, proof };
  if (!verifyConsistency(sha256, claim)) throw forked(`does not continue its signed first ${last.size} entries`);
}

async function proveEntry(
  { store, sha256 }: AuditLogOptions,
  tenantId: TenantId,
  actId: ActId,
): Promise<EntryProof | undefined> {
  const [found, checkpoint] = await Promise.all([store.findEntry(tenantId, actId), store.findCheckpoint(tenantId)]);
  if (found === undefined || checkpoint === undefined || found.no >= checkpoint.size) return undefined;
  const proof = await proveInclusion(storedTree(store, tenantId, sha256), found.no, checkpoint.size);
  return { ...found, inclusion: encodeProof(proof), checkpoint: checkpoint.note };
}

async function* readFiles(store: AuditStore, tenantId: TenantId): AsyncGenerator<LogFile> {
  const checkpoint = await store.findCheckpoint(tenantId);
  if (checkpoint === undefined) return;
  const source = storedFiles(store, tenantId);
  for (const path of pathsOf(checkpoint.size)) {
    // As it was when reading began: the log goes on meanwhile.
    const bytes = path === checkpointPath ? utf8Bytes(checkpoint.note) : await source.read(path);
    if (bytes !== undefined) yield [path, bytes];
  }
  await refuseErasedMeanwhile(store, checkpoint);
}

/** Values that went past the checkpoint would be missing from the files without an entry that says why. */
async function refuseErasedMeanwhile(store: AuditStore, { tenantId, size }: StoredCheckpoint): Promise<void> {
  const log = await store.findLog(tenantId);
  for (let from = size; from < (log?.size ?? 0); from += 1_000) {
    const entries = await store.readEntries(tenantId, { from, count: 1_000 });
    if (entries.some(isErasure)) throw changed();
  }
}

function isErasure({ entry }: LoggedEntry): boolean {
  const what = parseEntry(entry)?.what;
  return what === eraseWhat || what === expireWhat;
}

function changed(): Error {
  return temporary('audit-log-changed', 'Values of the audit log were erased while it was exported.', {
    action: 'Sign it and export it again.',
    retryAfterMs: 100,
  });
}

function readRoot(root: string): Uint8Array {
  return fromBase64(root) ?? new Uint8Array();
}
