// Which tasks and workflows need no model: their agents work through scripts.

import { refused } from '@chorale/lib-errors';
import type { PlanDefinition, TaskDefinition } from '@chorale/module-goals';
import type { Crew } from './attempt-ports.ts';
import type { WorkflowChoice } from './thinking-ports.ts';

/** An agent whose file speaks of models wants to think; another works through the script of the skill it is to use. */
export function worksByScript({ agent: name, skill }: Pick<TaskDefinition, 'agent' | 'skill'>, crew: Crew): boolean {
  if (name === undefined) return false;
  const agent = crew.getAgent(name);
  if (agent.model !== undefined) return false;
  const named = skill ?? (agent.skills.length === 1 ? agent.skills[0] : undefined);
  return named !== undefined && agent.skills.includes(named) && crew.getSkill(named).entryScript !== undefined;
}

export function worksWithoutModel({ tasks, children }: PlanDefinition, crew: Crew): boolean {
  const alone = tasks.every((task) => task.kind !== 'agent' || task.removed === true || worksByScript(task, crew));
  return alone && Object.values(children ?? {}).every((child) => worksWithoutModel(child, crew));
}

/** The refusal of a goal in plain words where no model is configured. */
export function modelNeeded(what: string, workflows: readonly WorkflowChoice[], crew: Crew): Error {
  const without = workflows.filter(({ definition }) => worksWithoutModel(definition, crew)).map(({ name }) => name);
  const instead = without.length === 0 ? '' : ` Without one you can run: ${without.join(', ')}.`;
  return refused('agent-needs-model', `${what} needs a model, and none is configured.`, {
    action: `Start the server with the key of a provider, such as OPENAI_API_KEY, or start a local server such as Ollama; \`chorale models list\` shows what is found.${instead}`,
    data: { workflowsWithoutModel: without },
  });
}
