// How a task ended, for memory: what was asked, what was done with which tools, what came of it and what it cost. Put on
// record once it is kept; told again after a crash in between, memory keeps nothing more. That it fails is no failure of the task.

import { toErrorRecord } from '@chorale/lib-errors';
import type { Json } from '@chorale/module-goals';
import type { AgentSession } from './agent-session.ts';
import { cutText } from './frame-data.ts';
import { notesOwner } from './notes-owner.ts';
import type { TaskOutcome } from './notes-port.ts';

const askedLengthMax = 1_000;
const resultLengthMax = 2_000;
const entryName = 'record-outcome';

export async function recordOutcome(
  session: AgentSession,
  end: { readonly succeeded: boolean; readonly result: Json },
): Promise<void> {
  const { calls, thinking } = session.parts;
  const owner = notesOwner(session.parts, session.opening.rootGoalId);
  const { next } = calls.journal;
  if (next === undefined ? thinking.notes === undefined : next.name !== entryName) return;
  const { succeeded } = end;
  await calls.note({ kind: 'decision', name: entryName, input: { succeeded } }, async () => {
    try {
      const kept = await thinking.notes?.recordOutcome(owner, describeOutcome(session, end));
      return (kept ?? null) as unknown as Json;
    } catch (error) {
      return { failure: toErrorRecord(error).code };
    }
  });
}

function describeOutcome(
  session: AgentSession,
  { succeeded, result }: { readonly succeeded: boolean; readonly result: Json },
): TaskOutcome {
  const { request, input, ports } = session.parts;
  const { goal, task } = request.claimed;
  const text = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
  const title = request.definition.title ?? task.key;
  return {
    succeeded,
    asked: cutText(`${goal.title}: ${title}. ${text(input)}`, askedLengthMax),
    result: cutText(text(result), resultLengthMax),
    strategy: session.plans > 0 ? 'planned' : session.delegations > 0 ? 'delegated' : 'alone',
    tools: session.log.toolsUsed,
    model: session.log.lastModel,
    turns: session.used.turns,
    tokens: session.used.tokens,
    cost: session.used.cost,
    durationMs: Math.max(0, ports.clock.now() - (task.startedAt ?? ports.clock.now())),
    trust: session.read.trust,
    recalled: [...session.recalled],
  };
}
