// How a task ended, for memory: what was asked, what was done with which tools, what came of it and what it cost. One call on
// record, made once; that it fails is no failure of the task.

import type { Json } from '@chorale/module-goals';
import type { AgentSession } from './agent-session.ts';
import { cutText } from './frame-data.ts';
import { endsAttempt } from './journal.ts';
import type { TaskOutcome } from './notes-port.ts';

const askedLengthMax = 1_000;
const resultLengthMax = 2_000;
const entryName = 'record-outcome';

export async function recordOutcome(
  session: AgentSession,
  end: { readonly succeeded: boolean; readonly result: Json },
): Promise<void> {
  const { calls, request, agent, thinking } = session.parts;
  const { next } = calls.journal;
  if (next === undefined ? thinking.notes === undefined : next.name !== entryName) return;
  try {
    await calls.callOwn({
      kind: 'tool-call',
      name: entryName,
      input: { succeeded: end.succeeded },
      perform: async () => {
        const kept = await thinking.notes?.recordOutcome({ request, agent: agent.name }, describeOutcome(session, end));
        return (kept ?? null) as unknown as Json;
      },
    });
  } catch (error) {
    if (endsAttempt(error)) throw error;
  }
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
