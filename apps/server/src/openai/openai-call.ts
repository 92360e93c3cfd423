// What every OpenAI-compatible route does before and after its own part: who asks, what for, and the answer's headers.
import type { Random, TenantId } from '@chorale/lib-ids';
import { makeId } from '@chorale/lib-ids';
import { type ChoraleError, refused } from '@chorale/lib-errors';
import {
  type CallContext,
  type ModelCallId,
  type ModelKey,
  resolveNames,
  type RouteBody,
} from '@chorale/module-models';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { TenantServices } from '../access/tenant-services.ts';
import { type AccessServices, requirePermission, systemCaller } from '../api/caller.ts';
import { refuseDepth } from '../api/read-json.ts';
import type { AuditRecorder } from '../audit/audit-recorder.ts';
import type { ModelServices } from '../models/model-services.ts';
import { readCallOptions } from './call-options.ts';
import type { KeyActs } from './key-acts.ts';
import { type Exchange, openExchange } from './open-exchange.ts';
import { type Place, readFields } from './read-fields.ts';

export interface OpenAiServices {
  readonly models: ModelServices;
  readonly access: AccessServices;
  readonly audit: AuditRecorder;
  readonly tenants: Pick<TenantServices, 'refuseSuspended'>;
  readonly now: () => number;
  readonly random: Random;
}

/** A call that may be made: its caller is known, and so is what it asks for. */
export interface OpenAiCall {
  readonly services: OpenAiServices;
  readonly request: FastifyRequest;
  readonly exchange: Exchange;
  readonly key: ModelKey | undefined;
  readonly tenantId: TenantId;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Found before a body is read: what nobody known here sends is not kept. */
    modelCaller: Pick<OpenAiCall, 'key' | 'tenantId'>;
    /** Also one that is not let in. */
    modelKey: ModelKey | undefined;
  }
}

export function beginCall(services: OpenAiServices, request: FastifyRequest, reply: FastifyReply): OpenAiCall {
  return { services, request, ...request.modelCaller, exchange: openExchange(reply) };
}

const bearer = /^Bearer +(\S+)$/i;

/** A key for models, or a caller of the API who may use them. */
export async function findCaller(
  { models: { keys, keyless }, access, tenants, keyActs }: OpenAiServices & { readonly keyActs: KeyActs },
  request: FastifyRequest,
): Promise<Pick<OpenAiCall, 'key' | 'tenantId'>> {
  const given = request.headers.authorization;
  const word = given === undefined ? undefined : bearer.exec(given)?.[1];
  if (word?.startsWith('sk-') === true) {
    const key = await keys.find(word);
    const { tenantId, keyId } = key;
    // Known from here on, also to whoever counts requests and writes down what was refused.
    request.modelKey = key;
    request.caller = { tenantId, subject: key.createdBy, kind: 'key', keyId, roles: [] };
    keys.requireValid(key);
    tenants.refuseSuspended(tenantId);
    await keyActs.used(key, request);
    return { key, tenantId };
  }
  const caller = await access.authenticate(request);
  if (caller !== undefined) {
    // Known from here on, also to whoever counts their requests and writes down what was refused.
    request.caller = caller;
    requirePermission(access, { caller, operation: 'model.use' });
    return { key: undefined, tenantId: caller.tenantId };
  }
  // Clients of servers without keys send some word, because their library insists on one.
  if (keyless && (given === undefined || word !== undefined))
    return { key: undefined, tenantId: systemCaller.tenantId };
  throw missingKey(
    given === undefined ? 'there is none' : 'Authorization holds something else than `Bearer` and a key that is known',
  );
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
  const { services, key, tenantId, request } = call;
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
