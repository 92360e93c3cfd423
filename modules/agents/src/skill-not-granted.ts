import { refused } from '@chorale/lib-errors';
import type { AgentDefinition } from '@chorale/module-catalog';

export function skillNotGranted({ name, skills }: AgentDefinition, skill: string): Error {
  return refused(
    'skill-not-granted',
    `Agent ${name} does not have the skill ${skill}; it has: ${skills.join(', ') || 'none'}.`,
    { action: `Add ${skill} to \`skills\` of the agent, or choose another agent.` },
  );
}
