// The REST API as a Fastify instance that listens nowhere yet: whoever runs it decides where.
import { makeId } from '@chorale/lib-ids';
import { refused } from '@chorale/lib-errors';
import { type AdmissionLimits, homeTenant } from '@chorale/module-access';
import type { SecureContextOptions } from 'node:tls';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { createOpenCalls, type OpenCalls } from '../openai/open-calls.ts';
import { openAiAddresses, registerOpenAi } from '../openai/register-openai.ts';
import { recordRefusal } from '../audit/record-refusal.ts';
import { registerScim, scimAddresses } from '../scim/register-scim.ts';
import { admitLoad } from './admit-load.ts';
import { answerMalformed } from './answer-malformed.ts';
import { readmit, scopeOf } from './caller.ts';
import { DefinitionCache } from './definition-cache.ts';
import { defaultStreamLimits, EventStreams, type StreamLimits } from './event-streams.ts';
import { GoalReads } from './goal-reads.ts';
import { tellLoad } from './describe-load.ts';
import { guardArtifacts } from './guard-artifacts.ts';
import { guardStore } from './guard-store.ts';
import { guardRequest, securityHeaders } from './guard-request.ts';
import { createRequestLimits, type RequestLimits } from './limit-requests.ts';
import { MethodTable } from './method-table.ts';
import { problemMediaType, toProblem } from './problem.ts';
import { readJson } from './read-json.ts';
import { type ApiContext, registerRoute } from './route.ts';
import { routes } from './routes/index.ts';
import { providerLogoutAddress, registerProviderLogout } from './routes/provider-routes.ts';
import { Page } from './serve-page.ts';
import type { ApiServices } from './services.ts';

/** Definitions of large plans fit; a file does not: those are artifacts. */
export const bodySizeBytesMax = 2 * 1024 * 1024;
/** Longer than any id, name or hash; Fastify's own limit of 100 is shorter than some. */
const parameterLengthMax = 512;
/** A year: browsers then ask over TLS only. */
const strictTransport = 'max-age=31536000; includeSubDomains';
const requestTimeoutMs = 30_000;
/** Headers are sent at once by everybody who means it. */
const slowClients = { headersTimeout: 10_000, connectionsCheckingInterval: 2_000 };
/** Each costs some memory; beyond, connections are closed as they come. */
const connectionsMax = 10_000;

export interface ApiOptions {
  readonly streams?: Partial<StreamLimits>;
  readonly onAnswer?: ApiContext['onAnswer'];
  /** How often one address and one caller may ask. */
  readonly limits?: Partial<RequestLimits>;
  /** How much is taken on at once. */
  readonly admission?: AdmissionLimits;
  /** Serves over TLS with these. */
  readonly tls?: SecureContextOptions;
  /** Addresses of proxies whose word on who asks is taken. */
  readonly trustProxy?: readonly string[];
  /** Model calls under way, for whoever ends the server. */
  readonly openCalls?: OpenCalls;
}

export function createApi(given: ApiServices, options: ApiOptions = {}): FastifyInstance {
  const { services, ...guards } = guarded(given);
  const api = openInstance(services, options);
  const always = services.identity.secure
    ? { ...securityHeaders, 'strict-transport-security': strictTransport }
    : securityHeaders;
  const load = admitLoad({
    headers: always,
    ...(options.admission === undefined ? {} : { limits: options.admission }),
  });
  const context: ApiContext = {
    services,
    streams: new EventStreams(
      services.store,
      { ...defaultStreamLimits, ...options.streams },
      {
        onError: (error) => services.log({ ...noRequest, message: 'a live stream failed', error }),
        admit: (request, permit, goal) => readmit(services.access, request, { permit, goal }),
        shown: ({ caller }) => scopeOf(services.access, caller, 'goal.read')?.may,
        live: services.messaging.live,
      },
    ),
    definitions: new DefinitionCache(services.store),
    goalReads: new GoalReads(services),
    load,
    ...guards,
    ...(options.onAnswer === undefined ? {} : { onAnswer: options.onAnswer }),
  };
  const limits = createRequestLimits(services.now, options.limits);
  tellLoad(context);
  api.decorateRequest('caller');
  load.watch(api);
  api.addHook('onRequest', async (request, reply) => {
    reply.headers(always);
    reply.header('x-request-id', request.id);
    guardRequest(request, services.hosts);
    await limits.byAddress(request, reply);
  });
  // After a route has found out who asks, before it reads a body.
  api.addHook('preParsing', limits.byCaller);
  api.addHook('onResponse', async (request, reply) => services.log(entryOf(request, reply)));
  api.addHook('preClose', async () => {
    load.close();
    context.goalReads.close();
    context.streams.close();
  });
  api.removeAllContentTypeParsers();
  api.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_request: FastifyRequest, body: Buffer) =>
    body.length === 0 ? undefined : readJson(body),
  );
  api.setErrorHandler(async (error, request, reply) => {
    const told = await recordRefusal(services.audit, request, error);
    const { redactors } = services.secrets;
    const problem = sendProblem(told, { request, reply }, (text) =>
      redactors.of(request.caller?.tenantId ?? homeTenant).redact(text),
    );
    if (problem.status >= 500)
      services.log({ ...entryOf(request, reply), level: 'error', message: problem.code, error });
    return reply;
  });
  for (const route of routes) registerRoute(api, route, context);
  registerOpenAi(api, {
    services,
    openCalls: options.openCalls ?? createOpenCalls(),
    onDefect: (request, reply, error) =>
      services.log({ ...entryOf(request, reply), level: 'error', message: 'a model call failed', error }),
  });
  answerTheRest(api, services);
  return api;
}

/** What they stand on may be away. */
function guarded(given: ApiServices): Pick<ApiContext, 'services' | 'storeGuard' | 'artifactGuard'> {
  const { store, breaker: storeGuard } = guardStore(given.store, () => performance.now());
  const { artifacts, bulkhead: artifactGuard } = guardArtifacts(given.artifacts);
  return { services: { ...given, store, artifacts }, storeGuard, artifactGuard };
}

function openInstance(services: ApiServices, options: ApiOptions): FastifyInstance {
  const api = fastify({
    logger: false,
    bodyLimit: bodySizeBytesMax,
    requestTimeout: requestTimeoutMs,
    http: slowClients,
    forceCloseConnections: true,
    ...(options.trustProxy === undefined || options.trustProxy.length === 0
      ? {}
      : { trustProxy: [...options.trustProxy] }),
    // The instance is used in the same way over both.
    ...(options.tls === undefined ? {} : ({ https: { ...options.tls, ...slowClients } } as object)),
    routerOptions: { maxParamLength: parameterLengthMax },
    genReqId: () => makeId('req', services.now(), services.random),
    clientErrorHandler: answerMalformed,
    frameworkErrors: (error, request, reply) => {
      reply.headers(securityHeaders);
      sendProblem(error, { request, reply });
    },
  });
  api.server.maxConnections = connectionsMax;
  return api;
}

/** What no route answers: the page's own addresses, and refusals that say what there is. */
function answerTheRest(api: FastifyInstance, services: ApiServices): void {
  registerProviderLogout(api, services);
  registerScim(api, {
    services,
    onDefect: (request, reply, error) =>
      services.log({ ...entryOf(request, reply), level: 'error', message: 'a directory could not be served', error }),
  });
  const methods = new MethodTable([...routes, providerLogoutAddress, ...scimAddresses, ...openAiAddresses]);
  const page = new Page(services.webRoot);
  api.setNotFoundHandler(async (request, reply) => {
    const allowed = methods.allowedAt(request.url);
    if (allowed.length > 0) {
      reply.header('allow', allowed.join(', '));
      throw refused('method-not-allowed', 'this address does not take that method', {
        action: `use ${allowed.join(' or ')}`,
      });
    }
    if (await page.answer(request, reply)) return reply;
    throw refused('route-not-found', 'there is nothing at this address', {
      action: 'see /openapi.json for what there is',
    });
  });
}

const noRequest = {
  level: 'error',
  requestId: 'none',
  method: 'GET',
  route: 'event stream',
  status: 200,
  durationMs: 0,
} as const;

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** `hide` takes secrets out: what went wrong may say what it went wrong with. */
function sendProblem(error: unknown, { request, reply }: Exchange, hide: (text: string) => string = (text) => text) {
  const problem = toProblem(error, request.id);
  reply.code(problem.status).header('content-type', problemMediaType);
  if (problem.retryAfterMs !== undefined) reply.header('retry-after', Math.ceil(problem.retryAfterMs / 1000));
  void reply.send(hide(JSON.stringify(problem)));
  return problem;
}

function entryOf(request: FastifyRequest, reply: FastifyReply) {
  return {
    level: 'info' as const,
    message: 'request answered',
    requestId: request.id,
    method: request.method,
    route: request.routeOptions.url ?? 'none',
    status: reply.statusCode,
    durationMs: reply.elapsedTime,
  };
}
