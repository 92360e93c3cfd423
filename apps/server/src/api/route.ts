// One route: what it takes, what it answers, and what it does. The same schemas check requests and describe the API.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { refused } from '@chorale/lib-errors';
import type { z } from 'zod';
import { lag, sayWritten } from './lagging-reads.ts';
import { actBy } from '../audit/act-by.ts';
import type { RecordedAct } from '../audit/audit-recorder.ts';
import { type LoadAdmission, loadClasses } from './admit-load.ts';
import { admit, scopeOf, type Caller, type Permit } from './caller.ts';
import type { DefinitionCache } from './definition-cache.ts';
import type { EventStreams } from './event-streams.ts';
import { limitStore } from './limit-store.ts';
import type { GoalReads } from './goal-reads.ts';
import type { GuardedArtifacts } from './guard-artifacts.ts';
import type { GuardedStore } from './guard-store.ts';
import { keepTime } from './keep-time.ts';
import { invalidRequest } from './problem.ts';
import { type Serialise, serialiserOf } from './serialise.ts';
import type { ApiServices } from './services.ts';
import { type Part, Validator } from './validate.ts';

/** What every handler may use. */
export interface ApiContext {
  readonly services: ApiServices;
  readonly streams: EventStreams;
  readonly definitions: DefinitionCache;
  readonly goalReads: GoalReads;
  /** What this process takes on. */
  readonly load: Pick<LoadAdmission, 'learn' | 'state' | 'isShort'>;
  /** Until when the database is not asked. */
  readonly storeGuard: GuardedStore['breaker'];
  /** What is asked of the store of files. */
  readonly artifactGuard: GuardedArtifacts['bulkhead'];
  /** Tests hold every answer against the schema that describes it. */
  readonly onAnswer?: (route: Route, answer: Answer) => void;
}

type OutputOf<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

export interface Input<Path, Query, Headers, Body> {
  readonly path: OutputOf<Path>;
  readonly query: OutputOf<Query>;
  readonly headers: OutputOf<Headers>;
  readonly body: OutputOf<Body>;
  /** Everything is read and changed in their tenant. */
  readonly caller: Caller;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export interface Answer {
  readonly status: number;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: unknown;
  /** The body as it is sent, where it was written before; `body` is then what it says. */
  readonly text?: string;
}

export interface ResponseDescription {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** Default `application/json` where there is a schema. */
  readonly mediaType?: string;
  readonly headers?: { readonly [name: string]: string };
}

export type Tag =
  | 'goals'
  | 'plans'
  | 'tasks'
  | 'events'
  | 'artifacts'
  | 'approvals'
  | 'catalogue'
  | 'schedules'
  | 'messages'
  | 'models'
  | 'memory'
  | 'audit'
  | 'secrets'
  | 'account'
  | 'installation';

export interface Route<Path = unknown, Query = unknown, Headers = unknown, Body = unknown> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** As OpenAPI writes it: `/v1/goals/{goalId}`. At its end `{+file}` may stand for several parts, as in RFC 6570. */
  readonly address: string;
  readonly operation: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag: Tag;
  /** What its caller must be permitted; decided before anything of the body is read. */
  readonly permit: Permit;
  /**
   * It is about things of projects. Who may do it in some of them alone is let in, and has a store with those alone; nobody
   * else is, unless they may do it in the whole tenant.
   */
  readonly inProjects?: true;
  /** It only reads goals, and may show what is a little old: it goes to a copy of the database where there is one. */
  readonly mayLag?: true;
  readonly path?: Path;
  readonly query?: Query;
  /** Names in lower case; headers that are not named here are none of the route's business. */
  readonly headers?: Headers;
  readonly body?: Body;
  /** Where it takes more than other routes do. */
  readonly bodySizeBytesMax?: number;
  /** A missing body is read as `{}`. */
  readonly bodyOptional?: boolean;
  readonly responses: { readonly [status: number]: ResponseDescription };
  /** Codes of refusals worth describing, besides those any route may give. */
  readonly refusals?: readonly string[];
  /**
   * What the log says of it, for what changes what others may do or see: the operation that is permitted, on this. It is in
   * the log before the handler begins; how it ended follows.
   */
  readonly audit?: (input: Input<Path, Query, Headers, Body>) => Pick<RecordedAct, 'on' | 'detail' | 'personal'>;
  /**
   * Of what is no reading and has no `audit`: who writes down that it was done. `itself`: what it calls, in the audit log. `work`:
   * what is worked on, in the events of the goal, in the mailbox or in the history of the memory. `none`: nothing is
   * changed; it asks, with a body.
   */
  readonly record?: 'itself' | 'work' | 'none';
  /** `taken-over` when the handler writes to the connection itself. */
  readonly handle: (input: Input<Path, Query, Headers, Body>, context: ApiContext) => Promise<Answer | 'taken-over'>;
}

/** Only so that the handler's parameter types follow from the schemas. */
export function defineRoute<Path, Query, Headers, Body>(route: Route<Path, Query, Headers, Body>): Route {
  // What was checked against the schemas is what the handler takes, although the compiler cannot follow it there.
  return route;
}

export function registerRoute(api: FastifyInstance, route: Route, context: ApiContext): void {
  const read = createReader(route);
  const write = createWriter(route);
  const endsWithIt = (route.method === 'GET' || route.record === 'none') && !loadClasses.held.has(route.operation);
  api.route({
    method: route.method,
    config: { operation: route.operation },
    url: route.address.replaceAll(/\{(\w+)\}/g, ':$1').replace(/\{\+\w+\}$/, '*'),
    exposeHeadRoute: route.method === 'GET',
    ...(route.bodySizeBytesMax === undefined ? {} : { bodyLimit: route.bodySizeBytesMax }),
    onRequest: async (request) => {
      request.caller = await admit(context.services.access, request, route);
      if (route.permit !== 'public') context.load.learn(request, request.caller);
    },
    handler: async (request, reply) => {
      const input = { ...read(request), caller: request.caller, request, reply };
      const answer = await keepTime({ request, reply, endsWithIt }, () =>
        handleAudited(route, input, within(route, input.caller, lag(route, request, context))),
      );
      if (answer === 'taken-over') return reply;
      context.onAnswer?.(route, answer);
      reply.code(answer.status);
      if (answer.headers !== undefined) reply.headers(answer.headers);
      if (route.method !== 'GET') sayWritten(reply, context);
      return reply.send(write(answer, reply));
    },
  });
}

/** Gives JSON as text, and everything else as it is. */
function createWriter(route: Route): (answer: Answer, reply: FastifyReply) => unknown {
  const serialisers: Record<number, Serialise> = {};
  for (const [status, { schema, mediaType }] of Object.entries(route.responses))
    if (schema !== undefined && mediaType === undefined) serialisers[Number(status)] = serialiserOf(schema);
  return ({ status, body, text }, reply) => {
    const serialise = serialisers[status];
    if (serialise === undefined || body === undefined || reply.hasHeader('content-type')) return body;
    reply.header('content-type', jsonMediaType);
    return text ?? serialise(body);
  };
}

const jsonMediaType = 'application/json; charset=utf-8';

/** What the route is done with: for who is not let in everywhere, a store that shows what they reach and nothing else. */
function within(route: Route, caller: Caller, context: ApiContext): ApiContext {
  if (route.inProjects !== true || route.permit === 'public') return context;
  const { services } = context;
  const scope = scopeOf(services.access, caller, route.permit);
  if (scope === undefined) return context;
  return { ...context, services: { ...services, store: limitStore(services.store, scope) } };
}

function handleAudited(
  route: Route,
  input: Input<unknown, unknown, unknown, unknown>,
  context: ApiContext,
): ReturnType<Route['handle']> {
  if (route.audit === undefined) return route.handle(input, context);
  const act = { ...actBy(input), what: route.permit, ...route.audit(input) };
  return context.services.audit.recordChange(act, () => route.handle(input, context));
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before a route's handler is asked; nobody where none asks. */
    caller: Caller;
  }
}

type Read = Omit<Input<unknown, unknown, unknown, unknown>, 'caller' | 'request' | 'reply'>;

function createReader(route: Route): (request: FastifyRequest) => Read {
  const validators: Partial<Record<Part, Validator<z.ZodType>>> = {};
  const parts = { path: route.path, query: route.query, header: route.headers, body: route.body };
  for (const [part, schema] of Object.entries(parts)) {
    if (schema !== undefined) validators[part as Part] = new Validator(schema as z.ZodType, part as Part);
  }
  const rest = /\{\+(\w+)\}$/.exec(route.address)?.[1];
  const pathOf = ({ '*': tail, ...params }: Record<string, string>): object =>
    rest === undefined ? params : { ...params, [rest]: tail };
  const headerNames = Object.keys((route.headers as z.ZodObject | undefined)?.shape ?? {});
  return (request) => {
    const given: Record<Part, unknown> = {
      path: pathOf(request.params as Record<string, string>),
      query: { ...(request.query as object) },
      header: Object.fromEntries(
        headerNames.flatMap((name) => (name in request.headers ? [[name, request.headers[name]]] : [])),
      ),
      body: request.body === undefined && route.bodyOptional === true ? {} : request.body,
    };
    if (route.body !== undefined && given.body === undefined) {
      throw refused('body-missing', 'this route needs a JSON body', { action: 'send what /openapi.json describes' });
    }
    const read: Partial<Record<Part, unknown>> = {};
    const issues = [];
    for (const part of ['path', 'query', 'header', 'body'] as const) {
      const validator = validators[part];
      if (validator === undefined) {
        if (part === 'query' && Object.keys(given.query as object).length > 0)
          issues.push(...noQuery(given.query as object));
        continue;
      }
      const checked = validator.check(given[part]);
      if (checked.issues === undefined) read[part] = checked.value;
      else issues.push(...checked.issues);
    }
    if (issues.length > 0) throw invalidRequest(issues);
    return {
      path: read.path as undefined,
      query: read.query as undefined,
      headers: read.header as undefined,
      body: read.body as undefined,
    };
  };
}

function noQuery(query: object): { readonly at: string; readonly message: string }[] {
  return Object.keys(query)
    .slice(0, 20)
    .map((key) => ({ at: `query.${key.slice(0, 64)}`, message: 'is not known; this route takes none' }));
}
