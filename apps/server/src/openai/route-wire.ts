// A request of a caller's wire format on its way to a deployment: forwarded as it came where the same format is spoken
// there, else translated. What has to be masked is masked in either form.
//
// Invariants: RW1 the detectors see everything before anything is decided, in each form in which it may be sent.
//             RW2 a request that our terms cannot say in full goes to its own format only.
import type { Json } from '@chorale/lib-client';
import {
  type CallContext,
  type ChatEvent,
  type ChatRequest,
  classifyRequest,
  type Deployment,
  type Placeholders,
  prepareHistory,
  promptOf,
  type RouteBody,
  type Shielded,
  type ShieldedBody,
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
  /** The same, read. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Fields that are changed in what is forwarded, besides the model. */
  readonly edits: Edits;
  readonly mustTranslate?: boolean;
}

export interface RoutableCall {
  readonly context: CallContext;
  readonly body: RouteBody;
  /** Puts back what was masked in a translated answer. */
  restore(events: AsyncIterable<ChatEvent>): AsyncIterable<ChatEvent>;
  /** What was masked in a forwarded request; undefined: its answer goes by unread. */
  placeholders(): Placeholders | undefined;
}

const unmasked: Pick<RoutableCall, 'restore' | 'placeholders'> = {
  restore: (events) => events,
  placeholders: () => undefined,
};

export function toRoutable(call: WireCall, services: ModelServices): RoutableCall {
  const { context, request, sameWireOnly } = call;
  const canForward = call.mustTranslate !== true && services.fleet().deployments.some((one) => speaks(one, call.wire));
  const mayBeKnown = services.caches && request.temperature === 0;
  // The router does the rest by itself, the cache included, when nothing can be forwarded.
  // What goes on elsewhere must be in our own terms.
  if (
    sameWireOnly.length === 0 &&
    (!canForward || mayBeKnown || context.continues === true || context.shorten === true)
  )
    return { context, body: { form: 'chat', request }, ...unmasked };
  const demands = classifyRequest(request, context);
  const prompt = (): string => promptOf(request);
  const { privacy } = services;
  if (privacy === undefined)
    return { context, body: { form: 'made', demands, prompt, bodyFor: plainBodies(call) }, ...unmasked };
  const shielded = privacy.shieldBody(call.fields as { readonly [key: string]: Json }, context);
  const bodies = shieldedBodies(call, shielded, () => privacy.shield(request, context));
  return {
    context: { ...context, dataClass: shielded.dataClass },
    body: {
      form: 'made',
      demands,
      prompt,
      bodyFor: bodies.bodyFor,
      // Of the body made last: each deployment may be shown more or less than another.
      get masked() {
        return bodies.masked();
      },
    },
    restore: bodies.restore,
    placeholders: () => shielded.placeholders(),
  };
}

/** OpenAI answers in both of its formats under one address. */
function speaks({ kind, wire }: Deployment, wanted: Wire): boolean {
  return wire === wanted || (kind === 'openai' && wire.startsWith('openai-') && wanted.startsWith('openai-'));
}

type BodyFor = (deployment: Deployment) => UpstreamBody | undefined;

function plainBodies(call: WireCall): BodyFor {
  return (deployment) => {
    if (canTake(call, deployment)) return forwarded(call, deployment, call.json);
    return call.sameWireOnly.length > 0 ? undefined : translated(call.request, deployment);
  };
}

const canTake = (call: WireCall, deployment: Deployment): boolean =>
  call.mustTranslate !== true && speaks(deployment, call.wire);

interface ShieldedBodies {
  readonly bodyFor: BodyFor;
  readonly restore: RoutableCall['restore'];
  masked(): number;
}

function shieldedBodies(call: WireCall, body: ShieldedBody, shield: () => Shielded): ShieldedBodies {
  let shielded: Shielded | undefined;
  let masked = 0;
  return {
    bodyFor: (deployment) => {
      if (canTake(call, deployment)) {
        const made = body.bodyFor(deployment);
        masked = made.masked;
        return forwarded(call, deployment, made.masked === 0 ? call.json : Buffer.from(JSON.stringify(made.body)));
      }
      if (call.sameWireOnly.length > 0) return undefined;
      shielded ??= shield();
      const made = shielded.requestFor(deployment);
      masked = made.masked;
      return translated(made.request, deployment);
    },
    restore: (events) => shielded?.restore(events) ?? events,
    masked: () => masked,
  };
}

function forwarded(call: WireCall, deployment: Deployment, json: Buffer): UpstreamBody {
  const edits = new Map(call.edits).set('model', JSON.stringify(deployment.model));
  const bytes = editJson(json, edits);
  return { form: 'bytes', wire: call.wire, path: call.path, contentType: 'application/json', bytes };
}

function translated(request: ChatRequest, deployment: Deployment): UpstreamBody {
  const { messages } = prepareHistory(request.messages, deployment);
  const asked = request.outputTokensMax;
  const limit = asked === undefined ? {} : { outputTokensMax: Math.min(asked, deployment.outputTokensMax) };
  return { form: 'chat', request: { ...request, messages, ...limit } };
}
