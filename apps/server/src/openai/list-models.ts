// GET /v1/models: what can be asked for, in OpenAI's shape. Aliases and `auto` are listed as models of their own.
import { resolveNames } from '@chorale/module-models';
import { refused } from '@chorale/lib-errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { OpenAiServices } from './openai-call.ts';

interface ListedModel {
  readonly id: string;
  readonly object: 'model';
  readonly created: number;
  readonly owned_by: string;
}

export function handleListModels(services: OpenAiServices) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<object> => {
    const models = listModels(services, request);
    void reply.header('content-type', 'application/json');
    return { object: 'list', data: models };
  };
}

export function handleGetModel(services: OpenAiServices) {
  return async (request: FastifyRequest): Promise<ListedModel> => {
    const name = (request.params as { readonly '*': string })['*'];
    const found = listModels(services, request).find(({ id }) => id === name);
    if (found !== undefined) return found;
    throw refused('model-unknown', 'there is no such model here', { action: 'see GET /v1/models for what there is' });
  };
}

function listModels(services: OpenAiServices, { modelCaller: { key } }: FastifyRequest): readonly ListedModel[] {
  const fleet = services.models.fleet();
  const allowed = key === undefined || key.models.length === 0 ? undefined : resolveNames(fleet, key.models);
  const listed = new Map<string, ListedModel>();
  const add = (id: string, owner: string, factsFrom = ''): void => {
    const created = Math.floor((Date.parse(factsFrom) || 0) / 1_000);
    if (!listed.has(id)) listed.set(id, { id, object: 'model', created, owned_by: owner });
  };
  const usable = fleet.deployments.filter(({ id }) => allowed === undefined || allowed.has(id));
  if (usable.length > 0) add('auto', 'chorale');
  for (const alias of Object.keys(fleet.aliases)) {
    const ids = resolveNames(fleet, [alias]);
    if (usable.some(({ id }) => ids.has(id))) add(alias, 'chorale');
  }
  for (const { model, provider, factsFrom } of usable) add(model, provider, factsFrom);
  for (const { id, provider, factsFrom } of usable) add(id, provider, factsFrom);
  return [...listed.values()];
}
