// Signs heads of logs with whichever keys the installation has now, and lets the logs say which those are.
import { sha256, verifySignature } from '@chorale/adapter-crypto';
import type { TenantId } from '@chorale/lib-ids';
import {
  auditKeysParty,
  findUnsigned,
  followStatements,
  keyIdOf,
  keysRotateWhat,
  parseNote,
  sameKeys,
  statementIn,
  toHex,
  type AuditLog,
  type AuditStore,
  type StoredCheckpoint,
} from '@chorale/module-access';
import { findEntries } from './find-entries.ts';
import type { KeyChangeOf, KeyRing } from './key-ring.ts';

export interface LogSigning {
  sign(tenantId: TenantId): Promise<StoredCheckpoint | undefined>;
  noteNewKeys(tenantId: TenantId): Promise<void>;
  statementsOf(tenantId: TenantId): Promise<readonly string[]>;
  stateKeys(change: KeyChangeOf): Promise<void>;
}

export interface LogSigningPorts {
  readonly log: AuditLog;
  readonly store: AuditStore;
  readonly ring: KeyRing;
}

/** Of keys, which verify a log from its beginning. */
const changesMax = 1_000;

export function createLogSigning({ log, store, ring }: LogSigningPorts): LogSigning {
  async function noteNewKeys(tenantId: TenantId): Promise<void> {
    const name = log.originOf(tenantId);
    const keys = ring.signers.map((key) => ({ ...key, name }));
    const note = parseNote((await store.findCheckpoint(tenantId))?.note ?? '');
    if (note === undefined || findUnsigned(note, { sha256, verify: verifySignature, keys }) === undefined) return;
    const [who, on] = [
      { kind: 'system', id: 'audit' },
      { kind: 'audit-log', id: tenantId },
    ];
    const detail = Object.fromEntries(keys.map((key) => [key.algorithm, toHex(keyIdOf(sha256, key))]));
    await log.report({ tenantId, who, what: 'audit.keys-change', on, decision: 'done', detail });
  }
  async function sign(tenantId: TenantId): Promise<StoredCheckpoint | undefined> {
    // While keys change, the process that changes them signs.
    if (!(await ring.refresh())) return store.findCheckpoint(tenantId);
    await noteNewKeys(tenantId);
    const before = ring.signers;
    const signed = await log.sign(tenantId);
    // Keys that came between are the ones to sign what follows them.
    return (await ring.refresh()) && before !== ring.signers ? sign(tenantId) : signed;
  }
  async function statementsOf(tenantId: TenantId): Promise<readonly string[]> {
    const { id: on } = auditKeysParty;
    const { entries } = await findEntries(store, tenantId, { on, what: keysRotateWhat, limit: changesMax });
    return entries.toReversed().flatMap(({ entry }) => statementIn(entry) ?? []);
  }
  async function stateKeys({ who, before, after }: KeyChangeOf): Promise<void> {
    for (const { tenantId } of await store.listLogs()) {
      const trust = { sha256, verify: verifySignature, origin: log.originOf(tenantId), keys: before };
      const stated = followStatements(trust, await statementsOf(tenantId)).some((keys) => sameKeys(keys, after));
      if (!stated) await log.stateKeys({ tenantId, who, before, after });
      await log.sign(tenantId);
    }
  }
  return { sign, noteNewKeys, statementsOf, stateKeys };
}
