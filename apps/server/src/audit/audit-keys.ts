// The keys that sign the audit logs of this installation: two files, for this user alone.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { makeNoteKey, openNoteSigner, randomBytes, readOrMakeSecretFile, sha256 } from '@chorale/adapter-crypto';
import type { TenantId } from '@chorale/lib-ids';
import { formatNoteKey, toHex, type NoteSigner } from '@chorale/module-access';

export type Signer = Omit<NoteSigner, 'name'>;

export const algorithms = ['ed25519', 'ml-dsa-65'] as const;

/** PEM of each; makes those that are missing. @throws refused `key-file-exposed`. */
export function openAuditFiles(directory: string): readonly string[] {
  return algorithms.map((algorithm) =>
    readOrMakeSecretFile(pathOf(directory, algorithm), () => makeNoteKey(algorithm)),
  );
}

/** Makes those that are missing. @throws refused `key-file-exposed`, `key-file-invalid`. */
function openAuditSigners(directory: string): readonly Signer[] {
  return algorithms.map((algorithm) => openNoteSigner(pathOf(directory, algorithm), algorithm));
}

/**
 * What the names of the logs begin with: as configured, else a name that is made at the first start, because whoever keeps
 * checkpoints of several installations tells them apart by it.
 */
export function readAuditOrigin(directory: string, configured: string): string {
  if (configured !== '') return configured;
  const name = readOrMakeSecretFile(join(directory, 'audit-origin'), () => `chorale-${toHex(randomBytes(6))}/audit\n`);
  return name.trim();
}

interface LogPlace {
  readonly directory: string;
  readonly configured: string;
  readonly tenantId: TenantId;
}

/** A line for each public key, for who is to verify the log; none where there are no keys, and none are made. */
export function readAuditKeys({ directory, configured, tenantId }: LogPlace): readonly string[] {
  if (!algorithms.every((algorithm) => existsSync(pathOf(directory, algorithm)))) return [];
  const origin = `${readAuditOrigin(directory, configured)}/${encodeURIComponent(tenantId)}`;
  return formatKeys(openAuditSigners(directory), origin);
}

export function formatKeys(signers: readonly Signer[], origin: string): readonly string[] {
  return signers.map((key) => formatNoteKey(sha256, { ...key, name: origin }));
}

function pathOf(directory: string, algorithm: string): string {
  return join(directory, `audit-${algorithm}.pem`);
}
