// Whom and what the catalogue offers to plan with: what is trusted, and workflows without mistakes.

import type { Catalog, CatalogEntry } from '@chorale/module-catalog';
import type { Team, WorkflowChoice } from '@chorale/module-agents';
import { readWorkflow } from '../api/read-workflow.ts';

/** The catalogue is a new object when it has changed; until then nothing is read again. */
export function createTeam(current: () => Catalog): Team {
  let read: { readonly of: Catalog; readonly workflows: readonly WorkflowChoice[] } | undefined;
  return {
    listAgents: () => trusted(current().agents).map(({ value }) => value),
    listWorkflows() {
      const catalog = current();
      if (read?.of !== catalog) read = { of: catalog, workflows: readAll(catalog) };
      return read.workflows;
    },
  };
}

function readAll(catalog: Catalog): readonly WorkflowChoice[] {
  return trusted(catalog.workflows).flatMap(({ name }) => {
    try {
      const definition = readWorkflow(catalog, { workflow: name });
      return [{ name, description: definition.description ?? '', inputs: definition.inputs, definition }];
    } catch {
      // Its mistakes are shown where workflows are listed.
      return [];
    }
  });
}

function trusted<Value>(entries: ReadonlyMap<string, CatalogEntry<Value>>): readonly CatalogEntry<Value>[] {
  return [...entries.values()].filter(({ trust }) => trust === 'trusted');
}
