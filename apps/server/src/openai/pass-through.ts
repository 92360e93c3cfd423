// Requests that are passed on in OpenAI's own format or not at all: embeddings, speech, transcription.
//
// Texts in them are looked at like any others. Where something would have to be masked for a deployment, that one is
// passed over: the embedding of a placeholder is not the embedding of the text.
import {
  type CallContext,
  type CallDemands,
  type ChatRequest,
  type Deployment,
  type RouteBody,
  type Shielded,
  type Wire,
} from '@chorale/module-models';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { broken } from '@chorale/lib-errors';
import type { ModelServices } from '../models/model-services.ts';
import { beginCall, makeContext, type OpenAiServices, routeCall } from './openai-call.ts';
import { sendBytes } from './send-answer.ts';

export interface PassedOn {
  readonly operation: CallDemands['operation'];
  readonly path: string;
  readonly model: string;
  /** The field `chorale` of the body, where it has one. */
  readonly given: unknown;
  /** What the detectors read; undefined where they cannot. */
  readonly texts: readonly string[] | undefined;
  readonly tokens: PassedTokens;
  readonly contentType: string;
  readonly stream: boolean;
  bytesFor(model: string): Uint8Array;
}

/** What the call may take; more is charged, too, but may pass a budget. */
export interface PassedTokens {
  readonly input: number;
  readonly inputMost: number;
  /** Undefined: the deployment's own limit. */
  readonly outputMost: number | undefined;
}

/** Their formats agree in these routes. */
const wires: readonly Wire[] = ['openai-chat', 'openai-responses', 'mistral-chat'];

export async function passOn(
  services: OpenAiServices,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  read: () => PassedOn,
): Promise<FastifyReply> {
  const call = beginCall(services, request, reply);
  const asked = read();
  const context = makeContext(call, asked.model, asked.given);
  const shielded = shield(services.models, context, asked.texts);
  const sending = await routeCall(call, {
    context: shielded === undefined ? context : { ...context, dataClass: shielded.dataClass },
    body: makeBody(asked, shielded),
    stream: asked.stream,
  });
  const { answer } = sending.routed;
  if (answer.form !== 'bytes') throw broken('internal', 'bytes were asked for and our own terms came');
  await sendBytes(sending, answer);
  return reply;
}

/** Undefined where nobody detects anything. */
export function shield(
  { privacy }: Pick<ModelServices, 'privacy'>,
  context: CallContext,
  texts: readonly string[] | undefined,
): Shielded | undefined {
  if (privacy === undefined || texts === undefined) return undefined;
  const request: ChatRequest = {
    messages: [{ role: 'user', parts: texts.map((text) => ({ type: 'text', text })) }],
  };
  return privacy.shield(request, context);
}

type Passed = Pick<PassedOn, 'operation' | 'path' | 'tokens' | 'contentType' | 'bytesFor'>;

export function makeBody(asked: Passed, shielded: Shielded | undefined): RouteBody {
  const { input, inputMost, outputMost } = asked.tokens;
  return {
    form: 'made',
    demands: {
      operation: asked.operation,
      taskClass: 'other',
      needs: [],
      inputTokens: input,
      inputTokensMost: inputMost,
      outputTokens: 0,
      outputTokensMax: outputMost,
      shape: asked.operation,
    },
    bodyFor: (deployment: Deployment) => {
      if (!wires.includes(deployment.wire)) return undefined;
      if (shielded !== undefined && shielded.requestFor(deployment).masked > 0) return undefined;
      return {
        form: 'bytes',
        wire: deployment.wire,
        path: asked.path,
        contentType: asked.contentType,
        bytes: asked.bytesFor(deployment.model),
      };
    },
  };
}
