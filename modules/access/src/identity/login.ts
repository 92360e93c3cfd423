// Letting people in: by password here, and, once somebody else has vouched for them, by passkey, provider or ticket.
//
// Invariants: LI1 nothing tells a wrong password from an account that is not there, is switched off or has no password.
import { refused } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import type { Attempts } from './attempts.ts';
import type { Devices, FromWhere } from './devices.ts';
import type { AccessEvents } from './identity-ports.ts';
import type { LoginMethod, Session } from './identity-record.ts';
import type { Passwords } from './passwords.ts';
import type { Sessions } from './sessions.ts';
import type { UserRecord, Users } from './users.ts';

/** From where, and with which program. */
export interface LoginPlace extends FromWhere {
  readonly agent: string;
  /** The token of the session that this browser had. */
  readonly replaces?: string;
}

export interface PasswordLogin extends LoginPlace {
  readonly tenantId: TenantId;
  readonly login: string;
  readonly password: string;
}

export interface VouchedLogin extends LoginPlace {
  readonly user: UserRecord;
  readonly method: LoginMethod;
  readonly provider?: Session['provider'];
}

export interface LoggedIn {
  readonly user: UserRecord;
  readonly sessionId: string;
  readonly token: string;
  readonly expiresAt: number;
  /** What the browser is to keep, to be known next time. */
  readonly device: string;
}

export interface Login {
  /** @throws refused `login-refused`; temporary `attempts-too-many`. */
  byPassword(login: PasswordLogin): Promise<LoggedIn>;
  /** Whose password it is, without a session. @throws as `byPassword`. */
  prove(login: PasswordLogin): Promise<UserRecord>;
  /** @throws refused `login-refused` where the user is switched off. */
  vouched(login: VouchedLogin): Promise<LoggedIn>;
  /** Writes down that nobody was let in. */
  refuse(refusal: LoginRefusal): Promise<Error>;
}

export interface LoginRefusal {
  readonly tenantId: TenantId;
  readonly method: LoginMethod;
  readonly reason: string;
  readonly userId?: string;
  readonly address: string;
}

export interface LoginParts {
  readonly users: Users;
  readonly passwords: Passwords;
  readonly sessions: Sessions;
  readonly devices: Devices;
  readonly attempts: Attempts;
  readonly events: AccessEvents;
}

export function openLogin({ users, passwords, sessions, devices, attempts, events }: LoginParts): Login {
  const refuse: Login['refuse'] = (refusal) => recordRefusal(events, refusal);
  const vouched: Login['vouched'] = async ({ user, method, provider, ...place }) => {
    const { tenantId, id: userId } = user;
    const { address, agent, replaces } = place;
    if (!user.body.active || user.body.kind !== 'person')
      throw await refuse({ tenantId, method, reason: 'user-inactive', userId, address });
    await events.record({
      tenantId,
      who: { kind: 'person', id: userId },
      what: 'session.begin',
      on: { kind: 'person', id: userId },
      decision: 'done',
      detail: { method },
      personal: { address: { value: address } },
    });
    const begun = await sessions.begin({
      tenantId,
      userId,
      method,
      address,
      agent,
      ...(provider === undefined ? {} : { provider }),
      ...(replaces === undefined ? {} : { replaces }),
    });
    const device = await devices.remember(tenantId, userId, place);
    return { user, device, ...begun };
  };
  const prove: Login['prove'] = async ({ tenantId, login, password, ...place }) => {
    const user = await findByLogin(users, tenantId, login);
    const device = user === undefined ? undefined : await devices.recognize(tenantId, user.id, place);
    const by = { tenantId, login: user?.name ?? login.toLowerCase(), address: place.address };
    const attempt = await attempts.take(device === undefined ? by : { ...by, device });
    const mayTry = user?.body.active === true && user.body.kind === 'person' ? user.id : undefined;
    const matches = await passwords.matches(tenantId, mayTry, password);
    if (user === undefined || !matches) {
      const whose = user === undefined ? {} : { userId: user.id };
      throw await refuse({
        tenantId,
        method: 'password',
        reason: 'password-wrong',
        address: place.address,
        ...whose,
      });
    }
    await attempt.succeeded();
    return user;
  };
  return {
    refuse,
    vouched,
    prove,
    async byPassword({ tenantId, login, password, ...place }) {
      const user = await prove({ tenantId, login, password, ...place });
      return vouched({ user, method: 'password', ...place });
    },
  };
}

async function recordRefusal(
  events: AccessEvents,
  { tenantId, method, reason, userId = 'unknown', address }: LoginRefusal,
): Promise<Error> {
  await events.record({
    tenantId,
    who: { kind: 'person', id: userId },
    what: 'session.begin',
    on: { kind: 'person', id: userId },
    decision: 'refused',
    reason,
    detail: { method },
    personal: { address: { value: address } },
  });
  return refused('login-refused', 'The name or the password is wrong, or nobody can log in that way.', {
    action: 'Look at the name and the password. Whoever manages members can set a new one.',
  });
}

/** What cannot be a name is nobody's. */
async function findByLogin(users: Users, tenantId: TenantId, login: string): Promise<UserRecord | undefined> {
  try {
    return await users.findByLogin(tenantId, login);
  } catch (error) {
    if ((error as { readonly code?: string }).code === 'login-invalid') return undefined;
    throw error;
  }
}
