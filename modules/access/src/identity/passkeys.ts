// Passkeys (WebAuthn): keys of people's devices, which answer a challenge for this page and no other.
//
// Invariants: PK1 a challenge is answered once, in time, for what it was made for, by whom it was made for.
//             PK2 a passkey is one user's, and its counter never goes back: a copy of it is noticed.
import { refused } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import type { ActParty } from '../audit/audit-entry.ts';
import type { Flows } from './flows.ts';
import type { IdentityPorts } from './identity-ports.ts';
import type { IdentityRecord, Passkey } from './identity-record.ts';
import type { UserRecord } from './users.ts';

/** Where the page is: passkeys are bound to both. */
export interface PasskeyPlace {
  /** A domain, without port. */
  readonly domain: string;
  readonly origin: string;
}

export type NewPasskey = Pick<Passkey, 'publicKey' | 'counter' | 'transports'> & { readonly id: string };
type Asked = { readonly options: unknown; readonly challenge: string };

/** What knows the form of challenges and answers. Answers that do not hold are undefined. */
export interface PasskeyVerifier {
  askToRegister(place: PasskeyPlace, user: UserRecord, known: readonly string[]): Promise<Asked>;
  askToLogIn(place: PasskeyPlace): Promise<Asked>;
  verifyNew(place: PasskeyPlace, challenge: string, answer: unknown): Promise<NewPasskey | undefined>;
  /** The passkey's id, as the answer names it. */
  idOf(answer: unknown): string | undefined;
  /** The counter that it has now. */
  verifyLogin(place: PasskeyPlace, answered: PasskeyAnswer): Promise<number | undefined>;
}

export interface PasskeyAnswer {
  readonly challenge: string;
  readonly answer: unknown;
  readonly id: string;
  readonly passkey: Passkey;
}

export type PasskeyRecord = IdentityRecord<'passkey'> & { readonly userId: string };

export interface Begun {
  readonly options: unknown;
  /** Finishes it. */
  readonly token: string;
}

export interface Answered {
  readonly token: string;
  readonly answer: unknown;
  readonly place: PasskeyPlace;
}

export interface Passkeys {
  beginRegistration(user: UserRecord, place: PasskeyPlace): Promise<Begun>;
  /** @throws refused `passkey-invalid`, `passkeys-too-many`. */
  register(user: UserRecord, label: string, answered: Answered): Promise<PasskeyRecord>;
  beginLogin(tenantId: TenantId, place: PasskeyPlace): Promise<Begun>;
  /** Whose it is; undefined where it does not hold. */
  prove(answered: Answered): Promise<{ readonly tenantId: TenantId; readonly userId: string } | undefined>;
  list(tenantId: TenantId, userId: string): Promise<readonly PasskeyRecord[]>;
  /** False where there was none of this user. */
  remove(user: UserRecord, id: string): Promise<boolean>;
}

const lifeMs = 5 * 60_000;
const passkeysMax = 20;

export function openPasskeys(ports: IdentityPorts, parts: PasskeyParts): Passkeys {
  return new StoredPasskeys(ports, parts);
}

export interface PasskeyParts {
  readonly flows: Flows;
  readonly verifier: PasskeyVerifier;
}

class StoredPasskeys implements Passkeys {
  readonly #ports: IdentityPorts;
  readonly #flows: Flows;
  readonly #verifier: PasskeyVerifier;

  constructor(ports: IdentityPorts, { flows, verifier }: PasskeyParts) {
    this.#ports = ports;
    this.#flows = flows;
    this.#verifier = verifier;
  }

  async list(tenantId: TenantId, userId: string): Promise<readonly PasskeyRecord[]> {
    const found = await this.#ports.store.listRecords(tenantId, 'passkey', { userId, limit: passkeysMax });
    return found as readonly PasskeyRecord[];
  }

  async beginRegistration(user: UserRecord, place: PasskeyPlace): Promise<Begun> {
    const { tenantId, id: userId } = user;
    const known = (await this.list(tenantId, userId)).map(({ id }) => id);
    const { options, challenge } = await this.#verifier.askToRegister(place, user, known);
    const data = { challenge, userId };
    return { options, token: await this.#flows.begin({ tenantId, purpose: 'passkey-new', data, lifeMs, userId }) };
  }

  async register(user: UserRecord, label: string, { token, answer, place }: Answered): Promise<PasskeyRecord> {
    const { tenantId, id: userId } = user;
    const begun = await this.#flows.take('passkey-new', token);
    if (begun?.tenantId !== tenantId || begun.data['userId'] !== userId) throw passkeyInvalid();
    const made = await this.#verifier.verifyNew(place, String(begun.data['challenge']), answer);
    if (made === undefined) throw passkeyInvalid();
    if ((await this.list(tenantId, userId)).length >= passkeysMax)
      throw refused('passkeys-too-many', `There are ${passkeysMax} passkeys already.`, { action: 'Remove one first.' });
    const { id, ...key } = made;
    const body: Passkey = { ...key, label, createdAt: this.#ports.now() };
    const record: PasskeyRecord = { tenantId, kind: 'passkey', id, userId, version: 1, body };
    await this.#tell('passkey.add', record);
    const writes = [{ write: 'add' as const, record }];
    if (!(await this.#ports.store.execute({ command: 'write-identity', tenantId, writes })).done)
      throw passkeyInvalid();
    return record;
  }

  async beginLogin(tenantId: TenantId, place: PasskeyPlace): Promise<Begun> {
    const { options, challenge } = await this.#verifier.askToLogIn(place);
    return { options, token: await this.#flows.begin({ tenantId, purpose: 'passkey', data: { challenge }, lifeMs }) };
  }

  async prove({ token, answer, place }: Answered): ReturnType<Passkeys['prove']> {
    const begun = await this.#flows.take('passkey', token);
    const id = this.#verifier.idOf(answer);
    if (begun === undefined || id === undefined) return undefined;
    const { tenantId } = begun;
    const found = await this.#ports.store.findRecord(tenantId, 'passkey', id);
    if (found?.userId === undefined) return undefined;
    const challenge = String(begun.data['challenge']);
    const counter = await this.#verifier.verifyLogin(place, { challenge, answer, id, passkey: found.body });
    if (counter === undefined) return undefined;
    const body = { ...found.body, counter, lastUsedAt: this.#ports.now() };
    const record = { ...found, version: found.version + 1, body };
    const writes = [{ write: 'replace' as const, record }];
    // Two answers with one counter: one of them is a copy's.
    const { done } = await this.#ports.store.execute({ command: 'write-identity', tenantId, writes });
    return done ? { tenantId, userId: found.userId } : undefined;
  }

  async remove({ tenantId, id: userId }: UserRecord, id: string): Promise<boolean> {
    const found = await this.#ports.store.findRecord(tenantId, 'passkey', id);
    if (found?.userId !== userId) return false;
    await this.#tell('passkey.remove', found as PasskeyRecord);
    const writes = [{ write: 'drop' as const, kind: 'passkey' as const, id }];
    return (await this.#ports.store.execute({ command: 'write-identity', tenantId, writes })).done;
  }

  #tell(what: string, { tenantId, id, userId }: PasskeyRecord): Promise<void> {
    const who: ActParty = { kind: 'person', id: userId };
    return this.#ports.events.record({ tenantId, who, what, on: { kind: 'passkey', id }, decision: 'done' });
  }
}

function passkeyInvalid(): Error {
  return refused('passkey-invalid', 'What the device answered does not hold, or came too late.', {
    action: 'Try again.',
  });
}
