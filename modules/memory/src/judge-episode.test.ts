import { expect, test } from 'vitest';
import { judgeEpisode, sessionMemoriesMax, type GateContext, type Judged } from './judge-episode.ts';
import { makeMemory } from './memory.fixture.ts';
import { sharedWords, sketchText } from './text-form.ts';

const nothing: GateContext = { alike: [], recalled: [], kept: 0 };

function judge(text: string, role: Judged['role'], context: Partial<GateContext> = {}): string {
  return judgeEpisode({ text, role, speaker: role === 'person' ? 'ann' : role }, { ...nothing, ...context }).outcome;
}

test('[MH2] what assistants say to be polite or to refuse is noise, and what they say besides is not', () => {
  const noise = [
    'I apologize, but I cannot assist with that.',
    'As a language model, I have no personal opinions.',
    'Hello! How can I help you today?',
    'Is there anything else I can help you with?',
    'Done.',
    'HEARTBEAT_OK',
    'Working on it...',
  ];
  expect(noise.filter((text) => judge(text, 'assistant') !== 'noise')).toEqual([]);
  const news = [
    'The deploy failed: the disk of builder-3 is full.',
    'I cannot reach the registry since 14:05; the proxy answers 502.',
    'You said that the key is under the mat, so I looked there and found the blue envelope with the receipts of May.',
  ];
  expect(news.filter((text) => judge(text, 'assistant') !== 'remembered')).toEqual([]);
});

test('[MH2] a person may be short', () => {
  expect(judge('No, Thursday.', 'person')).toBe('remembered');
  expect(judge("I'm sorry, I can't help with the move on Sunday.", 'person')).toBe('remembered');
  expect(judge('ok', 'person')).toBe('noise');
  expect(judge('!?', 'person')).toBe('noise');
});

test('[MH3] an answer that says recalled memories again is an echo, one that adds to them is not', () => {
  const recalled = [makeMemory('The vault opens with the copper key on Sundays')];
  expect(judge('You told me: the vault opens with the copper key on Sundays.', 'assistant', { recalled })).toBe('echo');
  const more = 'The vault opened, and inside were three ledgers, a broken clock and letters from Lisbon.';
  expect(judge(more, 'assistant', { recalled })).toBe('remembered');
  expect(judge('The vault opens with the copper key on Sundays', 'person', { recalled })).toBe('echo');
});

test('[MH4] a session that is full takes no more', () => {
  expect(judge('one more thing about boats', 'person', { kept: sessionMemoriesMax - 1 })).toBe('remembered');
  expect(judge('one more thing about boats', 'person', { kept: sessionMemoriesMax })).toBe('capped');
});

test('[MH1] texts that are nearly alike meet in a sketch, and different ones do not', () => {
  const words = Array.from({ length: 20 }, (_, index) => `harbour${index}`);
  const text = words.join(' ');
  const near = [...words.slice(1), 'pier'].join(' ');
  expect(sharedWords(text, near)).toBeCloseTo(19 / 21);
  expect(sketchText(near).some((sketch) => sketchText(text).includes(sketch))).toBe(true);
  const far = words.map((word) => `${word}x`).join(' ');
  expect(sketchText(far).some((sketch) => sketchText(text).includes(sketch))).toBe(false);
  expect(sketchText('too short')).toEqual([]);
});
