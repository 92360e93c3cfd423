// Who wrote what a session begins with: the agent's file and the owner of the goal count; other tasks, other agents, notes and
// descriptions that nobody agreed to do not.

import { expressionReferences, templateExpressions } from '@chorale/module-goals';
import type { RecalledNotes } from './recall-notes.ts';
import type { UntrustedPart } from './context-parts.ts';
import type { OpeningParts } from './session-opening.ts';

export function listUntrusted(
  parts: OpeningParts,
  { trust, left }: Pick<RecalledNotes, 'trust' | 'left'>,
): readonly UntrustedPart[] {
  const { agent, calls } = parts;
  const foreign = agent.tools.filter(({ tool }) => calls.describeTool(tool)?.isForeign === true);
  return [
    ...inputParts(parts),
    ...(trust === 'people' ? [] : [{ origin: 'notes', name: '', isPublic: trust === 'public' } as const]),
    ...(left.length === 0 ? [] : [{ origin: 'agent', name: 'this goal', isPublic: false } as const]),
    ...foreign.map(({ tool }) => ({ origin: 'tool-description', name: tool, isPublic: false }) as const),
  ];
}

function inputParts({ request }: OpeningParts): readonly UntrustedPart[] {
  const { definition, claimed } = request;
  const { task, goal } = claimed;
  const author = (definition.untrusted ?? []).map((name) => ({ origin: 'input', name, isPublic: false }) as const);
  // A person gave it, with a retry.
  if (task.inputOverride !== undefined) return author;
  const items = definition.forEach === undefined ? [] : [definition.forEach.items];
  const expressions = [...templateExpressions(definition.with ?? null), ...items];
  const tasks = new Set(expressions.flatMap((text) => [...(expressionReferences(text)?.tasks ?? [])]));
  const parts: UntrustedPart[] = [...author];
  for (const name of tasks) parts.push({ origin: 'task', name, isPublic: false });
  // The inputs of a goal that an agent opened are the agent's.
  if (goal.depth > 0 && expressions.length > 0) parts.push({ origin: 'input', name: '', isPublic: false });
  return parts;
}
