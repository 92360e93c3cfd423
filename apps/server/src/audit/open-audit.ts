// The audit logs of this installation: their keys, made at the first start, and who writes into them.
import { join } from 'node:path';
import { openNoteSigner, randomBytes, sha256, verifySignature } from '@chorale/adapter-crypto';
import type { Random } from '@chorale/lib-ids';
import { openAuditLog, type AuditLog, type AuditStore } from '@chorale/module-access';
import { createAuditRecorder, type AuditRecorder } from './audit-recorder.ts';

/** What the API and work in the background have of the audit logs. */
export interface AuditServices extends AuditRecorder {
  readonly log: AuditLog;
  readonly store: AuditStore;
}

export interface AuditOptions {
  readonly store: AuditStore;
  /** Where the keys are, for this user alone. */
  readonly directory: string;
  /** What the names of the logs begin with. */
  readonly origin: string;
  readonly now: () => number;
  readonly random: Random;
}

const algorithms = ['ed25519', 'ml-dsa-65'] as const;

export function openAudit({ store, directory, origin, now, random }: AuditOptions): AuditServices {
  const signers = algorithms.map((algorithm) => openNoteSigner(join(directory, `audit-${algorithm}.pem`), algorithm));
  const log = openAuditLog({
    store,
    sha256,
    randomBytes,
    now,
    random,
    verify: verifySignature,
    originPrefix: origin,
    signers,
  });
  return { ...createAuditRecorder({ log, now, random }), log, store };
}
