// What people say to a running agent: taken up before its next answer, each message once.

import type { Json, TaskMessage } from '@chorale/module-goals';
import type { AgentSession } from './agent-session.ts';

/** Which messages were heard here is on record; only from its end on are new ones looked for. */
export async function hearMessages(session: AgentSession): Promise<void> {
  const { calls } = session.parts;
  const { next } = calls.journal;
  if (next !== undefined && next.kind !== 'message') return;
  const fresh = next === undefined ? await findNew(session) : [];
  if (next === undefined && fresh.length === 0) return;
  const entry = { kind: 'message', name: 'person', input: { after: session.heard } } as const;
  const heard = (await calls.note(entry, () => fresh as unknown as Json)) as unknown as readonly TaskMessage[];
  session.heard += heard.length;
  for (const { by, text } of heard) {
    session.log.say(`${by} says to you while you work: ${text}`);
    session.read.addTrusted(text);
  }
}

async function findNew({ parts, heard }: AgentSession): Promise<readonly TaskMessage[]> {
  const { tenantId, goalId, key, no } = parts.request.claimed.task;
  try {
    const rows = await parts.thinking.reads.findTasks(tenantId, goalId, [key]);
    return (rows.find((row) => row.no === no)?.messages ?? []).slice(heard);
  } catch {
    // The next turn looks again: a store that is away for a moment must not end what was paid for.
    return [];
  }
}
