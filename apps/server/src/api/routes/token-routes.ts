// Short-lived tokens for workers and sites, and the keys by which others verify them.
import { refused } from '@chorale/lib-errors';
import { operations, type Operation } from '@chorale/module-access';
import { thumbprintOf } from '../../access/client-certificate.ts';
import { mayDoSomewhere, refuseToken } from '../caller.ts';
import { defineRoute, type Route } from '../route.ts';
import { keySetSchema, tokenRequestSchema, tokenSchema } from '../schemas/account.ts';

const minuteMs = 60_000;

const issue = defineRoute({
  method: 'POST',
  address: '/v1/tokens',
  operation: 'issueToken',
  summary: 'Get a token of at most a quarter of an hour, for one audience and for no more than whoever asks may do',
  description:
    'A JWT (EdDSA). This server takes those for `chorale-api` as it takes keys; others verify theirs with the published keys. Asked for with a certificate ' +
    'of an authority that the server knows (`tls.clientCa`), it is bound to it (RFC 8705), and good with it alone.',
  tag: 'account',
  permit: 'account.use',
  body: tokenRequestSchema,
  responses: { 201: { description: 'The token.', schema: tokenSchema } },
  refusals: ['token-life-invalid'],
  audit: ({ body }) => ({
    on: { kind: 'audience', id: body.audience },
    detail: { scopes: (body.scopes ?? []).join(' ') },
  }),
  handle: async ({ caller, body, request }, { services: { access, identity, now } }) => {
    refuseToken(caller);
    const { audience, minutes, scopes } = body;
    const held = operations.filter((operation) => mayDoSomewhere(access, caller, operation));
    const wider = scopes?.find((scope: Operation) => !held.includes(scope));
    if (wider !== undefined)
      throw refused('not-permitted', `a token for ${wider} would do more than whoever asks may`, {
        action: 'name operations that you may do',
        data: { operation: wider },
      });
    const { tenantId, subject, boundTo: projectId } = caller;
    const claims = { tenantId, subject, scopes: scopes ?? held, projectId, thumbprint: thumbprintOf(request) };
    const token = await identity.tokens.issue(claims, { audience, lifeMs: minutes * minuteMs });
    return { status: 201, body: { token, expiresAt: now() + minutes * minuteMs } };
  },
});

const publish = defineRoute({
  method: 'GET',
  address: '/.well-known/jwks.json',
  operation: 'getSigningKeys',
  summary: 'The keys that sign tokens, as a JWK Set (RFC 7517)',
  tag: 'account',
  permit: 'public',
  responses: { 200: { description: 'Those that count.', schema: keySetSchema } },
  handle: async (_input, { services: { identity } }) => ({
    status: 200,
    body: { keys: await identity.tokens.publicKeys() },
    headers: { 'cache-control': 'public, max-age=60' },
  }),
});

export const tokenRoutes: readonly Route[] = [issue, publish];
