// What every OpenAI-compatible route does before and after its own part: who asks, what for, and the answer's headers.
import type { Random, TenantId } from '@chorale/lib-ids';
import { defaultTenant, makeId } from '@chorale/lib-ids';
import { type ChoraleError, refused } from '@chorale/lib-errors';
import {
  type CallContext,
  type ModelCallId,
  type ModelKey,
  resolveNames,
  type RouteBody,
} from '@chorale/module-models';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { refuseDepth } from '../api/read-json.ts';
import type { ModelServices } from '../models/model-services.ts';
import { readCallOptions } from './call-options.ts';
import { type Exchange, openExchange } from './open-exchange.ts';
import { type Place, readFields } from './read-fields.ts';

export interface OpenAiServices {
  readonly models: ModelServices;
  readonly now: () => number;
  readonly random: Random;
}

/** A call that may be made: its caller is known, and so is what it asks for. */
export interface OpenAiCall {
  readonly services: OpenAiServices;
  readonly request: FastifyRequest;
  readonly exchange: Exchange;
  readonly key: ModelKey | undefined;
}

export async function beginCall(
  services: OpenAiServices,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<OpenAiCall> {
  const key = await findCaller(services.models, request);
  return { services, request, key, exchange: openExchange(reply) };
}

const bearer = /^Bearer +(\S+)$/i;

export async function findCaller(
  { keys, keyless }: ModelServices,
  { headers }: FastifyRequest,
): Promise<ModelKey | undefined> {
  const given = headers.authorization;
  if (given !== undefined) {
    const key = bearer.exec(given)?.[1];
    if (key === undefined) throw missingKey('Authorization holds something else than `Bearer` and a key');
    // Clients of servers without keys send some word, because their library insists on one.
    if (keyless && !key.startsWith('sk-')) return undefined;
    return keys.check(key);
  }
  if (keyless) return undefined;
  throw missingKey('there is none');
}

function missingKey(why: string): ChoraleError {
  return refused('model-key-missing', `this server wants a key, and ${why}`, {
    action: 'send `Authorization: Bearer sk-chorale-...`; `chorale keys create` makes a key',
  });
}

export function readBody(bytes: Buffer): Place {
  refuseDepth(bytes);
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw refused('body-not-json', 'the body is not JSON', { cause });
  }
  return readFields(value, '');
}

/** @throws refused `model-unknown`, and what the caller's options are refused with. */
export function makeContext(call: OpenAiCall, model: string, given: unknown): CallContext {
  const { services, key, request } = call;
  const now = services.now();
  const choices = readCallOptions({ model, given, headers: request.headers, now });
  const fleet = services.models.fleet();
  if (fleet.deployments.length > 0 && choices.models.length > 0 && resolveNames(fleet, choices.models).size === 0) {
    throw refused('model-unknown', `there is no model ${model.slice(0, 200)} here`, {
      action: 'see GET /v1/models or `chorale models list` for what there is, or ask for the model `auto`',
      data: { param: 'model' },
    });
  }
  const callId: ModelCallId = makeId('call', now, services.random);
  const tenantId: TenantId = key?.tenantId ?? defaultTenant;
  const dataClass = choices.dataClass ?? key?.dataClass ?? services.models.dataClass;
  return { ...choices, dataClass, callId, tenantId, ...(key === undefined ? {} : { keyId: key.keyId }) };
}

export interface Routable {
  readonly context: CallContext;
  readonly body: RouteBody;
  readonly stream: boolean;
}

export async function routeCall(call: OpenAiCall, { context, body, stream }: Routable) {
  const { services, key, exchange } = call;
  const { signal } = exchange;
  const routed = await services.models.route({ context, body, stream, signal, ...(key === undefined ? {} : { key }) });
  const headers: Readonly<Record<string, string>> = {
    'x-chorale-call-id': context.callId,
    ...(routed.deployment === undefined ? {} : { 'x-chorale-deployment': routed.deployment.id }),
    ...(routed.source === 'upstream' ? {} : { 'x-chorale-cache': routed.source }),
  };
  return { exchange, routed, headers, requestId: call.request.id };
}
