// The audit logs of this installation: their keys, made at the first start, and who writes into them.
import { randomBytes, sha256, verifySignature } from '@chorale/adapter-crypto';
import type { Random, TenantId } from '@chorale/lib-ids';
import {
  openAuditLog,
  signNote,
  type AuditLog,
  type AuditStore,
  type KeyEncryptionKeys,
  type LogReport,
  type StoredCheckpoint,
} from '@chorale/module-access';
import { formatKeys, readAuditOrigin } from './audit-keys.ts';
import { createAuditRecorder, type AuditRecorder, type RecordedAct } from './audit-recorder.ts';
import { openKeyRing, type KeyRing, type KeyRingPorts } from './key-ring.ts';
import { createLogSigning } from './log-signing.ts';

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
  /** Signs the log's head with the newest keys, whichever process made them. */
  sign(tenantId: TenantId): Promise<StoredCheckpoint | undefined>;
  /** New keys, which sign all logs from now on; each log says so, signed by those before and those after. */
  rotateKeys(who: RecordedAct['who']): Promise<void>;
  /** How the keys of a log changed, the first change first. */
  statementsOf(tenantId: TenantId): Promise<readonly string[]>;
}

export interface AuditOptions {
  readonly store: AuditStore;
  /** Where the first keys are, for this user alone. */
  readonly directory: string;
  /** Where those after them are. */
  readonly register: KeyRingPorts['store'];
  readonly keys: KeyEncryptionKeys;
  /** What the names of the logs begin with; empty for a name that is made at the first start. */
  readonly origin: string;
  readonly now: () => number;
  readonly random: Random;
}

const readEveryMs = 3_600_000;
const readersMax = 10_000;

/** @throws refused `key-file-exposed`, `key-file-invalid`, `audit-keys-unreadable`. */
export async function openAudit(options: AuditOptions): Promise<AuditServices> {
  const { store, directory, register, keys: sealing, origin, now, random } = options;
  const ring: KeyRing = openKeyRing({
    directory,
    store: register,
    keys: sealing,
    now,
    state: (change) => signing.stateKeys(change),
  });
  const log = openAuditLog({
    store,
    sha256,
    randomBytes,
    now,
    random,
    verify: verifySignature,
    originPrefix: readAuditOrigin(directory, origin),
    get signers() {
      return ring.signers;
    },
  });
  const recorder = createAuditRecorder({ log, now, random });
  const signing = createLogSigning({ log, store, ring });
  await ring.refresh();
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
    noteNewKeys: signing.noteNewKeys,
    signText(tenantId, text) {
      const name = log.originOf(tenantId);
      return signNote(
        sha256,
        text,
        ring.signers.map((key) => ({ ...key, name })),
      );
    },
    keysOf: (tenantId) => formatKeys(ring.signers, log.originOf(tenantId)),
    sign: signing.sign,
    rotateKeys: (who) => ring.rotate(who),
    statementsOf: signing.statementsOf,
  };
}
