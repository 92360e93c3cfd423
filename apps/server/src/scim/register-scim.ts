// SCIM 2.0 (RFC 7643, 7644) under /scim/v2: how a directory keeps users and groups, with a key for `member.provision`.
import { refused } from '@chorale/lib-errors';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { publicUrlOf } from '../access/public-url.ts';
import { admit } from '../api/caller.ts';
import { actBy } from '../audit/act-by.ts';
import { recordRefusal } from '../audit/record-refusal.ts';
import { readJson } from '../api/read-json.ts';
import { controls, refuseUnkeepable } from '../api/unkeepable.ts';
import type { ApiServices } from '../api/services.ts';
import { groupRoutes } from './group-routes.ts';
import { toScimError } from './scim-error.ts';
import { describeScim } from './scim-resources.ts';
import type { ScimRoute } from './scim-route.ts';
import { userRoutes } from './user-routes.ts';

const mediaType = 'application/scim+json; charset=utf-8';
const root = '/scim/v2';
const routes: readonly ScimRoute[] = [...userRoutes, ...groupRoutes];
const descriptions = ['ServiceProviderConfig', 'ResourceTypes', 'Schemas'] as const;

export interface ScimOptions {
  readonly services: Pick<ApiServices, 'access' | 'identity' | 'audit'>;
  /** Told of defects, which are never explained to the caller. */
  readonly onDefect: (request: FastifyRequest, reply: FastifyReply, error: unknown) => void;
}

export function registerScim(api: FastifyInstance, { services, onDefect }: ScimOptions): void {
  const { identity, access, audit } = services;
  void api.register(async (scope) => {
    const parse = async (_request: FastifyRequest, body: Buffer) => (body.length === 0 ? undefined : readJson(body));
    scope.addContentTypeParser('application/scim+json', { parseAs: 'buffer' }, parse);
    scope.addHook('onRequest', async (request) => {
      request.caller = await admit(access, request, { permit: 'member.provision' });
    });
    scope.setErrorHandler(async (error, request, reply) => {
      const told = await recordRefusal(audit, request, error);
      const { status, body } = toScimError(told, request.id);
      if (status >= 500) onDefect(request, reply, told);
      return reply.code(status).header('content-type', mediaType).send(JSON.stringify(body));
    });
    const base = (request: FastifyRequest): string => `${publicUrlOf(request, identity)}${root}`;
    for (const { method, path, handle } of routes)
      scope.route({
        method,
        url: `${root}${path}`,
        async handler(request, reply) {
          if (['POST', 'PUT', 'PATCH'].includes(method) && request.body === undefined)
            throw refused('body-missing', 'this route needs a body');
          const { id = '' } = request.params as { readonly id?: string };
          refuseUnkeepable('the id', id, controls);
          refuseUnkeepable('the query', request.query);
          refuseUnkeepable('the body', request.body);
          const act = actBy({ caller: request.caller, request });
          const asked = {
            identity,
            access,
            caller: request.caller,
            by: act.who,
            id,
            query: request.query as Record<string, string>,
            body: request.body,
            base: base(request),
            ifMatch: request.headers['if-match'],
          };
          const change = { ...act, what: 'member.provision', on: { kind: kindOf(path), id: id || 'new' } };
          const { status, body, etag } =
            method === 'GET' ? await handle(asked) : await audit.recordChange(change, () => handle(asked));
          if (etag !== undefined) reply.header('etag', etag);
          return reply
            .code(status)
            .header('content-type', mediaType)
            .send(body === undefined ? undefined : JSON.stringify(body));
        },
      });
    for (const name of descriptions)
      scope.get(`${root}/${name}`, (request, reply) =>
        reply.header('content-type', mediaType).send(JSON.stringify(describeScim(base(request))[name])),
      );
  });
}

function kindOf(path: string): string {
  return path.startsWith('/Users') ? 'user' : 'group';
}

/** As the table of methods has them. */
export const scimAddresses = [
  ...routes.map(({ method, path }) => ({ method, address: `${root}${path.replace(':id', '{id}')}` })),
  ...descriptions.map((name) => ({ method: 'GET' as const, address: `${root}/${name}` })),
];
