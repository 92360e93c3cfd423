// A request of a caller's wire format on its way to a deployment: forwarded as it came where the same format is spoken
// there and nothing in it had to be masked, else translated.
//
// Invariants: RW1 what the detectors found is never forwarded as it came.
//             RW2 a request that our terms cannot say in full goes to its own format only.
import {
  type CallContext,
  type ChatEvent,
  type ChatRequest,
  classifyRequest,
  type Deployment,
  prepareHistory,
  type RouteBody,
  type Shielded,
  type UpstreamBody,
  type Wire,
} from '@chorale/module-models';
import type { ModelServices } from '../models/model-services.ts';
import { type Edits, editJson } from './edit-json.ts';
import type { WireRequest } from './read-chat-request.ts';

export interface WireCall extends WireRequest {
  readonly context: CallContext;
  readonly wire: Wire;
  readonly path: string;
  readonly json: Buffer;
  /** Fields that are changed in what is forwarded, besides the model. */
  readonly edits: Edits;
  readonly mustTranslate?: boolean;
}

export interface RoutableCall {
  readonly context: CallContext;
  readonly body: RouteBody;
  /** Puts back what was masked in a translated answer. */
  restore(events: AsyncIterable<ChatEvent>): AsyncIterable<ChatEvent>;
}

const asTheyAre = (events: AsyncIterable<ChatEvent>): AsyncIterable<ChatEvent> => events;

export async function toRoutable(call: WireCall, services: ModelServices): Promise<RoutableCall> {
  const { context, request } = call;
  const canForward = call.mustTranslate !== true && services.fleet().deployments.some((one) => speaks(one, call.wire));
  // The router does the rest by itself, the cache included, when nothing can be forwarded.
  if (call.sameWireOnly.length === 0 && (!canForward || services.caches))
    return { context, body: { form: 'chat', request }, restore: asTheyAre };
  const shielded = await services.privacy?.shield(request, context);
  return {
    context: shielded === undefined ? context : { ...context, dataClass: shielded.dataClass },
    body: { form: 'made', demands: classifyRequest(request, context), bodyFor: makeBodies(call, shielded) },
    restore: shielded === undefined ? asTheyAre : (events) => shielded.restore(events),
  };
}

/** OpenAI answers in both of its formats under one address. */
function speaks({ kind, wire }: Deployment, wanted: Wire): boolean {
  return wire === wanted || (kind === 'openai' && wire.startsWith('openai-') && wanted.startsWith('openai-'));
}

function makeBodies(call: WireCall, shielded: Shielded | undefined): (to: Deployment) => UpstreamBody | undefined {
  return (deployment) => {
    const { request, masked } = shielded?.requestFor(deployment) ?? { request: call.request, masked: 0 };
    if (masked === 0 && speaks(deployment, call.wire) && call.mustTranslate !== true)
      return forwarded(call, deployment);
    return call.sameWireOnly.length > 0 ? undefined : translated(request, deployment);
  };
}

function forwarded(call: WireCall, deployment: Deployment): UpstreamBody {
  const edits = new Map(call.edits).set('model', JSON.stringify(deployment.model));
  const bytes = editJson(call.json, edits);
  return { form: 'bytes', wire: call.wire, path: call.path, contentType: 'application/json', bytes };
}

function translated(request: ChatRequest, deployment: Deployment): UpstreamBody {
  const { messages } = prepareHistory(request.messages, deployment);
  const asked = request.outputTokensMax;
  const limit = asked === undefined ? {} : { outputTokensMax: Math.min(asked, deployment.outputTokensMax) };
  return { form: 'chat', request: { ...request, messages, ...limit } };
}
