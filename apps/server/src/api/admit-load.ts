// What a process takes on at once: before who asks is looked up and before anything is read of a request, it begins, waits for a
// moment, or is told to come again. A refusal costs about an eighth of a list; told at once, many of them would still take most of
// the time, so that beyond a few they are told late, in rounds.
//
// Owns:       the admission of this process. Does not own what requests may do, or how often somebody may ask.
// Invariants: AL1 health, and what stops agents and goals, is never refused.
//             AL2 whose turn it is goes by the tenant, as it was found when the same key or session was let in last; all who were
//                 not let in yet share one turn.
//             AL3 who is gone, or has no time left, is not begun with.
//             AL4 who sends or reads slowly keeps no place meanwhile: while the rest of a request is on its way, and when its
//                 answer is on its way, others are worked on.
import { hash, randomBytes } from 'node:crypto';
import { temporary } from '@chorale/lib-errors';
import { Admission, type AdmissionLimits, type AdmissionState, type LoadClass } from '@chorale/module-access';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from './caller.ts';
import { problemMediaType, toProblem } from './problem.ts';

export const admissionDefault: AdmissionLimits = { atOnce: 64, waiting: 256, waitMs: 1_000 };

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
  'openLinkedArtifact',
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
const heldBackMs = 400;
const heldBackMax = 4_000;
const roundMs = 50;

type Hook = (request: FastifyRequest, reply: FastifyReply, done: () => void) => void;

export interface LoadAdmission {
  /** With the first of all hooks. Who has not sent everything when they are known gives the place back, and has another turn. */
  readonly watch: (api: FastifyInstance) => void;
  /** Once it is known who asked. */
  readonly learn: (request: FastifyRequest, caller: Caller) => void;
  readonly state: () => AdmissionState;
  /** There is no time for what nobody waits for. */
  readonly isShort: () => boolean;
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
  const refusals = paceRefusals(now);
  const refuse = createRefusals(headers);
  const sweeping = setInterval(() => admission.sweep(), sweepMs).unref();
  const places = new WeakMap<FastifyRequest, () => void>();
  const aside = new WeakSet<FastifyRequest>();
  const leave = (request: FastifyRequest): void => places.get(request)?.();
  const enter: Hook = (request, reply, done) => {
    const load = classOf(request);
    if (load === undefined) return done();
    const waitMs = timeOf(request);
    const place = admission.enter({
      tenant: tenants.of(request),
      load,
      ...(waitMs === undefined ? {} : { waitMs }),
      begin: done,
      refuse: (why) => refusals.tell(() => refuse(request, reply, why)),
    });
    places.set(request, place);
    reply.raw.once('close', place);
  };
  return {
    watch(api) {
      api.addHook('onRequest', enter);
      api.addHook('preParsing', async (request) => {
        if (!places.has(request) || request.raw.complete) return;
        leave(request);
        aside.add(request);
      });
      api.addHook('preValidation', (request, reply, done) =>
        aside.delete(request) ? enter(request, reply, done) : done(),
      );
      api.addHook('onSend', async (request) => leave(request));
    },
    learn: (request, { tenantId }) => tenants.learn(request, tenantId),
    state: () => admission.state,
    isShort: () => admission.isShort,
    close() {
      clearInterval(sweeping);
      refusals.close();
    },
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

interface Refusals {
  readonly tell: (refusal: () => void) => void;
  readonly close: () => void;
}

/** A few are told at once; where there are many, in rounds. */
function paceRefusals(now: () => number): Refusals {
  let [second, told] = [0, 0];
  let heldBack: { readonly at: number; readonly refusal: () => void }[] = [];
  const rounds = setInterval(() => {
    if (heldBack.length === 0) return;
    const due = now() - heldBackMs;
    const first = heldBack.findIndex(({ at }) => at > due);
    const over = first < 0 ? heldBack : heldBack.slice(0, first);
    heldBack = first < 0 ? [] : heldBack.slice(first);
    for (const { refusal } of over) refusal();
  }, roundMs).unref();
  return {
    tell(refusal) {
      const at = now();
      const current = Math.floor(at / 1_000);
      if (current !== second) [second, told] = [current, 0];
      told += 1;
      if (told <= refusalsAtOnce || heldBack.length >= heldBackMax) refusal();
      else heldBack.push({ at, refusal });
    },
    close() {
      clearInterval(rounds);
      for (const { refusal } of heldBack.splice(0)) refusal();
    },
  };
}

const reasons = {
  full: 'more is asked of this process than it can do now',
  late: 'its turn did not come in time',
  costly: 'this is not done while others wait',
} as const;

type Refuse = (request: FastifyRequest, reply: FastifyReply, why: keyof typeof reasons) => void;

/** Written beforehand, and past everything that answers usually do: there are many of these when there is no time. */
function createRefusals(headers: LoadOptions['headers']): Refuse {
  const place = 'the id of the request';
  const textOf = (why: keyof typeof reasons): readonly string[] => {
    const error = temporary('overloaded', reasons[why], {
      action: 'ask again when Retry-After has passed',
      retryAfterMs,
    });
    return JSON.stringify(toProblem(error, place)).split(place);
  };
  const texts = { full: textOf('full'), late: textOf('late'), costly: textOf('costly') };
  const always = Object.entries({
    ...headers,
    'content-type': problemMediaType,
    'retry-after': String(Math.ceil(retryAfterMs / 1_000)),
  }).flat();
  return (request, reply, why) => {
    if (reply.raw.destroyed || reply.raw.headersSent) return;
    const text = texts[why].join(request.id);
    reply.hijack();
    reply.raw.writeHead(503, [...always, 'content-length', String(text.length), 'x-request-id', request.id]);
    if (request.method === 'HEAD') reply.raw.end();
    else reply.raw.end(text, 'latin1');
  };
}
