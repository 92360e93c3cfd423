// A task of kind `agent`. Without a model an agent works through its skill's script; the turn loop of agents with a
// model is another way to spend the same `AttemptCalls`, chosen in `executeAgent` and nowhere else.

import { broken, refused } from '@chorale/lib-errors';
import type { AgentDefinition, Skill } from '@chorale/module-catalog';
import type { Json } from '@chorale/module-goals';
import type { AttemptCalls } from './attempt-calls.ts';
import type { AttemptRequest, Crew } from './attempt-ports.ts';

const scriptTool = 'run-skill-script';

export interface AgentWork {
  readonly request: AttemptRequest;
  readonly input: Json;
  readonly crew: Crew;
  readonly calls: AttemptCalls;
}

export function executeAgent(work: AgentWork): Promise<Json> {
  const { definition } = work.request;
  if (definition.agent === undefined)
    throw broken('definition-invalid', `Task ${definition.key} is of kind agent and names none.`);
  const agent = work.crew.getAgent(definition.agent);
  return runScript(agent, chooseSkill(agent, work), work);
}

function runScript(agent: AgentDefinition, skill: Skill, { input, calls }: AgentWork): Promise<Json> {
  if (skill.entryScript === undefined) throw modelNeeded(agent, `its skill ${skill.name} has no script`);
  return calls.callTool(
    { tool: scriptTool, arguments: { skill: skill.name, input }, grants: agent.tools },
    { last: true },
  );
}

function chooseSkill(agent: AgentDefinition, { request, crew }: AgentWork): Skill {
  const named = request.definition.skill;
  if (named !== undefined) {
    if (agent.skills.includes(named)) return crew.getSkill(named);
    throw refused(
      'skill-not-granted',
      `Agent ${agent.name} does not have the skill ${named}; it has: ${agent.skills.join(', ') || 'none'}.`,
      {
        action: `Add ${named} to \`skills\` of the agent, or choose another agent.`,
      },
    );
  }
  const [only, ...others] = agent.skills;
  if (only !== undefined && others.length === 0) return crew.getSkill(only);
  throw modelNeeded(
    agent,
    only === undefined ? 'it has no skills' : `the task does not say which of its ${agent.skills.length} skills to use`,
  );
}

function modelNeeded(agent: AgentDefinition, why: string): Error {
  return refused('agent-needs-model', `Agent ${agent.name} cannot work without a model: ${why}.`, {
    action: 'Configure a model provider, or name a `skill` in the task that has a script.',
    data: { agent: agent.name },
  });
}
