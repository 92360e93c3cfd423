import type { TenantId } from '@chorale/lib-ids';
import type { MemoryStore } from '@chorale/module-memory';
import { expect, test } from 'vitest';
import type { ModelServices } from '../models/model-services.ts';
import type { Log } from '../process/log.ts';
import { openMeaning } from './open-meaning.ts';

test('[API173] a question is searched by its words alone while extras are off, without asking a model', async () => {
  const asked: string[] = [];
  const memory = {
    search: async () => {
      asked.push('words');
      return [];
    },
  } as unknown as MemoryStore;
  const models = {
    route: async () => {
      asked.push('model');
      throw new Error('no model here');
    },
  } as unknown as ModelServices;
  const extras = { isOff: true };
  const meaning = openMeaning({
    model: 'embedder',
    models,
    memory,
    listTenants: async () => [],
    log: { warn: () => undefined } as unknown as Log,
    extras,
  });
  const search = () => meaning.memory.search({ tenantId: 'north' as TenantId, scopes: [], text: 'who', limit: 1 });
  await search();
  expect(asked).toEqual(['words']);
  extras.isOff = false;
  await search();
  expect(asked).toContain('model');
});
