// The router: classify, filter, score, reserve, execute, settle. Who calls is known to be who they say; everything else
// about a call to a model is decided and accounted for here, for every route in.
//
// Owns:       the health of deployments, the retry budget, where sessions are warm, the settlements that are open.
//             All of it is bounded and may be lost: what must not be lost is in the store.
// Invariants: RC1 nothing is sent before it is reserved, and nothing that was sent stays uncounted.
//             RC2 a call leaves one record, however it ends.

import { broken, ChoraleError } from '@chorale/lib-errors';
import { beginRun, demandsOf, saidDataClass } from './begin-run.ts';
import { cacheSaving } from './call-cost.ts';
import { endRun, type CallRun, type RouterState } from './call-run.ts';
import { carryAnswer } from './carry-answer.ts';
import { collectReply, replayReply } from './collect-reply.ts';
import type { ChatEvent, ChatReply } from './conversation.ts';
import { availabilityOf, failureShare, firstByteMs, type Availability } from './deployment-health.ts';
import { createHealthBook } from './health-book.ts';
import { askSimilar, keepReply, type KnownReply, replyFromCache, replyKept, similarReply } from './known-reply.ts';
import { createRetryBudget } from './retry-budget.ts';
import { openAnswer } from './open-answer.ts';
import { createPrepaidReservations } from './prepaid-reservations.ts';
import { callRunning } from './route-error.ts';
import type { RouteCall, RoutedCall, RouterPorts, RouterSettings, Shielded } from './router-ports.ts';
import { routerDefaults } from './router-ports.ts';
import { createSessionWarmth } from './session-warmth.ts';
import { createSettlements } from './settlements.ts';

export interface DeploymentStatus {
  readonly deploymentId: string;
  readonly availability: Availability;
  readonly inFlight: number;
  readonly firstByteMs: number;
  /** 0 to 1, of its tries lately. */
  readonly failing: number;
}

export interface ModelRouter {
  /**
   * Resolves at the first byte of an answer.
   *
   * @throws ChoraleError with a `RouteErrorCode`, `budget-exhausted`, and what the store and the privacy port throw.
   */
  routeCall(call: RouteCall): Promise<RoutedCall>;
  /** The same, read to its end; for a body in our own terms. */
  completeCall(call: RouteCall): Promise<ChatReply>;
  /** All deployments as they are seen now. */
  listStatus(): readonly DeploymentStatus[];
  /** Resolves when all settlements have reached the store, or were reported. */
  drain(): Promise<void>;
}

/** Bookkeeping over deployments that are no more, once for so many calls. */
const callsPerTidy = 1_000;

async function shieldCall(state: RouterState, call: RouteCall): Promise<Shielded | undefined> {
  const { privacy } = state.ports;
  if (privacy === undefined || call.body.form !== 'chat') return undefined;
  const dataClass = saidDataClass(call);
  return privacy.shield(call.body.request, { ...call.context, dataClass });
}

/** A call that failed before its first byte leaves a record too. */
function endUnanswered(run: CallRun, error: unknown): ChoraleError {
  const failure = error instanceof ChoraleError ? error : broken('internal', String(error), { cause: error });
  const charged = { cost: 0, tokens: 0 };
  const none = { deployment: undefined, usage: undefined, firstByteAt: undefined, assumed: false };
  endRun(run, { ...none, charged, failure });
  return failure;
}

/** The reader sees the end when a repeated call would find the reply. */
async function* keepAtEnd(
  events: AsyncIterable<ChatEvent>,
  keep: (reply: ChatReply) => Promise<void>,
  onKept: () => void,
): AsyncGenerator<ChatEvent> {
  try {
    for await (const event of events) {
      if (event.type === 'end') {
        await keep(event.reply);
        onKept();
      }
      yield event;
    }
  } finally {
    onKept();
  }
}

function routeKnown({ source, reply, finished }: KnownReply): RoutedCall {
  return { source, deployment: undefined, answer: { form: 'chat', events: replayReply(reply) }, finished };
}

/** `onKept`: the reply of a call that ended well can be found from now on, or never will be. */
async function askUpstream(state: RouterState, call: RouteCall, onKept: () => void): Promise<RoutedCall> {
  await state.settlements.room();
  const shielded = await shieldCall(state, call);
  const question = await askSimilar(state, call, shielded);
  const similar = question === undefined ? undefined : similarReply(state, call, question);
  if (similar !== undefined) return routeKnown(similar);
  const knowledge = await state.ports.knowledge.ofTenant(call.context.tenantId);
  const dataClass = shielded?.dataClass ?? saidDataClass(call);
  const run = beginRun(state, { call, demands: demandsOf(call), dataClass, shielded, knowledge });
  try {
    const opened = await openAnswer(run);
    const { answer, finished } = carryAnswer(run, opened);
    const routed = { source: 'upstream', deployment: opened.deployment, finished } as const;
    if (answer.form === 'bytes') return { ...routed, answer };
    const restored = shielded === undefined ? answer.events : shielded.restore(answer.events);
    const keep = (reply: ChatReply): Promise<void> => keepReply(state, call, { reply, question, finished });
    const events = keepAtEnd(restored, keep, onKept);
    return { ...routed, answer: { form: 'chat', events } };
  } catch (error) {
    throw endUnanswered(run, error);
  }
}

export function createModelRouter(ports: RouterPorts, settings: Partial<RouterSettings> = {}): ModelRouter {
  const settlements = createSettlements(ports);
  const state: RouterState = {
    ports,
    settings: { ...routerDefaults, ...settings },
    health: createHealthBook(),
    retries: createRetryBudget(),
    sessions: createSessionWarmth(cacheSaving),
    settlements,
    prepaid: createPrepaidReservations({ ...ports, settlements }),
  };
  /** Ids whose reply will be kept. */
  const running = new Set<string>();
  let calls = 0;

  async function routeOnce(call: RouteCall, onKept: () => void): Promise<RoutedCall> {
    const kept = (await replyKept(state, call)) ?? (await replyFromCache(state, call));
    if (kept === undefined) return askUpstream(state, call, onKept);
    return routeKnown(kept);
  }

  async function routeCall(call: RouteCall): Promise<RoutedCall> {
    if (++calls % callsPerTidy === 0) state.health.keepOnly(new Set(ports.fleet().deployments.map(({ id }) => id)));
    if (call.keepReply !== true) return routeOnce(call, () => undefined);
    const { tenantId, callId } = call.context;
    const key = `${tenantId} ${callId}`;
    if (running.has(key)) throw callRunning(callId);
    running.add(key);
    let isReleased = false;
    const release = (): void => {
      // Once: afterwards the id may be under way anew.
      if (!isReleased) running.delete(key);
      isReleased = true;
    };
    try {
      const routed = await routeOnce(call, release);
      const endsKept = routed.source === 'upstream' && routed.answer.form === 'chat';
      void routed.finished.then((record) => {
        if (!endsKept || record?.failure !== undefined) release();
      });
      return routed;
    } catch (error) {
      release();
      throw error;
    }
  }

  return {
    routeCall,
    completeCall: async (call) => collectReply((await routeCall(call)).answer),
    listStatus: () => {
      const now = ports.clock.now();
      return ports.fleet().deployments.map(({ id }) => {
        const health = state.health.read(id);
        return {
          deploymentId: id,
          availability: availabilityOf(health, now),
          inFlight: health.inFlight,
          firstByteMs: firstByteMs(health, now),
          failing: failureShare(health, now),
        };
      });
    },
    drain: async () => {
      state.prepaid.giveBack();
      await settlements.drain();
    },
  };
}
