// A conversation that is too long for its target: the oldest of it is dropped, or said in fewer words, until the rest fits.
//
// What is cut is a whole turn: a user's message and all that follows it up to the next. Only when the newest turn alone
// is too long are the oldest rounds inside it cut: an answer with its calls and their results. A call never parts from
// its result, and system messages, the newest question and the newest round always stay.

import { refused } from '@chorale/lib-errors';
import type { Message } from './conversation.ts';

export interface FitOptions {
  readonly tokensMax: number;
  /** How many tokens a message takes; an estimate errs on the side of too many. */
  countTokens(message: Message): number;
  /** Says what is cut in at most so many tokens. Undefined: it is only noted that something is missing. */
  readonly summarise?: (messages: readonly Message[], tokensMax: number) => Promise<string>;
}

export interface FittedHistory {
  readonly messages: readonly Message[];
  /** What was cut, oldest first. */
  readonly cut: readonly Message[];
}

/** The part of the room that a summary may take. */
const summaryShare = 0.1;
const summaryTokensMin = 64;

/** @throws refused `context-too-long` when what must stay does not fit. */
export async function fitHistory(messages: readonly Message[], options: FitOptions): Promise<FittedHistory> {
  const count = (list: readonly Message[]): number => list.reduce((sum, each) => sum + options.countTokens(each), 0);
  if (count(messages) <= options.tokensMax) return { messages, cut: [] };

  const system = messages.filter((message) => message.role === 'system');
  const rounds = roundsOf(messages.filter((message) => message.role !== 'system'));
  const summaryTokens = Math.max(summaryTokensMin, Math.floor(options.tokensMax * summaryShare));
  const room = options.tokensMax - count(system) - summaryTokens;
  const staying = chooseRounds(
    rounds.map((round) => ({ opensTurn: round[0]?.role === 'user', tokens: count(round) })),
    room,
  );
  if (staying === undefined) {
    const least = count(system) + summaryTokens + count(rounds.at(-1) ?? []);
    throw refused(
      'context-too-long',
      `the newest of the conversation takes ${least} tokens, over ${options.tokensMax}`,
      {
        action: 'Shorten the last message or its tool results, or name a model with a longer context.',
        data: { tokens: least, tokensMax: options.tokensMax },
      },
    );
  }
  const cut = rounds.filter((_, index) => !staying.has(index)).flat();
  const text = await describeCut(cut, summaryTokens, options);
  const note: Message = { role: 'user', parts: [{ type: 'text', text }] };
  return { messages: [...system, note, ...rounds.filter((_, index) => staying.has(index)).flat()], cut };
}

async function describeCut(cut: readonly Message[], tokensMax: number, options: FitOptions): Promise<string> {
  const missing = `[${cut.length} earlier messages were left out for want of room.]`;
  if (options.summarise === undefined) return missing;
  const summary = await options.summarise(cut, tokensMax);
  if (summary.trim() === '') return missing;
  const text = `[${cut.length} earlier messages, in short:]\n${summary}`;
  const tokens = options.countTokens({ role: 'user', parts: [{ type: 'text', text }] });
  // A summary longer than it may be would push out what it is to make room for.
  return tokens <= tokensMax ? text : missing;
}

/** A user's messages in a row, or an answer with the results of its calls. */
function roundsOf(messages: readonly Message[]): readonly (readonly Message[])[] {
  const rounds: Message[][] = [];
  let before: Message['role'] | undefined;
  for (const message of messages) {
    const goesOn = message.role === 'tool' || (message.role === 'user' && before === 'user');
    const last = rounds.at(-1);
    if (goesOn && last !== undefined) last.push(message);
    else rounds.push([message]);
    before = message.role;
  }
  return rounds;
}

interface Round {
  readonly opensTurn: boolean;
  readonly tokens: number;
}

/** Which rounds stay; undefined when the least that must stay does not fit. */
function chooseRounds(rounds: readonly Round[], room: number): ReadonlySet<number> | undefined {
  const last = rounds.length - 1;
  const question = rounds.findLastIndex((round) => round.opensTurn);
  const staying = new Set([last, ...(question === -1 ? [] : [question])]);
  let left = room - [...staying].reduce((sum, index) => sum + (rounds[index]?.tokens ?? 0), 0);
  if (last < 0 || left < 0) return undefined;

  // The newest turn from its end; when all of it fits, whole turns before it.
  for (let index = last - 1; index > question; index--) {
    left -= rounds[index]?.tokens ?? 0;
    if (left < 0) return staying;
    staying.add(index);
  }
  for (let end = question; end > 0;) {
    let begin = end - 1;
    while (begin > 0 && rounds[begin]?.opensTurn !== true) begin--;
    left -= rounds.slice(begin, end).reduce((sum, round) => sum + round.tokens, 0);
    if (left < 0) return staying;
    for (let index = begin; index < end; index++) staying.add(index);
    end = begin;
  }
  return staying;
}
