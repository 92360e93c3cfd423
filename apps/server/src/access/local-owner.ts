// The first owner: made at the first start, with a password that is shown once, on the terminal of whoever started it.
import { randomBytes } from 'node:crypto';
import { defaultTenant } from '@chorale/lib-ids';
import type { Identity, UserRecord } from '@chorale/module-access';
import { localOwner } from '../api/caller.ts';

const by = { kind: 'system', id: 'first-start' };
const ticketLifeMs = 10 * 60_000;
/** Without vowels and what looks alike: no words, and no doubt when it is typed. */
const alphabet = 'bcdfghjkmnpqrstvwxz23456789';

/** Makes the owner where there is none. */
export async function ensureOwner({ users }: Pick<Identity, 'users'>): Promise<UserRecord> {
  const found = await users.find(defaultTenant, localOwner);
  if (found !== undefined) return found;
  try {
    return await users.add({
      tenantId: defaultTenant,
      userId: localOwner,
      login: localOwner,
      displayName: 'Owner',
      kind: 'person',
      source: 'local',
      roles: ['owner'],
      by,
    });
  } catch (error) {
    // Another process of the cluster was first.
    const made = await users.find(defaultTenant, localOwner);
    if (made === undefined) throw error;
    return made;
  }
}

/** A password for an owner who has none; undefined where there is one. Whoever asks shows it, once. */
export async function givePassword({ users, passwords }: Identity): Promise<string | undefined> {
  const owner = await ensureOwner({ users });
  if (await passwords.isSet(defaultTenant, owner.id)) return undefined;
  const password = makePassword();
  await passwords.set({ tenantId: defaultTenant, userId: owner.id, login: owner.name, password });
  return password;
}

/** Another password for the first owner, who is active again; sessions end. */
export async function resetPassword(
  identity: Identity,
): Promise<{ readonly login: string; readonly password: string }> {
  const { users, passwords, sessions } = identity;
  const owner = await ensureOwner(identity);
  const { tenantId, id: userId, name: login } = owner;
  if (!owner.body.active || !owner.body.roles.includes('owner'))
    await users.change({ tenantId, userId, change: { active: true, roles: [...owner.body.roles, 'owner'] }, by });
  const password = makePassword();
  await passwords.set({ tenantId, userId, login, password });
  await sessions.endAll(tenantId, userId);
  return { login, password };
}

/** Opens the page for whoever holds it, once, soon. */
export function makeTicket(
  { flows }: Pick<Identity, 'flows'>,
  { tenantId, id }: Pick<UserRecord, 'tenantId' | 'id'>,
): Promise<string> {
  return flows.begin({ tenantId, purpose: 'ticket', data: { userId: id }, lifeMs: ticketLifeMs, userId: id });
}

/** 95 bits in four groups. */
function makePassword(): string {
  const letters: string[] = [];
  while (letters.length < 20)
    for (const byte of randomBytes(32)) {
      // What is past the last whole alphabet would make its beginning likelier.
      if (byte < 243 && letters.length < 20) letters.push(alphabet[byte % alphabet.length]!);
    }
  return letters.join('').replaceAll(/(.{5})(?=.)/g, '$1-');
}
