// The audit logs of this installation: their keys, made at the first start, and who writes into them.
import { randomBytes, sha256, verifySignature } from '@chorale/adapter-crypto';
import type { Random, TenantId } from '@chorale/lib-ids';
import {
  findUnsigned,
  keyIdOf,
  openAuditLog,
  parseNote,
  signNote,
  toHex,
  type AuditLog,
  type AuditStore,
  type LogReport,
} from '@chorale/module-access';
import { formatKeys, openAuditSigners, readAuditOrigin } from './audit-keys.ts';
import { createAuditRecorder, type AuditRecorder, type RecordedAct } from './audit-recorder.ts';

/** What the API and work in the background have of the audit logs. */
export interface AuditServices extends AuditRecorder {
  readonly log: AuditLog;
  readonly store: AuditStore;
  /** Somebody reads entries file by file: once an hour for all files. */
  recordRead(by: Pick<RecordedAct, 'tenantId' | 'who' | 'requestId'>): Promise<void>;
  /** Reads the whole log; who asks meanwhile gets the same report. */
  verify(tenantId: TenantId): Promise<LogReport>;
  /** Where other keys signed the newest head than those of this process, the log says so from now on. */
  noteNewKeys(tenantId: TenantId): Promise<void>;
  /** A text as a note that the keys of a tenant's log have signed: a receipt, say, that is verified with the same keys. */
  signText(tenantId: TenantId, text: string): Promise<string>;
  /** The keys that sign a tenant's log, a line each, for who is to verify it. */
  keysOf(tenantId: TenantId): readonly string[];
}

export interface AuditOptions {
  readonly store: AuditStore;
  /** Where the keys are, for this user alone. */
  readonly directory: string;
  /** What the names of the logs begin with; empty for a name that is made at the first start. */
  readonly origin: string;
  readonly now: () => number;
  readonly random: Random;
}

const readEveryMs = 3_600_000;
const readersMax = 10_000;

export function openAudit({ store, directory, origin, now, random }: AuditOptions): AuditServices {
  const signers = openAuditSigners(directory);
  const log = openAuditLog({
    store,
    sha256,
    randomBytes,
    now,
    random,
    verify: verifySignature,
    originPrefix: readAuditOrigin(directory, origin),
    signers,
  });
  const recorder = createAuditRecorder({ log, now, random });
  const reads = new Map<string, number>();
  const verifying = new Map<TenantId, Promise<LogReport>>();
  return {
    ...recorder,
    log,
    store,
    async recordRead(by) {
      const reader = JSON.stringify([by.tenantId, by.who.id]);
      if ((reads.get(reader) ?? Number.NEGATIVE_INFINITY) + readEveryMs > now()) return;
      const on = { kind: 'audit-log', id: by.tenantId };
      await recorder.record({ ...by, what: 'audit.read', on, decision: 'done' });
      if (reads.size >= readersMax) reads.clear();
      reads.set(reader, now());
    },
    verify(tenantId) {
      const running = verifying.get(tenantId);
      if (running !== undefined) return running;
      const report = log.verify(tenantId).finally(() => verifying.delete(tenantId));
      verifying.set(tenantId, report);
      return report;
    },
    async noteNewKeys(tenantId) {
      const name = log.originOf(tenantId);
      const keys = signers.map((key) => ({ ...key, name }));
      const note = parseNote((await store.findCheckpoint(tenantId))?.note ?? '');
      if (note === undefined || findUnsigned(note, { sha256, verify: verifySignature, keys }) === undefined) return;
      const [who, on] = [
        { kind: 'system', id: 'audit' },
        { kind: 'audit-log', id: tenantId },
      ];
      const detail = Object.fromEntries(keys.map((key) => [key.algorithm, toHex(keyIdOf(sha256, key))]));
      await log.report({ tenantId, who, what: 'audit.keys-change', on, decision: 'done', detail });
    },
    signText(tenantId, text) {
      const name = log.originOf(tenantId);
      return signNote(
        sha256,
        text,
        signers.map((key) => ({ ...key, name })),
      );
    },
    keysOf: (tenantId) => formatKeys(signers, log.originOf(tenantId)),
  };
}
