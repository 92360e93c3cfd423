// Whether those who are to do a plan's tasks exist, may be used, and can do what is asked of them.

import { didYouMean, type PlanDefinition } from '@chorale/module-goals';
import type { AgentSession } from './agent-session.ts';

/** In words that whoever wrote the plan can act on; empty when everybody is there. */
export function staffMistakes({ parts }: AgentSession, { tasks }: PlanDefinition): readonly string[] {
  const agents = new Map((parts.ports.team?.listAgents() ?? []).map((agent) => [agent.name, agent]));
  const names = [...agents.keys()];
  const mistakes: string[] = [];
  for (const task of tasks) {
    if (task.kind !== 'agent' || task.agent === undefined) continue;
    const agent = agents.get(task.agent);
    if (agent === undefined) {
      const hint = didYouMean(task.agent, names) || `; there are: ${names.join(', ')}`;
      mistakes.push(`the task \`${task.key}\` names the agent \`${task.agent}\`, which there is not${hint}`);
    } else if (task.agent === parts.agent.name) {
      mistakes.push(
        `the task \`${task.key}\` is given to \`${task.agent}\`, which is you; do it yourself or choose another`,
      );
    } else if (task.skill !== undefined && !agent.skills.includes(task.skill)) {
      const has = agent.skills.join(', ') || 'none';
      mistakes.push(
        `the task \`${task.key}\` asks \`${task.agent}\` for the skill \`${task.skill}\`; its skills: ${has}`,
      );
    }
  }
  return mistakes;
}
