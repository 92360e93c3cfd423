// A log with real keys, and attackers who change it: what the test and the benchmark of tampering share.
import { makeNoteSigner, randomBytes, sha256, verifySignature } from '@chorale/adapter-crypto';
import { openSqliteStores } from '@chorale/adapter-sqlite';
import type { Random, TenantId } from '@chorale/lib-ids';
import {
  filesOf,
  openAuditLog,
  parseCheckpoint,
  utf8Text,
  verifyLog,
  type LogTrust,
  type NoteSigner,
} from '@chorale/module-access';
import { tamperKinds, tamperWith, type Files, type TamperKind } from './tamper-log.ts';

const tenantId = 'north' as TenantId;
const originPrefix = 'chorale.example/audit';
const origin = `${originPrefix}/north`;

export interface Target {
  readonly files: Files;
  readonly own: readonly NoteSigner[];
  readonly trust: LogTrust;
  /** As `trust`, with the head that was seen before. */
  readonly watchful: LogTrust;
}

/** 280 entries, so that there is more than one tile, with values beside them and some of them erased. */
export async function makeTarget(): Promise<Target> {
  const stores = await openSqliteStores({ path: ':memory:' });
  const signers = [makeNoteSigner('ed25519'), makeNoteSigner('ml-dsa-65')];
  const log = openAuditLog({
    store: stores.audit,
    sha256,
    randomBytes,
    now: Date.now,
    random: Math.random,
    verify: verifySignature,
    originPrefix,
    signers,
  });
  for (let no = 0; no < 279; no++) {
    await log.report({
      tenantId,
      who: { kind: 'person', id: `person_${no % 5}` },
      what: 'goal.submit',
      on: { kind: 'goal', id: `goal_${no}` },
      decision: no % 7 === 0 ? 'refused' : 'allowed',
      requestId: `req_${no}`,
      ...(no % 3 === 0 ? { personal: { email: { value: `ann${no}@example.com` } } } : {}),
    });
  }
  await log.eraseSubject(tenantId, 'person_3', { kind: 'person', id: 'person_0' });
  await log.sign(tenantId);
  const files = await log.exportFiles(tenantId);
  await stores.close();
  const trust = { sha256, verify: verifySignature, origin, keys: signers };
  const remembered = [parseCheckpoint(utf8Text(files.get('checkpoint')!)!)!.checkpoint];
  const own = signers.map((signer) => ({ ...signer, name: origin }));
  return { files, own, trust, watchful: { ...trust, remembered } };
}

export interface Tampered {
  readonly kind: TamperKind;
  readonly isFound: boolean;
}

/**
 * Tampers and verifies, kind after kind. Half of the attackers have the log's own keys: only what was remembered gives
 * them away.
 */
export async function* tamper(target: Target, random: Random, count: number): AsyncGenerator<Tampered> {
  const stranger = [makeNoteSigner('ed25519'), makeNoteSigner('ml-dsa-65')];
  const strange = stranger.map((signer) => ({ ...signer, name: origin }));
  for (let no = 0; no < count; no++) {
    const kind = tamperKinds[no % tamperKinds.length]!;
    const isInsider = random() < 0.5;
    const signers = isInsider ? target.own : strange;
    const files = await tamperWith(kind, { files: target.files, random, sha256, signers });
    const report = await verifyLog(filesOf(files), isInsider ? target.watchful : target.trust);
    yield { kind, isFound: !report.ok };
  }
}
