// What a process takes on at once: before who asks is looked up and before anything is read of a request, it begins, waits for a
// moment, or is told to come again. A refusal costs a tenth of a read, so that a process which is asked for three times what it
// can do still does nearly all it can.
//
// Owns:       the admission of this process. Does not own what requests may do, or how often somebody may ask.
// Invariants: AL1 health, and what stops agents and goals, is never refused.
//             AL2 whose turn it is goes by the tenant, as it was found when the same key or session was let in last; all who were
//                 not let in yet share one turn.
//             AL3 who is gone, or has no time left, is not begun with.
import { hash, randomBytes } from 'node:crypto';
import { temporary } from '@chorale/lib-errors';
import { Admission, type AdmissionLimits, type AdmissionState, type LoadClass } from '@chorale/module-access';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from './caller.ts';
import { problemMediaType, toProblem } from './problem.ts';

export const admissionDefault: AdmissionLimits = { atOnce: 64, waiting: 512, waitMs: 1_000 };

/** What is let in whatever happens, by the name of its operation: it tells how things are, or stops them. */
const vital: ReadonlySet<string> = new Set(['checkHealth', 'checkReadiness', 'stopAgents', 'cancelGoal', 'getTenant']);

/** What waits by itself, or is carried on for minutes: it has bounds of its own. */
const held: ReadonlySet<string> = new Set([
  'followGoal',
  'followText',
  'followChanges',
  'awaitAnswer',
  'takeMessages',
  'openArtifact',
  'exportTenant',
  'exportMemory',
  'exportAuditLog',
  'importMemory',
  'importAgentState',
  'testDeployment',
  'probeDeployments',
  'summariseMemory',
]);
/** Calls of models last as long as models do. */
const heldAddress = '/openai/';

/** What people can do without for a moment. */
const costly: ReadonlySet<string> = new Set([
  'explainGoal',
  'searchMemory',
  'verifyAuditLog',
  'explainAccess',
  'memoryStats',
  'getModelLearning',
  'validateWorkflow',
]);

export const loadClasses = { vital, held, costly };

const retryAfterMs = 1_000;
const sweepMs = 20;
/** Keys and sessions whose tenant is remembered. */
const knownMax = 10_000;
/** Refusals a second of which each is told at once. */
const refusalsAtOnce = 200;
/** Beyond, a refusal is told so much later: who asks again the moment it is refused would else keep the process busy with that. */
const heldBackMs = 200;
const heldBackMax = 2_000;

export interface LoadAdmission {
  /** A hook for `onRequest`, the first of all. */
  readonly hook: (request: FastifyRequest, reply: FastifyReply, done: () => void) => void;
  /** Once it is known who asked. */
  readonly learn: (request: FastifyRequest, caller: Caller) => void;
  readonly state: () => AdmissionState;
  readonly close: () => void;
}

export interface LoadOptions {
  readonly limits?: AdmissionLimits;
  /** What every answer carries. */
  readonly headers: Readonly<Record<string, string>>;
}

export function admitLoad({ limits = admissionDefault, headers }: LoadOptions): LoadAdmission {
  const now = (): number => performance.now();
  const admission = new Admission(limits, now);
  const tenants = rememberTenants();
  const tell = paceRefusals(now);
  const sweeping = setInterval(() => admission.sweep(), sweepMs).unref();
  return {
    hook(request, reply, done) {
      const load = classOf(request);
      if (load === undefined) return done();
      const waitMs = timeOf(request);
      const leave = admission.enter({
        tenant: tenants.of(request),
        load,
        ...(waitMs === undefined ? {} : { waitMs }),
        begin: done,
        refuse: (why) => tell(() => refuse(request, reply, { why, headers })),
      });
      reply.raw.once('close', leave);
    },
    learn: (request, { tenantId }) => tenants.learn(request, tenantId),
    state: () => admission.state,
    close: () => clearInterval(sweeping),
  };
}

/** Undefined: not counted. */
function classOf({ method, url, routeOptions }: FastifyRequest): LoadClass | undefined {
  const { operation } = routeOptions.config;
  if (operation !== undefined) {
    if (vital.has(operation) || held.has(operation)) return undefined;
    if (costly.has(operation)) return 'costly';
  } else if (url.startsWith(heldAddress)) return undefined;
  return method === 'GET' || method === 'HEAD' ? 'read' : 'change';
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Of the description of the API. */
    operation?: string;
  }
}

/** How long whoever asks will wait for the answer, in milliseconds. */
export function timeOf({ headers }: Pick<FastifyRequest, 'headers'>): number | undefined {
  const given = headers['x-request-timeout'];
  return typeof given === 'string' && /^\d{1,7}$/.test(given) ? Number(given) : undefined;
}

/** By a hash with a secret of this process: keys are not kept. */
function rememberTenants(): {
  readonly of: (request: FastifyRequest) => string;
  readonly learn: (request: FastifyRequest, tenantId: string) => void;
} {
  const secret = randomBytes(16).toString('base64');
  const known = new Map<string, string>();
  const shownBy = new WeakMap<FastifyRequest, string>();
  return {
    of(request) {
      const shown = request.headers.authorization ?? request.headers.cookie;
      if (shown === undefined) return '';
      const name = hash('sha256', `${secret}${shown}`, 'base64');
      shownBy.set(request, name);
      return known.get(name) ?? '';
    },
    learn(request, tenantId) {
      const name = shownBy.get(request);
      if (name === undefined || known.get(name) === tenantId) return;
      if (known.size >= knownMax) known.clear();
      known.set(name, tenantId);
    },
  };
}

function paceRefusals(now: () => number): (tell: () => void) => void {
  let [second, told, waiting] = [0, 0, 0];
  return (tell) => {
    const current = Math.floor(now() / 1_000);
    if (current !== second) [second, told] = [current, 0];
    told += 1;
    if (told <= refusalsAtOnce || waiting >= heldBackMax) return tell();
    waiting += 1;
    setTimeout(() => {
      waiting -= 1;
      tell();
    }, heldBackMs);
  };
}

const reasons = {
  full: 'more is asked of this process than it can do now',
  late: 'its turn did not come in time',
  costly: 'this is not done while others wait',
} as const;

interface Refusing {
  readonly why: keyof typeof reasons;
  readonly headers: LoadOptions['headers'];
}

/** Past everything that answers usually do: there are many of these when there is no time. */
function refuse(request: FastifyRequest, reply: FastifyReply, { why, headers }: Refusing): void {
  if (reply.raw.destroyed || reply.raw.headersSent) return;
  const error = temporary('overloaded', reasons[why], {
    action: 'ask again when Retry-After has passed',
    retryAfterMs,
  });
  const text = JSON.stringify(toProblem(error, request.id));
  const more: Record<string, string> = {
    'content-type': problemMediaType,
    'content-length': String(Buffer.byteLength(text)),
    'retry-after': String(Math.ceil(retryAfterMs / 1_000)),
    'x-request-id': request.id,
  };
  reply.hijack();
  reply.raw.writeHead(503, { ...headers, ...more });
  reply.raw.end(request.method === 'HEAD' ? undefined : text);
}
