import { Readable } from 'node:stream';
import { refused } from '@chorale/lib-errors';
import type { GoalId, TenantId } from '@chorale/lib-ids';
import type { Artifact } from '@chorale/module-goals';
import { z } from 'zod';
import { scopeOf } from '../caller.ts';
import { type ApiContext, defineRoute, type Route } from '../route.ts';
import { goalId, pageOf } from '../schemas/fields.ts';
import { artifactSchema } from '../schemas/record.ts';
import { artifactView } from '../views/record-view.ts';
import { getGoal, goalPath } from './goal-routes.ts';

const listAll = defineRoute({
  method: 'GET',
  address: '/v1/goals/{goalId}/artifacts',
  operation: 'listArtifacts',
  summary: 'List the files that a goal has made',
  tag: 'artifacts',
  permit: 'artifact.read',
  inProjects: true,
  path: goalPath,
  responses: { 200: { description: 'Artifacts; `href` leads to the bytes.', schema: pageOf(artifactSchema) } },
  refusals: ['goal-not-found'],
  handle: async ({ caller, path }, context) => {
    const goal = await getGoal(context, caller, path.goalId);
    const artifacts = await context.services.store.listArtifacts(caller.tenantId, goal.goalId);
    return { status: 200, body: { items: artifacts.map(artifactView) } };
  },
});

/**
 * What an agent made is shown as it is, and trusted with nothing: no script runs, nothing is fetched or sent, and it
 * has no origin, so that it cannot reach this API with its reader's hands. Styles and pictures inside the file are fine.
 */
export const artifactPolicy =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'self'; form-action 'none'; base-uri 'none'";

/** Shown by browsers without running anything; every other type is only offered as a download. */
const shownTypes =
  /^(?:text\/(?:html|plain|markdown|csv)|application\/(?:json|pdf)|image\/(?:png|jpeg|gif|webp|svg\+xml))(?:;|$)/;

export const hashPath = z.strictObject({
  hash: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hex digits'),
});

const download = defineRoute({
  method: 'GET',
  address: '/v1/artifacts/{hash}',
  operation: 'openArtifact',
  summary: 'Get the bytes of an artifact',
  description:
    'With `goal` and `name` it has its media type and name; without, it is only bytes, for who may read those of all projects.',
  tag: 'artifacts',
  permit: 'artifact.read',
  inProjects: true,
  path: hashPath,
  query: z.strictObject({ goal: goalId.exactOptional(), name: z.string().max(1000).exactOptional() }),
  headers: z.object({ 'if-none-match': z.string().max(500).exactOptional() }),
  responses: {
    200: { description: 'The bytes.', schema: z.string(), mediaType: 'application/octet-stream' },
    304: { description: 'They are the ones named in If-None-Match.' },
  },
  refusals: ['artifact-not-found'],
  handle: async ({ caller, path: { hash }, query, headers, request, reply }, context) => {
    // Bytes are kept once for the tenant: only a goal says whose they are.
    if (query.goal === undefined && scopeOf(context.services.access, caller, 'artifact.read') !== undefined)
      throw notFound(hash);
    const artifact =
      query.goal === undefined
        ? undefined
        : await findArtifact(context, { ...query, ...caller, goal: query.goal, hash });
    const answer = { headers: headersOf(hash, artifact) };
    if (headers['if-none-match']?.includes(`"${hash}"`) === true) return { status: 304, ...answer };
    const bytes = await context.services.artifacts.open(caller.tenantId, hash);
    if (bytes === undefined) throw notFound(hash);
    // A reader that takes nothing keeps no file open.
    reply.raw.setTimeout(stallMsMax, () => void reply.raw.destroy());
    // An empty stream: for a text, even an empty one, Fastify would state the length of that text.
    return { status: 200, ...answer, body: Readable.from(request.method === 'HEAD' ? [] : bytes) };
  },
});

/** Between two pieces that a reader takes. */
export const stallMsMax = 60_000;

interface WantedArtifact {
  readonly tenantId: TenantId;
  readonly goal: string;
  readonly hash: string;
  readonly name?: string;
}

export async function findArtifact(
  { services }: ApiContext,
  { tenantId, goal, hash, name }: WantedArtifact,
): Promise<Artifact> {
  const artifacts = await services.store.listArtifacts(tenantId, goal as GoalId);
  const found = artifacts.find((artifact) => artifact.hash === hash && (name === undefined || artifact.name === name));
  if (found === undefined) throw notFound(hash);
  return found;
}

export function notFound(hash: string) {
  return refused('artifact-not-found', `there is no artifact ${hash} there`, { action: "see the goal's artifacts" });
}

function headersOf(hash: string, artifact: Artifact | undefined): { readonly [name: string]: string } {
  const mediaType = readMediaType(artifact?.mediaType);
  const shown = shownTypes.test(mediaType);
  return {
    'content-type':
      shown && mediaType.startsWith('text/') && !mediaType.includes('charset')
        ? `${mediaType}; charset=utf-8`
        : mediaType,
    ...(artifact === undefined ? {} : { 'content-length': String(artifact.sizeBytes) }),
    'content-disposition': dispositionOf(shown ? 'inline' : 'attachment', artifact?.name ?? hash.replace(':', '-')),
    'content-security-policy': artifactPolicy,
    'x-frame-options': 'SAMEORIGIN',
    etag: `"${hash}"`,
    // The bytes of a hash never change; only who may see them might.
    'cache-control': 'private, max-age=31536000, immutable',
  };
}

/** As it was said by whoever made it; what is no media type would be a guess of the browser's. */
export function readMediaType(said = ''): string {
  const isOne = /^[\w.+-]+\/[\w.+-]+(?:; ?charset=[\w-]+)?$/.test(said);
  return isOne ? said : 'application/octet-stream';
}

/** RFC 6266: a plain name for old readers, the real one percent-encoded. */
export function dispositionOf(kind: 'inline' | 'attachment', path: string): string {
  const name = path.split('/').at(-1) ?? 'artifact';
  const plain = name.replaceAll(/[^\w.-]/g, '_');
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

export const artifactRoutes: readonly Route[] = [listAll, download];
