// What is kept of who may come in: one row for each thing, of a kind, in a tenant.
//
// Everything is found by tenant, kind and id. What somebody shows (a session, a key) names its tenant, so that nothing is
// ever looked for across tenants.
import type { ProjectId, TenantId } from '@chorale/lib-ids';
import type { Project } from '../tenants/projects.ts';
import type { Tenant } from '../tenants/tenants.ts';

export interface User {
  /** A service account has no password and no page: it has keys. */
  readonly kind: 'person' | 'service';
  readonly displayName: string;
  readonly email?: string;
  readonly active: boolean;
  /** Given to this user, `ROLE@PROJECT` in one project alone; groups give more. */
  readonly roles: readonly string[];
  /** Who looks after it: `scim` and `oidc` accounts are changed where they come from. */
  readonly source: 'local' | 'oidc' | 'scim';
  readonly externalId?: string;
  readonly createdAt: number;
  readonly changedAt: number;
}

export interface Group {
  readonly displayName: string;
  readonly externalId?: string;
  readonly createdAt: number;
  readonly changedAt: number;
}

export interface Passkey {
  /** Base64url, COSE. */
  readonly publicKey: string;
  readonly counter: number;
  readonly transports: readonly string[];
  readonly label: string;
  readonly createdAt: number;
  readonly lastUsedAt?: number;
}

export type LoginMethod = 'password' | 'passkey' | 'oidc' | 'ticket';

export interface Session {
  /** SHA-256 of the secret, in base 64. */
  readonly hash: string;
  readonly method: LoginMethod;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  readonly address: string;
  /** As the browser names itself, shortened. */
  readonly agent: string;
  /** Of the provider that vouched for it: it may end the session. */
  readonly provider?: { readonly issuer: string; readonly subject: string; readonly sessionId?: string };
}

export interface ApiKey {
  readonly hash: string;
  readonly label: string;
  /** Operations; what the user's roles permit is the other limit. */
  readonly scopes: readonly string[];
  /** For the things of this project alone. */
  readonly projectId?: ProjectId;
  readonly createdAt: number;
  readonly lastUsedAt?: number;
  /** The key that takes its place; it ends when the overlap is over. */
  readonly replacedBy?: string;
}

/** Something begun that is finished once, or not at all. */
export interface Flow {
  readonly purpose: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface AttemptCount {
  readonly count: number;
  readonly blockedUntil: number;
}

/** Base 64. */
export interface SealedAuditKeys {
  readonly wrappedBy: string;
  readonly wrapped: string;
  readonly sealed: string;
  readonly changedAt: number;
}

/** What each kind of record holds. */
export interface RecordBodies {
  /** By id; its name is what the person logs in with. */
  readonly user: User;
  readonly group: Group;
  /** In the home tenant alone. Id: that of the tenant it is about. */
  readonly tenant: Tenant;
  /** Its name is what it is called, in small letters. */
  readonly project: Project;
  /** Id: group and user, with a slash between. */
  readonly membership: Readonly<Record<string, never>>;
  /** Id: the user's. */
  readonly password: { readonly hash: string; readonly changedAt: number };
  /** Id: the credential's. */
  readonly passkey: Passkey;
  /** A subject of an OpenID provider. Id: a hash of issuer and subject. */
  readonly link: { readonly issuer: string; readonly subject: string };
  readonly session: Session;
  /** Which sessions a provider's own session began. Id: a hash of both of its names, and the session, with a slash between. */
  readonly providerSession: Readonly<Record<string, never>>;
  readonly key: ApiKey;
  readonly flow: Flow;
  readonly attempts: AttemptCount;
  /** A public key, as a JWK. Id: its own. */
  readonly signingKey: { readonly key: Readonly<Record<string, unknown>> };
  /**
   * The keys that sign audit logs, once they were changed: sealed under a data key that the installation's key-encryption key
   * wraps. In the home tenant alone.
   */
  readonly auditKeys: SealedAuditKeys;
  /** A browser that its user has logged in with before. Id: a hash of its secret. */
  readonly device: { readonly seenAt: number };
}

export type RecordKind = keyof RecordBodies;

export interface IdentityRecord<Kind extends RecordKind = RecordKind> {
  readonly tenantId: TenantId;
  readonly kind: Kind;
  readonly id: string;
  /** Whose it is: it goes with the user. */
  readonly userId?: string;
  /** Unique in its tenant and kind. */
  readonly name?: string;
  /** Begins with 1; a change is refused unless it names the next one. */
  readonly version: number;
  /** From then on it counts as gone. */
  readonly expiresAt?: number;
  readonly body: RecordBodies[Kind];
}
