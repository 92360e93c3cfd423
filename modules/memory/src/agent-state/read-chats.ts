// What was talked about: saved chats, and what a chat was told to keep.

import type { ReadRows, ReadTurn } from './agent-state.ts';
import { fieldsOf, listOf, momentOf, textOf } from './state-values.ts';

const turnMax = 100_000;

/** Turns of people and of the assistant; the system prompt and results of tools are the older program's own. */
export function readChatSession(value: unknown, path: string): ReadRows {
  const entries = listOf(fieldsOf(value)?.['messages'] ?? value);
  const chat = path.slice(path.lastIndexOf('/') + 1).replace(/\.json(\.backup)?$/, '');
  const turns: ReadTurn[] = [];
  let skipped = 0;
  for (const entry of entries) {
    const message = fieldsOf(entry);
    const text = message?.['content'];
    if (typeof text !== 'string' || typeof message?.['role'] !== 'string') skipped++;
    else if (message['role'] === 'user') turns.push({ chat, role: 'person', text: text.slice(0, turnMax) });
    else if (message['role'] === 'assistant' && !isToolCall(text))
      turns.push({ chat, role: 'assistant', text: text.slice(0, turnMax) });
  }
  return { turns, skipped };
}

function isToolCall(text: string): boolean {
  return /^\s*\{\s*"type"\s*:\s*"tool/.test(text);
}

export function readChatMemory(lines: readonly unknown[]): ReadRows {
  const memories = lines.flatMap((line) => {
    const fields = fieldsOf(line);
    const text = textOf(fields?.['text']) ?? textOf(fields?.['content']);
    if (fields === undefined || text === undefined) return [];
    const meta = fieldsOf(fields['meta']) ?? {};
    return [{ kind: 'semantic' as const, body: text, at: momentOf(fields['timestamp'] ?? fields['ts'] ?? meta['ts']) }];
  });
  return { memories, skipped: lines.length - memories.length };
}
