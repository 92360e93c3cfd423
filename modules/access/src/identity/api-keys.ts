// API keys of people and service accounts: for programs, which cannot log in.
//
// Owns:       the rows of keys, and when each was last used until that is written down.
// Invariants: AK1 a key permits what it is for and its user's roles permit, both, and where it is for one project, there alone.
//             AK2 it counts until it ends: when it is revoked, at once; when it is rotated, after the overlap; at its date.
import { refused, temporary } from '@chorale/lib-errors';
import { makeId, type ProjectId, type TenantId } from '@chorale/lib-ids';
import type { ActParty } from '../audit/audit-entry.ts';
import type { Operation } from '../permissions/role-policies.ts';
import type { ApiKey, IdentityRecord } from './identity-record.ts';
import type { IdentityPorts } from './identity-ports.ts';
import { formatKeyToken, hashText, makeSecret, parseKeyToken } from './token-text.ts';

export type KeyRecord = IdentityRecord<'key'> & { readonly userId: string };

export interface MakeKey {
  readonly tenantId: TenantId;
  readonly userId: string;
  readonly label: string;
  readonly scopes: readonly Operation[];
  /** For that project alone; it stays so when the key is rotated. */
  readonly projectId?: ProjectId | undefined;
  readonly lifeMs: number;
  readonly by: ActParty;
}

/** Shown once. */
export interface MadeKey {
  readonly token: string;
  readonly record: KeyRecord;
}

export interface ApiKeys {
  /** @throws refused `keys-too-many`. */
  make(key: MakeKey): Promise<MadeKey>;
  /** Undefined where there is none, or no longer. */
  find(token: string): Promise<KeyRecord | undefined>;
  get(tenantId: TenantId, keyId: string): Promise<KeyRecord | undefined>;
  list(tenantId: TenantId, userId: string): Promise<readonly KeyRecord[]>;
  /** A new key in its place; the old one counts for that long. @throws refused `api-key-not-found`. */
  rotate(
    tenantId: TenantId,
    keyId: string,
    change: { readonly overlapMs: number; readonly by: ActParty },
  ): Promise<MadeKey>;
  revoke(tenantId: TenantId, keyId: string, by: ActParty): Promise<boolean>;
  /** Writes down when keys were last used. */
  flush(): Promise<void>;
}

/** Of one user. */
export const keysMax = 100;
/** Used more often, what is not yet written down is forgotten first. */
const usesMax = 10_000;

export function openApiKeys(ports: IdentityPorts): ApiKeys {
  return new StoredApiKeys(ports);
}

class StoredApiKeys implements ApiKeys {
  readonly #ports: IdentityPorts;
  readonly #used = new Map<string, { readonly tenantId: TenantId; readonly at: number }>();

  constructor(ports: IdentityPorts) {
    this.#ports = ports;
  }

  async get(tenantId: TenantId, keyId: string): Promise<KeyRecord | undefined> {
    const found = await this.#ports.store.findRecord(tenantId, 'key', keyId);
    return found?.userId !== undefined && this.#isOpen(found) ? (found as KeyRecord) : undefined;
  }

  async list(tenantId: TenantId, userId: string): Promise<readonly KeyRecord[]> {
    return (await this.#ports.store.listRecords(tenantId, 'key', { userId, limit: keysMax })).filter((each) =>
      this.#isOpen(each),
    ) as readonly KeyRecord[];
  }

  async make({ by, ...key }: MakeKey): Promise<MadeKey> {
    const { tenantId, userId } = key;
    if ((await this.list(tenantId, userId)).length >= keysMax)
      throw refused('keys-too-many', `There are ${keysMax} keys of ${userId} already.`, {
        action: 'Revoke those that are not used: the list says when each was this.#used last.',
      });
    const made = this.#draft(key);
    await this.#tell('key.make', made.record, by);
    await this.#ports.store.execute({
      command: 'write-identity',
      tenantId,
      writes: [{ write: 'add', record: made.record }],
    });
    return made;
  }

  async find(token: string): Promise<KeyRecord | undefined> {
    const read = parseKeyToken(this.#ports, token);
    if (read === undefined) return undefined;
    const found = await this.get(read.tenantId, read.id);
    if (found === undefined || found.body.hash !== hashText(this.#ports, read.secret)) return undefined;
    if (this.#used.size < usesMax || this.#used.has(found.id))
      this.#used.set(found.id, { tenantId: found.tenantId, at: this.#ports.now() });
    return found;
  }

  async rotate(
    tenantId: TenantId,
    keyId: string,
    { overlapMs, by }: { readonly overlapMs: number; readonly by: ActParty },
  ): Promise<MadeKey> {
    const old = await this.get(tenantId, keyId);
    if (old === undefined || old.body.replacedBy !== undefined) throw keyNotFound(keyId);
    const { userId, body, expiresAt = Infinity } = old;
    const lifeMs = expiresAt - body.createdAt;
    const made = this.#draft({
      tenantId,
      userId,
      label: body.label,
      scopes: body.scopes as readonly Operation[],
      projectId: body.projectId,
      lifeMs,
    });
    const ending: KeyRecord = {
      ...old,
      version: old.version + 1,
      expiresAt: Math.min(expiresAt, this.#ports.now() + overlapMs),
      body: { ...body, replacedBy: made.record.id },
    };
    await this.#tell('key.rotate', old, by);
    const { done } = await this.#ports.store.execute({
      command: 'write-identity',
      tenantId,
      writes: [
        { write: 'replace', record: ending },
        { write: 'add', record: made.record },
      ],
    });
    if (!done)
      throw temporary('record-changed', `The key ${keyId} was changed at the same time.`, { retryAfterMs: 100 });
    return made;
  }

  async revoke(tenantId: TenantId, keyId: string, by: ActParty): Promise<boolean> {
    const found = await this.get(tenantId, keyId);
    if (found === undefined) return false;
    await this.#tell('key.revoke', found, by);
    const writes = [{ write: 'drop' as const, kind: 'key' as const, id: keyId }];
    return (await this.#ports.store.execute({ command: 'write-identity', tenantId, writes })).done;
  }

  async flush(): Promise<void> {
    const uses = [...this.#used];
    this.#used.clear();
    for (const [keyId, { tenantId, at }] of uses) {
      const found = await this.get(tenantId, keyId);
      if (found === undefined || (found.body.lastUsedAt ?? 0) >= at) continue;
      const record = { ...found, version: found.version + 1, body: { ...found.body, lastUsedAt: at } };
      await this.#ports.store.execute({ command: 'write-identity', tenantId, writes: [{ write: 'replace', record }] });
    }
  }

  #isOpen({ expiresAt = Infinity }: IdentityRecord<'key'>): boolean {
    return expiresAt > this.#ports.now();
  }

  #draft(key: Omit<MakeKey, 'by'>): MadeKey {
    const { tenantId, userId, label, scopes, projectId, lifeMs } = key;
    const id = makeId('key', this.#ports.now(), this.#ports.random);
    const secret = makeSecret(this.#ports);
    const body: ApiKey = {
      hash: hashText(this.#ports, secret),
      label,
      scopes,
      ...(projectId === undefined ? {} : { projectId }),
      createdAt: this.#ports.now(),
    };
    const record: KeyRecord = {
      tenantId,
      kind: 'key',
      id,
      userId,
      version: 1,
      expiresAt: this.#ports.now() + lifeMs,
      body,
    };
    return { token: formatKeyToken(this.#ports, { tenantId, id, secret }), record };
  }

  #tell(what: string, { tenantId, id, userId, body }: KeyRecord, by: ActParty): Promise<void> {
    return this.#ports.events.record({
      tenantId,
      who: by,
      what,
      on: { kind: 'key', id },
      decision: 'done',
      detail: { user: userId, ...(body.projectId === undefined ? {} : { project: body.projectId }) },
    });
  }
}

export function keyNotFound(keyId: string): Error {
  return refused('api-key-not-found', `There is no key ${keyId}, or it has ended.`);
}
