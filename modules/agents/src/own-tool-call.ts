// A call of one of the turn loop's own tools, and how one is refused.

import type { Json } from '@chorale/module-goals';
import type { AgentSession } from './agent-session.ts';
import { cutText } from './frame-data.ts';

/** Arguments that fit the tool's schema. */
export interface OwnToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: Json;
}

export interface OwnToolResult {
  readonly text: string;
  readonly isError?: boolean;
  /** What `{"$output": id}` stands for from now on. */
  readonly output?: Json;
}

const whyLengthMax = 4_000;
const nameLengthMax = 100;
const entryName = 'refuse-call';

/** Why the call is not made; put on record, and told again from there whatever has changed since. */
export async function findRefusal(
  { parts }: AgentSession,
  call: { readonly id: string; readonly name: string },
  find: () => string | undefined,
): Promise<string | undefined> {
  const { journal } = parts.calls;
  if (journal.next !== undefined && journal.next.name !== entryName) return undefined;
  const why = journal.next === undefined ? find() : '';
  if (why === undefined) return undefined;
  const input = { call: call.id, tool: cutText(call.name, nameLengthMax) };
  const entry = await parts.calls.note({ kind: 'decision', name: entryName, input }, () => ({
    why: cutText(why, whyLengthMax),
  }));
  return (entry as { readonly why: string }).why;
}
