import { z } from 'zod';
import { findEntry } from '../find-entry.ts';
import { defineRoute, type Route } from '../route.ts';
import { skillSchema } from '../schemas/catalog.ts';
import { name, pageOf } from '../schemas/fields.ts';
import { skillView } from '../views/catalog-view.ts';

const listAll = defineRoute({
  method: 'GET',
  address: '/v1/skills',
  operation: 'listSkills',
  summary: 'List skills',
  tag: 'catalogue',
  permit: 'catalog.read',
  responses: { 200: { description: 'Skills by name.', schema: pageOf(skillSchema) } },
  handle: async (_input, { services }) => ({
    status: 200,
    body: { items: [...services.catalog().skills.values()].map(skillView) },
  }),
});

const getOne = defineRoute({
  method: 'GET',
  address: '/v1/skills/{name}',
  operation: 'getSkill',
  summary: 'Get one skill',
  tag: 'catalogue',
  permit: 'catalog.read',
  path: z.strictObject({ name }),
  responses: { 200: { description: 'The skill.', schema: skillSchema } },
  refusals: ['catalog-unknown'],
  handle: async ({ path }, { services }) => ({
    status: 200,
    body: skillView(findEntry('skill', services.catalog().skills, path.name)),
  }),
});

export const skillRoutes: readonly Route[] = [listAll, getOne];
