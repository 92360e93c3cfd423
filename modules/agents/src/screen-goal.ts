// The step before a planner's first turn: whether the goal may be worked on at all.

import type { ChatRequest } from '@chorale/module-models';
import type { AgentSession } from './agent-session.ts';
import { askModel } from './ask-model.ts';
import { frameData } from './frame-data.ts';
import { goalRefused, readVerdict, screenPatterns, verdictInstructions } from './goal-policy.ts';
import { readTextResult } from './read-result.ts';

const triesMax = 2;
const shownLengthMax = 20_000;

/** Throws `goal-refused` (GP1, GP2). */
export async function screenGoal(session: AgentSession): Promise<void> {
  const { goalPolicy } = session.parts.thinking;
  const { title } = session.parts.request.claimed.goal;
  const text = `${title}\n${JSON.stringify(session.parts.input)}`;
  screenPatterns(text, goalPolicy);
  // Not as structured output: that would leave out every model that has none.
  const request: ChatRequest = {
    messages: [
      { role: 'system', parts: [{ type: 'text', text: verdictInstructions(goalPolicy) }] },
      { role: 'user', parts: [{ type: 'text', text: frameData(text, { from: 'goal', lengthMax: shownLengthMax }) }] },
    ],
    outputTokensMax: 500,
  };
  for (let attempt = 0; attempt < triesMax; attempt++) {
    const reply = await askModel(session, { purpose: 'screen', request, taskClass: 'other' });
    const said = reply.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('');
    const verdict = readVerdict(readTextResult(said.trim()));
    if (verdict?.refuses === true) throw goalRefused(verdict.category, verdict.reason);
    if (verdict !== undefined) return;
    if (reply.finish === 'refusal' || reply.finish === 'content-filter')
      throw goalRefused('model-refusal', 'the model that was to judge it refuses to read it');
  }
  throw goalRefused('undecided', 'no verdict on it could be read');
}
