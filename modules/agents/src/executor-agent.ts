// A task of kind `agent`. An agent whose file speaks of models thinks with one (`turn-loop.ts`); another works through its
// skill's script where it has one, and thinks with a model where it has none. Chosen here and nowhere else.

import { broken } from '@chorale/lib-errors';
import type { AgentDefinition, Skill } from '@chorale/module-catalog';
import type { Json } from '@chorale/module-goals';
import type { AttemptCalls } from './attempt-calls.ts';
import type { AttemptPorts, AttemptRequest } from './attempt-ports.ts';
import { skillNotGranted } from './skill-not-granted.ts';
import { runTurns } from './turn-loop.ts';
import { modelNeeded, worksByScript } from './works-by-script.ts';

const scriptTool = 'run-skill-script';

export interface AgentWork {
  readonly request: AttemptRequest;
  readonly input: Json;
  readonly ports: AttemptPorts;
  readonly calls: AttemptCalls;
}

export function executeAgent(work: AgentWork): Promise<Json> {
  const { definition } = work.request;
  if (definition.agent === undefined)
    throw broken('definition-invalid', `Task ${definition.key} is of kind agent and names none.`);
  const agent = work.ports.crew.getAgent(definition.agent);
  const { thinking, crew } = work.ports;
  if (thinking === undefined || worksByScript(definition, crew))
    return runScript(agent, chooseSkill(agent, work), work);
  return runTurns({ ...work, agent, thinking });
}

function runScript(agent: AgentDefinition, skill: Skill, { input, calls, ports }: AgentWork): Promise<Json> {
  if (skill.entryScript === undefined) throw needsModel(agent, ports, `its skill ${skill.name} has no script`);
  return calls.callTool(
    { tool: scriptTool, arguments: { skill: skill.name, input }, grants: agent.tools },
    { last: true },
  );
}

function chooseSkill(agent: AgentDefinition, { request, ports }: AgentWork): Skill {
  const { crew } = ports;
  const named = request.definition.skill;
  if (named !== undefined) {
    if (agent.skills.includes(named)) return crew.getSkill(named);
    throw skillNotGranted(agent, named);
  }
  const [only, ...others] = agent.skills;
  if (only !== undefined && others.length === 0) return crew.getSkill(only);
  throw needsModel(
    agent,
    ports,
    only === undefined ? 'it has no skills' : `the task does not say which of its ${agent.skills.length} skills to use`,
  );
}

function needsModel(agent: AgentDefinition, { crew, team }: AttemptPorts, why: string): Error {
  return modelNeeded(`Agent ${agent.name} (${why})`, team?.listWorkflows() ?? [], crew);
}
