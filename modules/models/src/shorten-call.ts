// A conversation that is too long for every model that may answer it is made shorter, where its caller asked for that: the
// oldest turns are said in few words, by one of these models, in a call of its own with its own record.
//
// Invariants: SC1 what fits somewhere is sent as it is. SC2 what cannot be summarised is left out, and said to be missing.

import { collectReply } from './collect-reply.ts';
import type { ChatRequest, Message } from './conversation.ts';
import { estimateRequestTokens } from './estimate-tokens.ts';
import { fitHistory } from './fit-history.ts';
import { resolveNames, type Fleet } from './fleet.ts';
import type { ModelCallId } from './model-call.ts';
import type { RouteCall, RoutedCall } from './router-ports.ts';

export interface ShorteningWorld {
  readonly routeCall: (call: RouteCall) => Promise<RoutedCall>;
  readonly fleet: () => Fleet;
  readonly newCallId: () => ModelCallId;
}

/** Room for an answer whose length nobody limited. */
const answerShare = 0.15;
/** Estimates err. */
const windowShare = 0.95;
const charactersPerToken = 3;

const instructions =
  'Summarise this part of a conversation for whoever goes on with it: what was asked, found, decided and left open, with names and numbers. Give the summary alone.';

/** A body in our own terms; others are routed as ever. @throws refused `context-too-long` when what must stay does not fit. */
export async function routeShortened(world: ShorteningWorld, call: RouteCall): Promise<RoutedCall> {
  const { body } = call;
  const window = largestWindow(world.fleet(), call);
  if (body.form !== 'chat' || window === 0) return world.routeCall(call);
  const { request } = body;
  const tokens = tokensOf(request) + (request.outputTokensMax ?? 0);
  if (tokens <= window) return world.routeCall(call);
  const answer = request.outputTokensMax ?? window * answerShare;
  const tokensMax = Math.floor(window * windowShare - answer - tokensOf({ ...request, messages: [] }));
  const countTokens = (message: Message): number => tokensOf({ messages: [message] });
  const summarise = (cut: readonly Message[], most: number): Promise<string> =>
    summariseBy(world, call, { cut, most, window });
  const { messages } = await fitHistory(request.messages, { tokensMax, countTokens, summarise });
  return world.routeCall({ ...call, body: { ...body, request: { ...request, messages } } });
}

const tokensOf = (request: ChatRequest): number => estimateRequestTokens(request).expected;

/** Of the deployments that the call and its key name. */
function largestWindow(fleet: Fleet, { context, key }: RouteCall): number {
  const lists = [context.models, key?.models ?? []].filter((names) => names.length > 0);
  const named = lists.map((names) => resolveNames(fleet, names));
  const mine = fleet.deployments.filter(({ id }) => named.every((ids) => ids.has(id)));
  return Math.max(0, ...mine.map(({ contextTokens }) => contextTokens));
}

interface Cut {
  readonly cut: readonly Message[];
  readonly most: number;
  readonly window: number;
}

/** Nothing when no model can: what is missing is then only noted. */
async function summariseBy(world: ShorteningWorld, call: RouteCall, { cut, most, window }: Cut): Promise<string> {
  const { session: _session, continues: _continues, shorten: _shorten, ...context } = call.context;
  const lengthMax = Math.floor(window * (1 - answerShare) * charactersPerToken * 0.8);
  const text = cut.map(render).join('\n\n').slice(-lengthMax);
  const request: ChatRequest = {
    messages: [
      { role: 'system', parts: [{ type: 'text', text: instructions }] },
      { role: 'user', parts: [{ type: 'text', text }] },
    ],
    outputTokensMax: most,
  };
  try {
    const { answer } = await world.routeCall({
      ...call,
      context: { ...context, callId: world.newCallId(), taskClass: 'summarise' },
      body: { form: 'chat', request },
      stream: false,
    });
    const { parts } = await collectReply(answer);
    return parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
  } catch {
    return '';
  }
}

function render(message: Message): string {
  const texts = message.parts.map((part) => {
    if (part.type === 'text' || part.type === 'refusal') return part.text;
    if (part.type === 'tool-call') return `calls ${part.name} ${JSON.stringify(part.arguments)}`;
    return part.type === 'tool-result' ? part.content : '';
  });
  return `${message.role}: ${texts.filter((text) => text !== '').join('\n')}`;
}
