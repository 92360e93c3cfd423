// A goal whose agents would have nothing to think with is refused before it is one, with what to do instead.
import { modelNeeded, worksWithoutModel, type Crew } from '@chorale/module-agents';
import { getUsable } from '@chorale/module-catalog';
import type { PlanDefinition } from '@chorale/module-goals';
import { createTeam } from '../agents/team.ts';
import type { ApiServices } from './services.ts';

/** Throws `agent-needs-model`. Models may go later: the run-time check stays. */
export async function refuseWithoutModel(
  { catalog, models }: Pick<ApiServices, 'catalog' | 'models'>,
  definition: PlanDefinition,
): Promise<void> {
  const hasModels = (): boolean => models.fleet().deployments.length > 0;
  if (hasModels()) return;
  const found = catalog();
  const crew: Crew = {
    getAgent: (name) => getUsable(found.agents, name).value,
    getSkill: (name) => getUsable(found.skills, name).value,
  };
  if (worksWithoutModel(definition, crew)) return;
  // The first look may still be under way, and a local server may have been started a moment ago.
  await models.probe();
  if (hasModels()) return;
  throw modelNeeded(`The workflow ${definition.workflow}`, createTeam(() => found).listWorkflows(), crew);
}
