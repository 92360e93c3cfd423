// The texts that people and programs show to be let in: the tenant, an id, and a secret of 256 bits of which only the hash is
// kept. The tenant stands in the text, so that its rows are the only ones looked at.
//
// Invariants: TK1 what is kept cannot be shown: it is a hash, and of 256 random bits, so no salt and no slow hash are needed.
import type { TenantId } from '@chorale/lib-ids';
import { toBase64, toHex, utf8Bytes } from '../bytes.ts';
import type { IdentityPorts } from './identity-ports.ts';

type Hashing = Pick<IdentityPorts, 'sha256'>;

const secretBytes = 32;
const checksumLength = 8;
const sessionForm = /^([A-Za-z0-9_-]{1,64})\.(session_[0-9a-z]{26})\.([A-Za-z0-9_-]{43})$/;
const keyForm = /^chorale\.([A-Za-z0-9_-]{1,64})\.(key_[0-9a-z]{26})\.([A-Za-z0-9_-]{43})([0-9a-f]{8})$/;
const plainForm = /^([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{43})$/;

export interface ReadToken {
  readonly tenantId: TenantId;
  readonly id: string;
  readonly secret: string;
}

export function makeSecret({ randomBytes }: Pick<IdentityPorts, 'randomBytes'>): string {
  return toBase64(randomBytes(secretBytes)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** What is kept of it. Comparing two takes no care: whoever can choose a hash can choose its beginning no better. */
export function hashText({ sha256 }: Hashing, text: string): string {
  return toBase64(sha256(utf8Bytes(text)));
}

/** As part of an id. */
export function shortHash({ sha256 }: Hashing, ...parts: readonly string[]): string {
  return toHex(sha256(utf8Bytes(JSON.stringify(parts)))).slice(0, 40);
}

export function formatSessionToken({ tenantId, id, secret }: ReadToken): string {
  return `${tenantId}.${id}.${secret}`;
}

export function parseSessionToken(text: string): ReadToken | undefined {
  const [, tenantId, id, secret] = sessionForm.exec(text) ?? [];
  return id === undefined ? undefined : { tenantId: tenantId as TenantId, id, secret: secret! };
}

/** With a beginning that scanners of published code can look for, and a checksum that tells them it is no accident. */
export function formatKeyToken(hashing: Hashing, { tenantId, id, secret }: ReadToken): string {
  const text = `chorale.${tenantId}.${id}.${secret}`;
  return `${text}${checksumOf(hashing, text)}`;
}

/** Undefined also for a key with a slip of the pen in it, which is then not looked for. */
export function parseKeyToken(hashing: Hashing, text: string): ReadToken | undefined {
  const [, tenantId, id, secret, checksum] = keyForm.exec(text) ?? [];
  if (id === undefined || checksumOf(hashing, text.slice(0, -checksumLength)) !== checksum) return undefined;
  return { tenantId: tenantId as TenantId, id, secret: secret! };
}

function checksumOf({ sha256 }: Hashing, text: string): string {
  return toHex(sha256(utf8Bytes(text))).slice(0, checksumLength);
}

/** For what is found by the hash of its secret alone. */
export function formatPlainToken(tenantId: TenantId, secret: string): string {
  return `${tenantId}.${secret}`;
}

export function parsePlainToken(text: string): Omit<ReadToken, 'id'> | undefined {
  const [, tenantId, secret] = plainForm.exec(text) ?? [];
  return secret === undefined ? undefined : { tenantId: tenantId as TenantId, secret };
}
