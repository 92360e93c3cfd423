import { z } from 'zod';
import { findEntry } from '../find-entry.ts';
import { defineRoute, type Route } from '../route.ts';
import { agentSchema } from '../schemas/catalog.ts';
import { name, pageOf } from '../schemas/fields.ts';
import { agentView } from '../views/catalog-view.ts';

const listAll = defineRoute({
  method: 'GET',
  address: '/v1/agents',
  operation: 'listAgents',
  summary: 'List agents',
  tag: 'catalogue',
  permit: 'catalog.read',
  responses: { 200: { description: 'Agents by name.', schema: pageOf(agentSchema) } },
  handle: async (_input, { services }) => ({
    status: 200,
    body: { items: [...services.catalog().agents.values()].map(agentView) },
  }),
});

const getOne = defineRoute({
  method: 'GET',
  address: '/v1/agents/{name}',
  operation: 'getAgent',
  summary: 'Get one agent',
  tag: 'catalogue',
  permit: 'catalog.read',
  path: z.strictObject({ name }),
  responses: { 200: { description: 'The agent.', schema: agentSchema } },
  refusals: ['catalog-unknown'],
  handle: async ({ path }, { services }) => ({
    status: 200,
    body: agentView(findEntry('agent', services.catalog().agents, path.name)),
  }),
});

export const agentRoutes: readonly Route[] = [listAll, getOne];
