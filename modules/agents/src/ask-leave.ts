// A person's leave for one call, with the arguments in view; the person may change them.

import type { Json } from '@chorale/module-goals';
import type { AgentSession } from './agent-session.ts';
import { sayHold, type HoldReason } from './hold-call.ts';
import { isMapping } from './mapping.ts';

/** How long a question stays open. */
export const answerMsMax = 7 * 24 * 3_600_000;

interface CallInQuestion {
  readonly tool: string;
  readonly arguments: Json;
}

export type Leave =
  | { readonly granted: true; readonly arguments: Json }
  | { readonly granted: false; readonly text: string };

export async function askLeave(
  session: AgentSession,
  call: CallInQuestion,
  because: HoldReason | undefined,
): Promise<Leave> {
  const { agent, calls, ports } = session.parts;
  const { tool } = call;
  const args = await calls.keep(call.arguments, 'input.json');
  const why = because === undefined ? {} : { because: because as unknown as Json };
  const answer = calls.wait({ name: 'leave', input: { tool, arguments: args, ...why } }, () => ({
    for: 'person',
    kind: 'tool-call',
    question: `${agent.name} asks to call ${tool}${because === undefined ? '' : `: ${sayHold(because)}`}.`,
    context: { agent: agent.name, tool, arguments: args, ...why },
    expiresAt: ports.clock.now() + answerMsMax,
  }));
  const given = readAnswer(answer);
  if (given.decision !== 'approved') return { granted: false, text: refusalText(tool, given) };
  const changed = isMapping(given.answer) ? given.answer['arguments'] : undefined;
  return { granted: true, arguments: changed ?? call.arguments };
}

/** What the engine puts on record when a person has answered, or nobody has in time. */
export interface PersonAnswer {
  readonly decision: string;
  readonly by?: string;
  readonly comment?: string;
  readonly answer?: Json;
}

export function readAnswer(value: Json): PersonAnswer {
  return isMapping(value) && typeof value['decision'] === 'string'
    ? (value as unknown as PersonAnswer)
    : { decision: 'unreadable' };
}

function refusalText(tool: string, { decision, by, comment }: PersonAnswer): string {
  if (decision === 'expired') return `Nobody answered in time whether ${tool} may be called; it was not called.`;
  const words = comment === undefined ? '' : `: ${comment}`;
  return `${by ?? 'A person'} refused to let ${tool} be called${words}. It was not called; do without it or ask.`;
}
