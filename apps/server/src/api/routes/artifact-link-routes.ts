// Addresses that lead to the bytes of one artifact for a few minutes, for whoever has them: for programs that fetch files and have no
// key of ours. Of a bucket, it is the bucket's own; else one of ours, with a token that is for nothing else.
import { Readable } from 'node:stream';
import type { TenantId } from '@chorale/lib-ids';
import { z } from 'zod';
import { defineRoute, type Route } from '../route.ts';
import { goalId, time } from '../schemas/fields.ts';
import {
  artifactPolicy,
  dispositionOf,
  findArtifact,
  hashPath,
  notFound,
  readMediaType,
  stallMsMax,
} from './artifact-routes.ts';
import { getGoal } from './goal-routes.ts';

const secondsMax = 900;
const secondsDefault = 300;
/** No server takes such a token for a key. */
const audience = 'chorale-artifact-link';

const linkSchema = z.strictObject({
  url: z.string().describe('For GET, without a key.'),
  expiresAt: time,
  hash: z.string().describe('Whoever reads the bytes holds them against it.'),
  sizeBytes: z.int(),
});

const make = defineRoute({
  method: 'POST',
  address: '/v1/artifacts/{hash}/link',
  operation: 'linkArtifact',
  summary: 'Make an address under which the bytes of an artifact can be read for a few minutes, without a key',
  tag: 'artifacts',
  permit: 'artifact.read',
  inProjects: true,
  path: hashPath,
  body: z.strictObject({
    goal: goalId,
    name: z.string().max(1000).exactOptional(),
    seconds: z.int().min(1).max(secondsMax).exactOptional().describe(`Default ${secondsDefault}.`),
  }),
  responses: { 201: { description: 'The address, which ends by itself.', schema: linkSchema } },
  refusals: ['goal-not-found', 'artifact-not-found'],
  audit: ({ path, body }) => ({ on: { kind: 'artifact', id: path.hash }, detail: { goal: body.goal } }),
  handle: async ({ caller, path: { hash }, body, request }, context) => {
    const { artifacts, identity, now } = context.services;
    const { tenantId, subject } = caller;
    const goal = await getGoal(context, caller, body.goal);
    const wanted = { tenantId, hash, goal: goal.goalId, ...(body.name === undefined ? {} : { name: body.name }) };
    const { name, mediaType, sizeBytes } = await findArtifact(context, wanted);
    const { seconds = secondsDefault } = body;
    const expiresAt = now() + seconds * 1_000;
    const contentType = readMediaType(mediaType);
    const disposition = dispositionOf('attachment', name);
    const link = { seconds, contentType, disposition };
    const own = async (): Promise<string> => {
      // Who made it is in the audit log; what it is for is in the token.
      const claims = { tenantId, subject: JSON.stringify([hash, contentType, disposition, subject]), scopes: [] };
      const token = await identity.tokens.issue(claims, { audience, lifeMs: seconds * 1_000 });
      return `${request.protocol}://${request.host}/v1/artifacts/${hash}/file?token=${token}`;
    };
    const url = (await artifacts.link?.(tenantId, hash, link)) ?? (await own());
    return { status: 201, body: { url, expiresAt, hash, sizeBytes } };
  },
});

const claimed = z.tuple([z.string(), z.string(), z.string(), z.string()]);

/** Undefined: a token for this audience that somebody asked for by itself, and that names no bytes. */
function readClaimed(subject: string): z.output<typeof claimed> | undefined {
  try {
    return claimed.parse(JSON.parse(subject));
  } catch {
    return undefined;
  }
}

const open = defineRoute({
  method: 'GET',
  address: '/v1/artifacts/{hash}/file',
  operation: 'openLinkedArtifact',
  summary: 'Get the bytes of an artifact by an address that was made for them',
  tag: 'artifacts',
  permit: 'public',
  path: hashPath,
  query: z.strictObject({ token: z.string().max(4_000) }),
  responses: { 200: { description: 'The bytes.', schema: z.string(), mediaType: 'application/octet-stream' } },
  refusals: ['artifact-not-found', 'tenant-suspended'],
  handle: async ({ path: { hash }, query, request, reply }, { services }) => {
    const claims = await services.identity.tokens.verify(query.token, audience);
    const [linked, contentType, disposition] = readClaimed(claims?.subject ?? '') ?? [];
    if (claims === undefined || linked !== hash || contentType === undefined || disposition === undefined)
      throw notFound(hash);
    const tenantId = claims.tenantId as TenantId;
    services.tenants.refuseSuspended(tenantId);
    const bytes = await services.artifacts.open(tenantId, hash);
    if (bytes === undefined) throw notFound(hash);
    reply.raw.setTimeout(stallMsMax, () => void reply.raw.destroy());
    const headers = {
      'content-type': contentType,
      'content-disposition': disposition,
      'content-security-policy': artifactPolicy,
      'cache-control': 'private, no-store',
    };
    return { status: 200, headers, body: Readable.from(request.method === 'HEAD' ? [] : bytes) };
  },
});

export const artifactLinkRoutes: readonly Route[] = [make, open];
