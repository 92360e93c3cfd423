import { describe, expect, test } from 'vitest';
import type { Message } from './conversation.ts';
import { fitHistory } from './fit-history.ts';
import { historyOf, seeded } from './handoff.fixture.ts';
import { prepareHistory } from './handoff.ts';

const countTokens = (message: Message): number => Math.ceil(JSON.stringify(message.parts).length / 4);
const say = (role: 'user' | 'assistant' | 'system', text: string): Message => ({
  role,
  parts: [{ type: 'text', text }],
});
const round = (id: string, size = 10): readonly Message[] => [
  { role: 'assistant', parts: [{ type: 'tool-call', id, name: 'look', arguments: {} }] },
  {
    role: 'tool',
    parts: [{ type: 'tool-result', callId: id, name: 'look', content: 'x'.repeat(size), isError: false }],
  },
];
const total = (messages: readonly Message[]): number => messages.reduce((sum, each) => sum + countTokens(each), 0);
const textsOf = (messages: readonly Message[]): string => JSON.stringify(messages);

describe('a conversation too long for its target', () => {
  const system = say('system', 'rules');
  const turn = (name: string): readonly Message[] => [
    say('user', name),
    ...round(`call-${name}`, 1_000),
    say('assistant', 'ok'),
  ];
  const history = [system, ...turn('one'), ...turn('two'), ...turn('three')];

  test('[HO8] one that fits stays as it is', async () => {
    const fitted = await fitHistory(history, { tokensMax: total(history), countTokens });
    expect(fitted).toEqual({ messages: history, cut: [] });
  });

  test('[HO8] the oldest turns go whole, the system messages and the newest turn stay', async () => {
    const fitted = await fitHistory(history, { tokensMax: total(history) - 1, countTokens });
    expect(fitted.cut).toEqual(turn('one'));
    expect(fitted.messages[0]).toEqual(system);
    expect(fitted.messages.slice(2)).toEqual([...turn('two'), ...turn('three')]);
    expect(textsOf(fitted.messages.slice(1, 2))).toContain('4 earlier messages were left out');
  });

  test('[HO8] what is cut is said in short where somebody can, in no more than the room kept for it', async () => {
    const asked: number[] = [];
    const options = { tokensMax: total(history) - 1, countTokens };
    const short = await fitHistory(history, {
      ...options,
      summarise: async (messages, tokensMax) => {
        asked.push(messages.length, tokensMax);
        return 'one was done';
      },
    });
    expect(asked).toEqual([4, Math.floor((total(history) - 1) / 10)]);
    expect(textsOf(short.messages)).toContain('in short:]\\none was done');
    const long = await fitHistory(history, { ...options, summarise: async () => 'y'.repeat(5_000) });
    expect(textsOf(long.messages)).not.toContain('yyyy');
    expect(total(long.messages)).toBeLessThanOrEqual(options.tokensMax);
  });

  test('[HO8] in one long turn the oldest rounds go, and its question stays', async () => {
    const long = [say('user', 'the question'), ...round('a', 800), ...round('b', 800), ...round('c', 800)];
    const fitted = await fitHistory(long, { tokensMax: 700, countTokens });
    expect(fitted.cut).toEqual(round('a', 800));
    expect(fitted.messages.slice(1)).toEqual([say('user', 'the question'), ...round('b', 800), ...round('c', 800)]);
  });

  test('[HO8] what must stay and does not fit is refused with the numbers', async () => {
    const tooLong = fitHistory([say('user', 'x'.repeat(2_000))], { tokensMax: 300, countTokens });
    await expect(tooLong).rejects.toMatchObject({ code: 'context-too-long', data: { tokensMax: 300 } });
  });

  test('[HO8] random histories fit, lose nothing uncounted, and part no call from its result', async () => {
    const random = seeded(11);
    const target = { id: 'a', kind: 'openai', wire: 'openai-chat', model: 'm', capabilities: ['images'] } as const;
    let cuts = 0;
    for (let index = 0; index < 1_000; index++) {
      const { messages } = prepareHistory(historyOf(random, target), target);
      const tokensMax = 90 + Math.floor(random() * 150);
      const fitted = await fitHistory(messages, { tokensMax, countTokens }).catch(
        (error: { code: string }) => error.code,
      );
      if (fitted === 'context-too-long') continue;
      if (typeof fitted === 'string') throw new Error(fitted);
      expect(total(fitted.messages)).toBeLessThanOrEqual(tokensMax);
      expect(prepareHistory(fitted.messages, target).changes).toEqual({});
      const noted = fitted.cut.length > 0 ? 1 : 0;
      expect(fitted.messages.length + fitted.cut.length).toBe(messages.length + noted);
      cuts += noted;
    }
    expect(cuts).toBeGreaterThan(100);
  });
});
