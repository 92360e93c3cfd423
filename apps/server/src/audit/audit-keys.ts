// The keys that sign the audit logs of this installation: two files, for this user alone.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openNoteSigner, sha256 } from '@chorale/adapter-crypto';
import { formatNoteKey, type NoteSigner } from '@chorale/module-access';

type Signer = Omit<NoteSigner, 'name'>;

const algorithms = ['ed25519', 'ml-dsa-65'] as const;

/** Makes those that are missing. @throws refused `key-file-exposed`, `key-file-invalid`. */
export function openAuditSigners(directory: string): readonly Signer[] {
  return algorithms.map((algorithm) => openNoteSigner(pathOf(directory, algorithm), algorithm));
}

/** A line for each public key, for who is to verify the log of that origin; none where there are no keys. */
export function readAuditKeys(directory: string, origin: string): readonly string[] {
  const areThere = algorithms.every((algorithm) => existsSync(pathOf(directory, algorithm)));
  return areThere ? formatKeys(openAuditSigners(directory), origin) : [];
}

export function formatKeys(signers: readonly Signer[], origin: string): readonly string[] {
  return signers.map((key) => formatNoteKey(sha256, { ...key, name: origin }));
}

function pathOf(directory: string, algorithm: string): string {
  return join(directory, `audit-${algorithm}.pem`);
}
