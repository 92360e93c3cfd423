// Whose a request is: by the key it carries, or the session of the page.
//
// A page of another origin cannot use a session. The cookie is SameSite=Strict, so it does not come with what other sites ask
// for; and because every port of a machine is one site, a request that names its origin as another (Sec-Fetch-Site, Origin) is
// nobody's. A change must name its origin as this one: every browser that has been maintained since 2020 does, and a form or
// an image cannot be made to lie about it. So no token in the page is needed.
import type { Tokens } from '@chorale/adapter-identity';
import { defaultTenant, type ProjectId, type TenantId } from '@chorale/lib-ids';
import type { Identity, KeyRecord, SessionRecord, UserRecord } from '@chorale/module-access';
import type { FastifyRequest } from 'fastify';
import { type Caller, localKeyId, localOwner } from '../api/caller.ts';
import { thumbprintOf } from './client-certificate.ts';
import type { KnownCallers } from './known-callers.ts';
import type { LocalKey } from './local-key.ts';
import { readCookies } from './session-cookie.ts';

export interface CallerPorts {
  readonly localKey: LocalKey;
  readonly identity: Pick<Identity, 'users' | 'groups' | 'sessions' | 'keys'>;
  readonly tokens: Pick<Tokens, 'verify'>;
  readonly known: KnownCallers;
  readonly secure: boolean;
}

const bearer = /^Bearer +(\S+)$/i;
/** Tokens for others are not for this server. */
const apiAudience = 'chorale-api';
const jwtForm = /^eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
const tokenLengthMax = 4_096;

const localCaller: Caller = {
  tenantId: defaultTenant,
  subject: localOwner,
  roles: ['owner'],
  kind: 'key',
  keyId: localKeyId,
};

export async function findCaller(ports: CallerPorts, request: FastifyRequest): Promise<Caller | undefined> {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const token = bearer.exec(authorization)?.[1];
    return token === undefined || token.length > tokenLengthMax ? undefined : findBound(ports, request, token);
  }
  const { session } = readCookies(request, ports.secure);
  if (session === undefined || !isOwnPage(request)) return undefined;
  // Asked once more, while a stream of it is open: nobody uses a page by leaving it open.
  const { sessions } = ports.identity;
  const asksAgain = request.caller !== undefined;
  return ports.known.get(session, async () => {
    const found = await (asksAgain ? sessions.peek(session) : sessions.find(session));
    return found === undefined ? undefined : callerOf(ports, found, { sessionId: found.id });
  });
}

/** A token that is bound to a certificate is nobody's where that is not shown, whoever else was let in with it a moment ago. */
async function findBound(ports: CallerPorts, request: FastifyRequest, token: string): Promise<Caller | undefined> {
  const caller = await findKeyCaller(ports, token);
  const { thumbprint } = caller ?? {};
  return thumbprint === undefined || thumbprint === thumbprintOf(request) ? caller : undefined;
}

async function findKeyCaller(ports: CallerPorts, token: string): Promise<Caller | undefined> {
  if (ports.localKey.matches(token)) return localCaller;
  return ports.known.get(token, async () => {
    const found = jwtForm.test(token) ? await findTokenHolder(ports, token) : await ports.identity.keys.find(token);
    if (found === undefined) return undefined;
    if ('scopes' in found) {
      const { scopes, projectId, thumbprint } = found;
      const bound = thumbprint === undefined ? {} : { thumbprint };
      return callerOf(ports, found, { scopes, boundTo: projectId, ...bound });
    }
    const { scopes, projectId } = found.body;
    return callerOf(ports, found, { keyId: found.id, scopes, boundTo: projectId });
  });
}

/** Who the token was made for, as far as they still may. */
async function findTokenHolder({ tokens }: CallerPorts, token: string): Promise<TokenHolder | undefined> {
  const claims = await tokens.verify(token, apiAudience);
  if (claims === undefined) return undefined;
  const { tenantId, subject, scopes, projectId, thumbprint } = claims;
  return {
    tenantId: tenantId as TenantId,
    userId: subject,
    scopes,
    projectId: projectId as ProjectId | undefined,
    thumbprint,
  };
}

interface TokenHolder {
  readonly tenantId: TenantId;
  readonly userId: string;
  readonly scopes: readonly string[];
  readonly projectId: ProjectId | undefined;
  readonly thumbprint: string | undefined;
}

type Shown = Pick<Caller, 'sessionId' | 'keyId' | 'scopes' | 'boundTo' | 'thumbprint'>;

async function callerOf(
  { identity }: CallerPorts,
  { tenantId, userId }: Pick<SessionRecord | KeyRecord, 'tenantId' | 'userId'>,
  shown: Shown,
): Promise<Caller | undefined> {
  const user = await identity.users.find(tenantId, userId);
  if (user === undefined || !user.body.active) return undefined;
  const roles = await identity.groups.rolesOf(tenantId, userId, user.body);
  return { tenantId, subject: userId, roles, kind: kindOf(user, shown), ...shown };
}

function kindOf({ body }: UserRecord, { sessionId, keyId, scopes }: Shown): Caller['kind'] {
  if (body.kind === 'service') return 'service';
  return sessionId === undefined && (keyId !== undefined || scopes !== undefined) ? 'key' : 'person';
}

function isOwnPage({ method, headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || (site === 'none' && isReading(method));
  // Whether it is this origin, `guardRequest` has looked at.
  return isReading(method) || headers.origin !== undefined;
}

function isReading(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}
