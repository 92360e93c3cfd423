// Who is logged in, what they hold, and who else there is.
import type { Calls } from './calls.ts';

export const loginMethods = ['password', 'passkey', 'oidc', 'ticket'] as const;
export type LoginMethod = (typeof loginMethods)[number];

/** Whoever asks. */
export interface Account {
  readonly tenantId: string;
  readonly userId: string;
  readonly kind: 'person' | 'service' | 'key' | 'system';
  readonly login?: string;
  readonly displayName?: string;
  readonly roles: readonly string[];
  readonly sessionId?: string;
  readonly keyId?: string;
  readonly scopes?: readonly string[];
  /** The one project that the key is for. */
  readonly projectId?: string;
  /** What the roles and the key permit, both, at least in one project. */
  readonly operations: readonly string[];
}

/** How one can log in here. */
export interface LoginChoices {
  readonly passwords: boolean;
  readonly passkeys: boolean;
  readonly providers: readonly { readonly name: string; readonly label: string }[];
}

export interface AccountSession {
  readonly sessionId: string;
  readonly method: LoginMethod;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  readonly expiresAt: number;
  readonly address: string;
  readonly agent: string;
  /** The one that asks. */
  readonly current: boolean;
}

export interface AccountKey {
  readonly keyId: string;
  readonly label: string;
  readonly scopes: readonly string[];
  /** The one project that it is for. */
  readonly projectId?: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly lastUsedAt?: number;
  readonly replacedBy?: string;
}

/** The key itself is shown this once. */
export interface NewAccountKey extends AccountKey {
  readonly key: string;
}

export interface KeyRequest {
  readonly label: string;
  /** Operations. Default: everything the user's roles permit. */
  readonly scopes?: readonly string[];
  /** For the things of this project alone. */
  readonly projectId?: string;
  /** Default 90. */
  readonly days?: number;
}

export interface AccountPasskey {
  readonly passkeyId: string;
  readonly label: string;
  readonly createdAt: number;
  readonly lastUsedAt?: number;
}

/** What the browser is asked for, in the JSON of WebAuthn, and what goes with its answer. */
export interface PasskeyBegun {
  readonly options: { readonly [name: string]: unknown };
  readonly token: string;
}

export interface PasskeyAnswer {
  readonly token: string;
  readonly answer: unknown;
}

export interface Member {
  readonly userId: string;
  readonly kind: 'person' | 'service';
  readonly login: string;
  readonly displayName: string;
  readonly email?: string;
  readonly active: boolean;
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  readonly source: 'local' | 'oidc' | 'scim';
  readonly createdAt: number;
}

export interface MemberRequest {
  readonly login: string;
  readonly displayName?: string;
  readonly kind?: 'person' | 'service';
  readonly roles: readonly string[];
}

/** With an invitation for a person: who has it, chooses the password. */
export interface NewMember extends Member {
  readonly invitation?: string;
}

export interface MemberChange {
  readonly displayName?: string;
  readonly roles?: readonly string[];
  readonly active?: boolean;
}

export interface KeyLogin {
  readonly login: string;
  readonly password: string;
  readonly tenant?: string;
  readonly label: string;
  readonly days?: number;
}

export interface AccountMethods {
  getAccount(): Promise<Account>;
  getLoginChoices(): Promise<LoginChoices>;
  /** The session comes as a cookie. */
  logIn(login: { readonly login: string; readonly password: string; readonly tenant?: string }): Promise<Account>;
  /** For programs: an API key instead of a session. */
  logInForKey(login: KeyLogin): Promise<NewAccountKey>;
  /** What the address of the page carried. */
  redeemTicket(ticket: string): Promise<Account>;
  acceptInvitation(invitation: string, password: string): Promise<Account>;
  logOut(): Promise<void>;
  /** Opens the page, once, soon, for whoever asks. */
  makeTicket(): Promise<{ readonly ticket: string }>;
  changePassword(change: { readonly password: string; readonly current: string }): Promise<void>;
  listSessions(): Promise<readonly AccountSession[]>;
  endSession(sessionId: string): Promise<void>;
  /** All but the one that asks. */
  endOtherSessions(): Promise<void>;
  /** Of whoever asks, or of a service account. */
  listKeys(userId?: string): Promise<readonly AccountKey[]>;
  makeKey(request: KeyRequest, userId?: string): Promise<NewAccountKey>;
  rotateKey(
    keyId: string,
    options?: { readonly overlapHours?: number; readonly userId?: string },
  ): Promise<NewAccountKey>;
  revokeKey(keyId: string, userId?: string): Promise<void>;
  beginPasskeyLogin(): Promise<PasskeyBegun>;
  logInWithPasskey(answer: PasskeyAnswer): Promise<Account>;
  listPasskeys(): Promise<readonly AccountPasskey[]>;
  beginPasskey(): Promise<PasskeyBegun>;
  addPasskey(answer: PasskeyAnswer & { readonly label: string }): Promise<AccountPasskey>;
  removePasskey(passkeyId: string): Promise<void>;
  listMembers(): Promise<readonly Member[]>;
  addMember(request: MemberRequest): Promise<NewMember>;
  changeMember(userId: string, change: MemberChange): Promise<Member>;
  removeMember(userId: string): Promise<void>;
  /** A new invitation for who lost the password. */
  inviteMember(userId: string): Promise<{ readonly invitation: string }>;
  endMemberSessions(userId: string): Promise<void>;
  /** With the key of the server's own machine alone. */
  resetOwnerPassword(): Promise<{ readonly login: string; readonly password: string }>;
}

export function accountMethods({ get, items, post, remove }: Calls): AccountMethods {
  const keysPath = (userId: string | undefined): string =>
    userId === undefined ? '/v1/account/keys' : `${memberPath(userId)}/keys`;
  return {
    getAccount: () => get('/v1/account'),
    getLoginChoices: () => get('/v1/login'),
    logIn: (login) => post('/v1/login/password', login),
    logInForKey: (login) => post('/v1/login/key', login),
    redeemTicket: (ticket) => post('/v1/login/ticket', { ticket }),
    acceptInvitation: (invitation, password) => post('/v1/login/invitation', { invitation, password }),
    logOut: () => remove('/v1/login'),
    makeTicket: () => post('/v1/account/tickets', {}),
    async changePassword(change) {
      await post('/v1/account/password', change);
    },
    listSessions: () => items('/v1/account/sessions'),
    endSession: (sessionId) => remove(`/v1/account/sessions/${encodeURIComponent(sessionId)}`),
    endOtherSessions: () => remove('/v1/account/sessions'),
    listKeys: (userId) => items(keysPath(userId)),
    makeKey: (request, userId) => post(keysPath(userId), request),
    rotateKey: (keyId, { overlapHours, userId } = {}) =>
      post(
        `${keysPath(userId)}/${encodeURIComponent(keyId)}/rotate`,
        overlapHours === undefined ? {} : { overlapHours },
      ),
    revokeKey: (keyId, userId) => remove(`${keysPath(userId)}/${encodeURIComponent(keyId)}`),
    beginPasskeyLogin: () => post('/v1/login/passkey/begin', {}),
    logInWithPasskey: (answer) => post('/v1/login/passkey', answer),
    listPasskeys: () => items('/v1/account/passkeys'),
    beginPasskey: () => post('/v1/account/passkeys/begin', {}),
    addPasskey: (answer) => post('/v1/account/passkeys', answer),
    removePasskey: (passkeyId) => remove(`/v1/account/passkeys/${encodeURIComponent(passkeyId)}`),
    listMembers: () => items('/v1/members'),
    addMember: (request) => post('/v1/members', request),
    changeMember: (userId, change) => post(memberPath(userId), change),
    removeMember: (userId) => remove(memberPath(userId)),
    inviteMember: (userId) => post(`${memberPath(userId)}/invitation`, {}),
    resetOwnerPassword: () => post('/v1/owner/password', {}),
    endMemberSessions: (userId) => remove(`${memberPath(userId)}/sessions`),
  };
}

function memberPath(userId: string): string {
  return `/v1/members/${encodeURIComponent(userId)}`;
}
