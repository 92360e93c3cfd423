// An answer that breaks off goes on elsewhere, where its caller asked for that: another deployment is shown what came so
// far as the assistant's own words and is asked to go on from there. Each part is a call of its own, with its own record.
//
// Invariants: CN1 nothing that was delivered is delivered again or taken back.
//             CN2 what cannot go on is the typed error that it is without this: half of a call or of a structured answer.

import { ChoraleError } from '@chorale/lib-errors';
import type { ChatEvent, ChatReply, ChatRequest } from './conversation.ts';
import { resolveNames, type Fleet } from './fleet.ts';
import type { ModelCallId } from './model-call.ts';
import type { RouteCall, RoutedCall } from './router-ports.ts';

export interface ContinuingWorld {
  readonly routeCall: (call: RouteCall) => Promise<RoutedCall>;
  readonly fleet: () => Fleet;
  readonly newCallId: () => ModelCallId;
}

/** How often one answer goes on. */
const continuationsMax = 3;

const goOn =
  'Your answer was cut off. Go on exactly where it stopped, with the next word; do not begin again and do not comment on it.';

/** What came so far of one answer. */
interface SoFar {
  text: string;
  /** Something came that nobody else can go on with. */
  isBound: boolean;
}

/** A body in our own terms; others are routed as ever. @throws what the first call throws. */
export async function routeContinued(world: ContinuingWorld, call: RouteCall): Promise<RoutedCall> {
  const routed = await world.routeCall(call);
  if (call.body.form !== 'chat' || routed.answer.form !== 'chat') return routed;
  const events = continuedEvents(world, call, routed);
  return { ...routed, answer: { form: 'chat', events } };
}

async function* continuedEvents(world: ContinuingWorld, call: RouteCall, first: RoutedCall): AsyncGenerator<ChatEvent> {
  const soFar: SoFar = { text: '', isBound: call.body.form !== 'chat' || call.body.request.output !== undefined };
  const broken: string[] = [];
  let routed = first;
  for (;;) {
    const before = soFar.text;
    try {
      if (routed.answer.form !== 'chat') return;
      for await (const event of routed.answer.events) {
        note(soFar, event);
        yield event.type === 'end' ? { type: 'end', reply: withPrefix(before, event.reply) } : event;
      }
      return;
    } catch (error) {
      if (routed.deployment !== undefined) broken.push(routed.deployment.id);
      const next = canGoOn(error, soFar, broken) ? nextCall(world, call, { text: soFar.text, broken }) : undefined;
      if (next === undefined || call.signal.aborted) throw error;
      // Where nobody else can be asked, the break is what the caller is told of.
      routed = await world.routeCall(next).catch(() => {
        throw error;
      });
    }
  }
}

function note(soFar: SoFar, event: ChatEvent): void {
  if (event.type === 'text') soFar.text += event.delta;
  else if (event.type !== 'reasoning' && event.type !== 'end') soFar.isBound = true;
}

function canGoOn(error: unknown, { isBound }: SoFar, broken: readonly string[]): boolean {
  const isBreak = error instanceof ChoraleError && error.code === 'answer-broken' && error.family === 'temporary';
  return isBreak && !isBound && broken.length <= continuationsMax;
}

interface Cut {
  readonly text: string;
  readonly broken: readonly string[];
}

/** Undefined when no other deployment has a name that was asked for. */
function nextCall(
  { fleet, newCallId }: ContinuingWorld,
  call: RouteCall,
  { text, broken }: Cut,
): RouteCall | undefined {
  if (call.body.form !== 'chat') return undefined;
  const { deployments } = fleet();
  const asked = call.context.models.length === 0 ? undefined : resolveNames(fleet(), call.context.models);
  const others = deployments.filter(({ id }) => !broken.includes(id) && (asked === undefined || asked.has(id)));
  if (others.length === 0) return undefined;
  const places = (id: string): number => asked?.get(id) ?? 0;
  const models = others.map(({ id }) => id).toSorted((left, right) => places(left) - places(right));
  const request = text === '' ? call.body.request : continuing(call.body.request, text);
  return {
    ...call,
    context: { ...call.context, callId: newCallId(), models },
    body: { form: 'chat', request },
  };
}

function continuing(request: ChatRequest, text: string): ChatRequest {
  return {
    ...request,
    messages: [
      ...request.messages,
      { role: 'assistant', parts: [{ type: 'text', text }] },
      { role: 'user', parts: [{ type: 'text', text: goOn }] },
    ],
  };
}

/** The reply as a whole: one text, whoever said which part of it. Usage is that of the last call: others have records. */
function withPrefix(text: string, reply: ChatReply): ChatReply {
  if (text === '') return reply;
  const first = reply.parts.findIndex((part) => part.type === 'text');
  const parts =
    first === -1
      ? [{ type: 'text' as const, text }, ...reply.parts]
      : reply.parts.map((part, at) =>
          at === first && part.type === 'text' ? { ...part, text: text + part.text } : part,
        );
  return { ...reply, parts };
}
