import type { GoalId } from '@chorale/lib-ids';
import type { AgentDefinition } from '@chorale/module-catalog';
import type { AttemptRequest } from './attempt-ports.ts';
import type { NotesOwner } from './notes-port.ts';

export function notesOwner(
  { agent, request }: { readonly agent: AgentDefinition; readonly request: AttemptRequest },
  rootGoalId: GoalId,
): NotesOwner {
  return { request, agent: agent.name, rootGoalId, dataClass: agent.model?.dataClass };
}
