import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BenchContext, Measurement } from '../harness/index.ts';
import { beam } from './beam.ts';

// A chat as BEAM has them: batches of turns of messages, of which the first of a day says which; questions by kind, whose
// evidence is ids in a list, or in lists by name, or none.
const chat = [
  {
    batch_number: 1,
    turns: [
      [
        {
          role: 'user',
          id: 0,
          time_anchor: 'March-15-2024',
          index: '1,1',
          content: 'My boat is called Kittiwake. ->-> 1,1',
        },
        { role: 'assistant', id: 1, content: 'A fine name! Kittiwakes are small gulls that nest on cliffs.' },
      ],
      [
        { role: 'user', id: 2, content: 'The mast broke in the storm, and the repair will cost 900 euros.' },
        { role: 'assistant', id: 3, content: 'That is a lot for a mast. Here is a plan for the repair of the mast.' },
      ],
    ],
  },
  {
    batch_number: 2,
    turns: [
      [{ role: 'user', id: 4, time_anchor: 'April-02-2024', content: 'The repair of the mast now costs 1,100 euros.' }],
    ],
  },
];
const questions = {
  abstention: [{ question: 'What does my sister think of boats?' }],
  information_extraction: [{ question: 'What is my boat called?', source_chat_ids: [0] }],
  knowledge_update: [
    { question: 'What does the repair of the mast cost?', source_chat_ids: { original_info: [2], updated_info: [4] } },
  ],
  event_ordering: [{ question: 'In which order did I introduce my cousins?', source_chat_ids: [99, 2] }],
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chorale-beam-'));
  const chatFolder = join(folder, '100K', '1');
  mkdirSync(join(chatFolder, 'probing_questions'), { recursive: true });
  writeFileSync(join(chatFolder, 'chat.json'), JSON.stringify(chat));
  writeFileSync(join(chatFolder, 'probing_questions', 'probing_questions.json'), JSON.stringify(questions));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function run(
  data: string,
): Promise<{ readonly found: readonly Measurement[]; readonly notes: readonly string[] }> {
  const notes: string[] = [];
  const context = { data, wants: () => true, note: (text: string) => void notes.push(text) };
  const found: Measurement[] = [];
  for await (const one of beam.run(context as unknown as BenchContext)) found.push(one);
  return { found, notes };
}

test('a chat of that shape is read, and each question with evidence counts by how much of it is found', async () => {
  const { found, notes } = await run(folder);
  // Nobody spoke of cousins: two of three questions, and what the chat does not have is no evidence.
  expect(found).toEqual([{ id: 'M2', measured: expect.closeTo(66.667, 2) }]);
  expect(notes).toContain('1 chats, 3 questions with evidence');
  expect(notes).toContain('knowledge_update: 100.0 of 1');
});

test('without a folder it says what it wants, and measures nothing', async () => {
  const { found, notes } = await run(join(folder, 'none'));
  expect(found).toEqual([]);
  expect(notes[0]).toContain('--data FOLDER');
});
