// Sessions: that a browser was let in, for a while.
//
// Owns:       the rows of sessions and what of them is remembered of providers.
// Invariants: SN1 a session that was ended, or that was idle or there for too long, is gone at once, and for every process.
//             SN2 its secret changes whenever who holds it comes to more: nobody can hand a session to somebody beforehand.
import { makeId, type TenantId } from '@chorale/lib-ids';
import type { IdentityPorts } from './identity-ports.ts';
import type { IdentityRecord, Session } from './identity-record.ts';
import type { IdentityWrite } from './identity-store.ts';
import { formatSessionToken, hashText, makeSecret, parseSessionToken, shortHash } from './token-text.ts';

export interface SessionLimits {
  readonly idleMs: number;
  readonly absoluteMs: number;
}

export interface BeginSession extends Pick<Session, 'method' | 'address' | 'agent' | 'provider'> {
  readonly tenantId: TenantId;
  readonly userId: string;
  /** The token of the session that this browser had: it ends. */
  readonly replaces?: string;
}

export type SessionRecord = IdentityRecord<'session'> & { readonly userId: string };

export interface Sessions {
  begin(
    session: BeginSession,
  ): Promise<{ readonly token: string; readonly sessionId: string; readonly expiresAt: number }>;
  /** Undefined where there is none, or no longer. Notes that it was seen, at most once a minute. */
  find(token: string): Promise<SessionRecord | undefined>;
  /** The same, for what is no use of it: it goes on to end when nobody uses it. */
  peek(token: string): Promise<SessionRecord | undefined>;
  list(tenantId: TenantId, userId: string): Promise<readonly SessionRecord[]>;
  /** A new secret for the same session. Undefined where it has ended. */
  rotate(token: string): Promise<string | undefined>;
  /** False where there was none of this user. */
  end(tenantId: TenantId, userId: string, sessionId: string): Promise<boolean>;
  endAll(tenantId: TenantId, userId: string, except?: string): Promise<number>;
  /** Those that a provider's own session began, as back-channel logout asks for. */
  endOfProvider(tenantId: TenantId, ended: ProviderSession): Promise<number>;
}

export interface ProviderSession {
  readonly issuer: string;
  readonly sessionId?: string;
  /** The user that the provider's subject is here. */
  readonly userId?: string;
}

/** Of one user. What is shown of more is cut; ending them takes every one. */
export const sessionsMax = 200;
const seenEveryMs = 60_000;
const agentLengthMax = 200;

export function openSessions(ports: IdentityPorts, limits: SessionLimits): Sessions {
  return new StoredSessions(ports, limits);
}

class StoredSessions implements Sessions {
  readonly #ports: IdentityPorts;
  readonly #limits: SessionLimits;

  constructor(ports: IdentityPorts, limits: SessionLimits) {
    this.#ports = ports;
    this.#limits = limits;
  }

  async list(tenantId: TenantId, userId: string): Promise<readonly SessionRecord[]> {
    const found = await this.#ports.store.listRecords(tenantId, 'session', { userId, limit: sessionsMax });
    return found.filter((each) => this.#isOpen(each)) as readonly SessionRecord[];
  }

  async begin({
    tenantId,
    userId,
    replaces,
    method,
    address,
    agent,
    provider,
  }: BeginSession): Promise<{ readonly token: string; readonly sessionId: string; readonly expiresAt: number }> {
    const id = makeId('session', this.#ports.now(), this.#ports.random);
    const secret = makeSecret(this.#ports);
    const expiresAt = this.#ports.now() + this.#limits.absoluteMs;
    const body: Session = {
      hash: hashText(this.#ports, secret),
      method,
      createdAt: this.#ports.now(),
      lastSeenAt: this.#ports.now(),
      address,
      agent: agent.slice(0, agentLengthMax),
      ...(provider === undefined ? {} : { provider }),
    };
    const record = { tenantId, kind: 'session' as const, id, userId, version: 1, expiresAt, body };
    const writes: IdentityWrite[] = [{ write: 'add', record }];
    if (provider?.sessionId !== undefined) {
      const place = `${shortHash(this.#ports, provider.issuer, provider.sessionId)}/${id}`;
      const pointer = {
        tenantId,
        kind: 'providerSession' as const,
        id: place,
        userId,
        version: 1,
        expiresAt,
        body: {},
      };
      writes.push({ write: 'add', record: pointer });
    }
    await this.#write(tenantId, writes);
    const before = replaces === undefined ? undefined : await this.#findOpen(replaces);
    if (before !== undefined) await this.#endEach(before.tenantId, [before]);
    return { token: formatSessionToken({ tenantId, id, secret }), sessionId: id, expiresAt };
  }

  async find(token: string): Promise<SessionRecord | undefined> {
    const found = await this.#findOpen(token);
    if (found === undefined || found.body.lastSeenAt + seenEveryMs > this.#ports.now()) return found;
    const record = { ...found, version: found.version + 1, body: { ...found.body, lastSeenAt: this.#ports.now() } };
    // Where somebody else was faster, it was seen then.
    await this.#write(found.tenantId, [{ write: 'replace', record }]);
    return record;
  }

  peek(token: string): Promise<SessionRecord | undefined> {
    return this.#findOpen(token);
  }

  async rotate(token: string): Promise<string | undefined> {
    const found = await this.#findOpen(token);
    if (found === undefined) return undefined;
    const secret = makeSecret(this.#ports);
    const body = { ...found.body, hash: hashText(this.#ports, secret), lastSeenAt: this.#ports.now() };
    const done = await this.#write(found.tenantId, [
      { write: 'replace', record: { ...found, version: found.version + 1, body } },
    ]);
    return done ? formatSessionToken({ tenantId: found.tenantId, id: found.id, secret }) : undefined;
  }

  async end(tenantId: TenantId, userId: string, sessionId: string): Promise<boolean> {
    const found = await this.#ports.store.findRecord(tenantId, 'session', sessionId);
    return found?.userId === userId && (await this.#endEach(tenantId, [found])) > 0;
  }

  async endAll(tenantId: TenantId, userId: string, except?: string): Promise<number> {
    const all = await this.#listAll(tenantId, userId);
    // A ticket is a session that has not begun yet.
    if (except === undefined) {
      await this.#write(tenantId, [{ write: 'drop-of-user', userId, kinds: ['session', 'providerSession', 'flow'] }]);
      return all.length;
    }
    await this.#write(tenantId, [{ write: 'drop-of-user', userId, kinds: ['flow'] }]);
    return this.#endEach(
      tenantId,
      all.filter(({ id }) => id !== except),
    );
  }

  async endOfProvider(tenantId: TenantId, { issuer, sessionId, userId }: ProviderSession): Promise<number> {
    if (sessionId !== undefined) {
      const idPrefix = `${shortHash(this.#ports, issuer, sessionId)}/`;
      const pointers = await this.#ports.store.listRecords(tenantId, 'providerSession', {
        idPrefix,
        limit: sessionsMax,
      });
      return this.#endEach(
        tenantId,
        pointers.map(({ id }) => ({ id: id.slice(idPrefix.length) })),
      );
    }
    const open = userId === undefined ? [] : await this.#listAll(tenantId, userId);
    return this.#endEach(
      tenantId,
      open.filter(({ body }) => body.provider?.issuer === issuer),
    );
  }

  /** However many there are, and those that have expired as well. */
  async #listAll(tenantId: TenantId, userId: string): Promise<readonly SessionRecord[]> {
    const all: IdentityRecord<'session'>[] = [];
    for (let after: string | undefined; ;) {
      const range = after === undefined ? {} : { after };
      const page = await this.#ports.store.listRecords(tenantId, 'session', { userId, limit: sessionsMax, ...range });
      all.push(...page);
      after = page.at(-1)?.id;
      if (page.length < sessionsMax) return all as readonly SessionRecord[];
    }
  }

  async #write(tenantId: TenantId, writes: readonly IdentityWrite[]): Promise<boolean> {
    return (await this.#ports.store.execute({ command: 'write-identity', tenantId, writes })).done;
  }

  #isOpen({ body, expiresAt = 0 }: IdentityRecord<'session'>): boolean {
    return expiresAt > this.#ports.now() && body.lastSeenAt + this.#limits.idleMs > this.#ports.now();
  }

  async #findOpen(token: string): Promise<SessionRecord | undefined> {
    const read = parseSessionToken(token);
    if (read === undefined) return undefined;
    const found = await this.#ports.store.findRecord(read.tenantId, 'session', read.id);
    if (found?.userId === undefined || !this.#isOpen(found)) return undefined;
    return found.body.hash === hashText(this.#ports, read.secret) ? (found as SessionRecord) : undefined;
  }

  async #endEach(tenantId: TenantId, records: readonly Pick<SessionRecord, 'id'>[]): Promise<number> {
    let ended = 0;
    for (const { id } of records) if (await this.#write(tenantId, [{ write: 'drop', kind: 'session', id }])) ended += 1;
    return ended;
  }
}
