import type { LiveText } from '@chorale/lib-client';
import { expect, test } from 'vitest';
import { LiveSpeech } from './live-speech.ts';
import { widthOf } from './text-width.ts';

const plain = (_colour: unknown, text: string): string => text;
const piece = (callId: string, kind: LiveText['kind'], text: string): LiveText => ({
  goalId: 'g',
  taskNo: 1,
  agent: `agent-${callId}`,
  callId,
  kind,
  from: 0,
  text,
});

test('[CLI33] each model that speaks has a line with the end of what it says, until it has said it', () => {
  const speech = new LiveSpeech();
  speech.hear(piece('a', 'text', 'one\ntwo '));
  speech.hear(piece('a', 'tool-call', 'search'));
  speech.hear(piece('b', 'text', 'x'.repeat(200)));
  const [first = '', second = ''] = speech.lines(40, plain);
  expect(first).toBe('agent-a: one two [calls search]');
  expect(second.startsWith('agent-b: …xxx')).toBe(true);
  expect(widthOf(second)).toBeLessThanOrEqual(40);
  speech.hear(piece('b', 'end', ''));
  expect(speech.lines(40, plain)).toHaveLength(1);
});

test('[CLI33] however many speak, three lines show it, whatever they say fits', () => {
  const speech = new LiveSpeech();
  for (const callId of ['a', 'b', 'c', 'd']) speech.hear(piece(callId, 'text', `\u001B[2J漢字${'字'.repeat(100)}`));
  speech.hear(piece('a', 'text', '!'));
  const lines = speech.lines(30, plain);
  expect(speech.count).toBe(3);
  expect(lines.map((line) => line.slice(0, 7))).toEqual(['agent-c', 'agent-d', 'agent-a']);
  for (const line of lines) {
    expect(widthOf(line)).toBeLessThanOrEqual(30);
    expect(line).not.toContain('\u001B');
  }
});
