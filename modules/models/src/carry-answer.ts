// Carries an answer that has begun to its reader, meters it on the way and ends the call once: at its end, when it
// breaks, when its reader goes away, when its time is over.
//
// Invariants: CA1 what was sent is charged however the answer ends: as metered, else as estimated.
//             CA2 the call is settled before the reader is given the last event, and does not wait for the store.

import { ChoraleError } from '@chorale/lib-errors';
import { costOfUsage, outputTokensMost } from './call-cost.ts';
import { endRun, type CallRun } from './call-run.ts';
import type { ChatEvent, Usage } from './conversation.ts';
import type { ModelCallRecord } from './model-call.ts';
import { answerBroken, callCutOff } from './route-error.ts';
import type { OpenedTry } from './try-deployment.ts';
import { UpstreamFailure, type UpstreamAnswer } from './upstream.ts';

export interface CarriedAnswer {
  readonly answer: UpstreamAnswer;
  readonly finished: Promise<ModelCallRecord>;
}

/** Of an answer that was cut off without a count: dense text, so that too little is not charged. */
const charactersPerToken = 2;
const bytesPerToken = 4;

/** What has gone by so far. */
interface Meter {
  /** As the provider counted, as far as it has said so. */
  usage: Usage | undefined;
  /** Our own estimate of what has come. */
  outputTokens: number;
}

const isCount = (usage: Usage | undefined): usage is Usage =>
  usage !== undefined && usage.inputTokens + usage.outputTokens > 0;

function chargeOf(run: CallRun, opened: OpenedTry, meter: Meter) {
  const { prices } = opened.deployment;
  const { demands } = run;
  const metered = isCount(meter.usage);
  const usage: Usage = isCount(meter.usage)
    ? meter.usage
    : {
        inputTokens: demands.inputTokensMost,
        outputTokens: Math.min(Math.ceil(meter.outputTokens), outputTokensMost(opened.deployment, demands)),
        cachedInputTokens: 0,
        cacheWriteTokens: 0,
        reasoningTokens: 0,
      };
  const cost = prices === undefined ? 0 : costOfUsage(prices, usage);
  return { charged: { cost, tokens: usage.inputTokens + usage.outputTokens }, assumed: !metered };
}

/** Ends the call; what comes after the first time is ignored. */
type Finish = (end: {
  readonly failure?: UpstreamFailure;
  readonly cutOff?: 'deadline' | 'caller';
}) => ChoraleError | undefined;

function makeFinish(
  run: CallRun,
  opened: OpenedTry,
  meter: Meter,
): { finish: Finish; finished: Promise<ModelCallRecord> } {
  const { health, sessions, ports } = run.state;
  const { deployment, ticket, firstByteAt } = opened;
  let resolve: (record: ModelCallRecord) => void = () => undefined;
  const finished = new Promise<ModelCallRecord>((done) => {
    resolve = done;
  });
  let isOver = false;
  const finish: Finish = ({ failure, cutOff }) => {
    if (isOver) return undefined;
    isOver = true;
    const now = ports.clock.now();
    const { tenantId, session } = run.call.context;
    const { demands } = run;
    run.underWay.delete(deployment);
    const usage = isCount(meter.usage) ? meter.usage : undefined;
    if (failure !== undefined)
      health.failed(ticket, { kind: failure.kind, retryAfterMs: failure.retryAfterMs, at: now, tenantId, demands });
    health.ended(ticket, { tokens: usage?.outputTokens ?? 0, tookMs: now - firstByteAt });
    if (usage !== undefined && failure === undefined) sessions.note(tenantId, session, { deployment, usage, at: now });
    const error = failure === undefined ? cutOff && callCutOff(cutOff) : answerBroken(deployment.id, failure);
    const why = failure ?? (cutOff && new UpstreamFailure('cancelled', 'the answer was not read to its end'));
    run.tries.push({
      deploymentId: deployment.id,
      startedAt: ticket.startedAt,
      firstByteAt,
      endedAt: now,
      ...(why === undefined
        ? {}
        : {
            failure: {
              kind: why.kind,
              ...(why.status === undefined ? {} : { status: why.status }),
              message: why.message,
            },
          }),
    });
    resolve(endRun(run, { deployment, usage, firstByteAt, failure: error, ...chargeOf(run, opened, meter) }));
    if (error !== undefined) opened.cancel.cancel();
    opened.cancel.release();
    return error;
  };
  return { finish, finished };
}

const endless = new UpstreamFailure('malformed', 'it ended without its last event');

function toFailure(error: unknown): UpstreamFailure {
  return error instanceof UpstreamFailure
    ? error
    : new UpstreamFailure('malformed', 'its answer could not be read', { cause: error });
}

interface Carrying<Piece> {
  readonly run: CallRun;
  readonly finish: Finish;
  readonly see: (piece: Piece) => void;
  /** What it means that the pieces came to an end. */
  readonly atEnd: Parameters<Finish>[0];
}

async function* carry<Piece>(
  pieces: AsyncIterable<Piece>,
  { run, finish, see, atEnd }: Carrying<Piece>,
): AsyncGenerator<Piece> {
  const cutOff = (): 'deadline' | 'caller' => (run.state.ports.clock.now() >= run.endsAt ? 'deadline' : 'caller');
  try {
    for await (const piece of pieces) {
      see(piece);
      yield piece;
    }
    const error = finish(atEnd);
    if (error !== undefined) throw error;
  } catch (error) {
    if (run.cancel.signal.aborted) {
      finish({ cutOff: cutOff() });
      throw callCutOff(cutOff());
    }
    if (error instanceof ChoraleError) throw error;
    // Undefined after the last event: the answer is whole, and how its connection ended does not matter.
    const broke = finish({ failure: toFailure(error) });
    if (broke !== undefined) throw broke;
  } finally {
    // Reached without an end when the reader returned early.
    finish({ cutOff: cutOff() });
  }
}

function sizeOf(event: ChatEvent): number {
  switch (event.type) {
    case 'text':
    case 'refusal':
    case 'reasoning':
    case 'tool-call-arguments':
      return event.delta.length;
    case 'tool-call-start':
      return event.name.length;
    case 'tool-call-end':
    case 'end':
      return 0;
  }
}

export function carryAnswer(run: CallRun, opened: OpenedTry): CarriedAnswer {
  const meter: Meter = { usage: undefined, outputTokens: 0 };
  const { finish, finished } = makeFinish(run, opened, meter);
  const { answer } = opened;
  const onCutOff = (): void => {
    if (answer.form === 'bytes') meter.usage = answer.metered().usage;
    finish({ cutOff: run.state.ports.clock.now() >= run.endsAt ? 'deadline' : 'caller' });
  };
  // Also for a reader who never begins to read.
  if (run.cancel.signal.aborted) onCutOff();
  else run.cancel.signal.addEventListener('abort', onCutOff);
  if (answer.form === 'chat') {
    const see = (event: ChatEvent): void => {
      meter.outputTokens += sizeOf(event) / charactersPerToken;
      if (event.type !== 'end') return;
      meter.usage = event.reply.usage;
      finish({});
    };
    const events = carry(answer.events, { run, finish, see, atEnd: { failure: endless } });
    return { answer: { form: 'chat', events }, finished };
  }
  const finishMetered: Finish = (end) => {
    meter.usage = answer.metered().usage;
    return finish(end);
  };
  const see = (chunk: Uint8Array): void => {
    meter.outputTokens += chunk.length / bytesPerToken;
  };
  const bytes = carry(answer.bytes, { run, finish: finishMetered, see, atEnd: {} });
  return { answer: { ...answer, bytes, metered: () => answer.metered() }, finished };
}
