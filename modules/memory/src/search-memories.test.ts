import { expect, test } from 'vitest';
import type { Memory } from './memory.ts';
import type { MemoryQuery } from './memory-store.ts';
import { IndexInMemory } from './memory-index.fixture.ts';
import { ann, dayMs, makeMemory, makeSession, north, today } from './memory.fixture.ts';
import { searchMemories } from './search-memories.ts';

type Asked = Partial<MemoryQuery>;

function search(memories: readonly Memory[], text: string, more: Asked = {}) {
  const query = { tenantId: north, scopes: [ann], text, limit: 10, ...more };
  return searchMemories(new IndexInMemory(memories), query, today);
}

async function bodies(memories: readonly Memory[], text: string, more: Asked = {}): Promise<readonly string[]> {
  return (await search(memories, text, more)).map(({ memory }) => memory.body);
}

/** Enough of others that words are rare. */
const others = Array.from({ length: 30 }, (_, index) => makeMemory(`nothing ${index} to see`));

test('[MR1] forms of a word find each other, and words that say nothing find nothing', async () => {
  const memories = [makeMemory("We went camping at Zoë's lake"), makeMemory('She bought a piano'), ...others];
  expect(await bodies(memories, 'Where do they camp?')).toEqual(["We went camping at Zoë's lake"]);
  expect(await bodies(memories, 'who buys a thing')).toEqual(['She bought a piano']);
  expect(await bodies(memories, 'ZOE')).toEqual(["We went camping at Zoë's lake"]);
  expect(await bodies(memories, 'what did they do there?')).toEqual([]);
});

test('[MR2] a turn is found by the words around it, the less the further, and never across sessions', async () => {
  const first = makeSession(1, [
    'bo: Did you see the glacier?',
    'ann: Yes, on Monday',
    'bo: Cold?',
    'ann: Very much so',
  ]);
  const second = makeSession(2, ['ann: Tuesday was fine']);
  expect(await bodies([...others, ...first, ...second], 'glacier')).toEqual([
    'Did you see the glacier?',
    'Yes, on Monday',
    'Cold?',
    'Very much so',
  ]);
});

test('[MR3] the turns of the one who is named come first, and the name is no word', async () => {
  const memories = [
    ...makeSession(1, ['bo: Thanks, Cleo! I love the violin']),
    ...makeSession(2, ['cleo: I love the violin too']),
    ...makeSession(3, ['bo: Hi Cleo!']),
    ...others,
  ];
  expect(await bodies(memories, 'Which violin does Cleo love?')).toEqual([
    'I love the violin too',
    'Thanks, Cleo! I love the violin',
  ]);
});

test('[MR4] a question for a kind finds things of the kind, below the word itself', async () => {
  const memories = [makeMemory('I fed the kitten'), makeMemory('Our pets are well'), ...others];
  expect(await bodies(memories, 'what pets are there?')).toEqual(['Our pets are well', 'I fed the kitten']);
});

test('[MR5] what an assistant said ranks lower, is found, and ranks alike when it is asked for', async () => {
  const said = (role: Memory['role'], body: string) => makeMemory(body, { role, speaker: role });
  const memories = [
    said('assistant', 'Deploy from the harbour branch and the harbour tag'),
    said('person', 'The harbour was closed that week for repairs'),
    ...others,
  ];
  const [first, second] = await bodies(memories, 'what about the harbour?');
  expect([first, second]).toEqual([memories[1]!.body, memories[0]!.body]);
  expect((await bodies(memories, 'what did you suggest about the harbour?'))[0]).toBe(memories[0]!.body);
});

test('[MR6] only what holds is found, and as of a moment what held and was known then', async () => {
  const [early, late] = [today - 20 * dayMs, today - 5 * dayMs];
  const ends = [
    { recordedAt: early, validTo: undefined },
    { recordedAt: late, validTo: today - 10 * dayMs },
  ];
  const memories = [
    makeMemory('the branch is oak', { validFrom: early, recordedAt: early, validTo: today - 10 * dayMs, ends }),
    makeMemory('the branch is elm', { validFrom: today - 10 * dayMs, recordedAt: late }),
    makeMemory('the branch is fir', { retractedAt: today - dayMs, recordedAt: early, validFrom: early }),
    makeMemory('the branch is ash', { state: 'quarantined' }),
    makeMemory('the branch is yew', { expiresAt: today - 1 }),
    ...others,
  ];
  expect(await bodies(memories, 'branch')).toEqual(['the branch is elm']);
  expect(await bodies(memories, 'branch', { validAt: today - 15 * dayMs })).toEqual(['the branch is oak']);
  const known = await bodies(memories, 'branch', { validAt: today - 7 * dayMs, knownAt: today - 7 * dayMs });
  expect(known.toSorted()).toEqual(['the branch is fir', 'the branch is oak']);
});

test('[MR7] nothing is found of other tenants, scopes, kinds and sensitivities', async () => {
  const memories = [
    makeMemory('the code is 1', { tenantId: 'south' as Memory['tenantId'] }),
    makeMemory('the code is 2', { scope: { kind: 'user', id: 'bo' } }),
    makeMemory('the code is 3', { sensitivity: 'secret' }),
    makeMemory('the code is 4', { kind: 'semantic' }),
    makeMemory('the code is 5', { sensitivity: 'personal' }),
    ...others,
  ];
  expect(await bodies(memories, 'code', { kinds: ['episodic'] })).toEqual(['the code is 5']);
  expect(await bodies(memories, 'code', { sensitivity: 'normal' })).toEqual(['the code is 4']);
  expect(await bodies(memories, 'code', { sensitivity: 'secret' })).toHaveLength(3);
  const claim = { subject: 'The safe', attribute: 'code', value: '6' };
  const claimed = [...memories, makeMemory('the code is 6', { claim }), makeMemory('code 7', { speaker: 'the safe' })];
  expect((await bodies(claimed, 'code', { subject: 'the SAFE' })).toSorted()).toEqual(['code 7', 'the code is 6']);
});

test('[MR8] what happened in the month that the question names comes up', async () => {
  const on = (month: number) => makeMemory(`lunch at the pier ${month}`, { validFrom: Date.UTC(2027, month, 9) });
  const memories = [on(0), on(1), ...others];
  expect((await bodies(memories, 'lunch in January'))[0]).toBe('lunch at the pier 0');
  expect((await bodies(memories, 'lunch in February'))[0]).toBe('lunch at the pier 1');
  const told = makeMemory('lunch at the pier, two months ago', { validFrom: Date.UTC(2027, 1, 20) });
  expect((await bodies([on(0), on(1), told, ...others], 'lunch in December 2026'))[0]).toBe(told.body);
});

test('[MR16] what is of a day that the question names is found without a word of it, also by its distance from now', async () => {
  const memories = [
    makeMemory('the lake froze', { validFrom: today - dayMs + 3_600_000 }),
    makeMemory('the lake thawed', { validFrom: today - 9 * dayMs }),
    makeMemory('a pond', { validFrom: today - 40 * dayMs }),
  ];
  expect(await bodies(memories, 'what was there yesterday?')).toEqual(['the lake froze']);
  expect(await bodies(memories, 'what was there on 20 February?')).toEqual(['the lake thawed']);
  expect(await bodies(memories, 'what was there on 3 February?')).toEqual([]);
});

test('[MR14] a short turn that only asks or speaks of the other ranks below who speaks of themselves', async () => {
  const bodiesOf = ['Did you like the old ferry?', 'You like the new ferry.', 'I like the red ferry.'];
  const memories = bodiesOf.map((body) => makeMemory(body));
  expect(await bodies([...memories, ...others], 'who likes the ferry')).toEqual(bodiesOf.toReversed());
  const long = `You like the ferry ${'and the pier '.repeat(20)}`;
  expect((await search([makeMemory(long), ...others], 'ferry'))[0]?.parts.telling).toBe(1);
});

test('[MR15] with a vector what is near is found without a word of the question, and ranks beside what has the words', async () => {
  const near = [
    makeMemory('a vessel crosses the strait'),
    makeMemory('a barge', { sensitivity: 'secret' }),
    makeMemory('a raft', { retractedAt: today - dayMs }),
  ];
  const both = makeMemory('the ferry crosses');
  const words = makeMemory('a ferry, a ferry, a ferry');
  const index = new IndexInMemory([...near, both, words, ...others]);
  for (const { body } of near) index.vectors.set(body, [1, 0]);
  index.vectors.set(both.body, [0.6, 0.8]);
  const vector = { model: 'm', values: [1, 0] };
  const ask = (more: Asked) =>
    searchMemories(index, { tenantId: north, scopes: [ann], text: 'ferry', limit: 10, ...more }, today);
  expect((await ask({})).map(({ memory }) => memory.body)).toEqual([words.body, both.body]);
  const found = await ask({ vector });
  expect(found.map(({ memory }) => memory.body).toSorted()).toEqual([words.body, near[0]!.body, both.body].toSorted());
  expect(found[0]!.memory.body).toBe(both.body);
  expect(new Set(found.map(({ parts }) => parts.meaning))).toEqual(new Set([0, 0.6, 1]));
  expect((await ask({ vector, text: 'of the' })).map(({ memory }) => memory.body)).toEqual([near[0]!.body, both.body]);
});

test('[MR9] age lowers what happened by a fifth at most, not what holds or is pinned; importance counts', async () => {
  const old = { validFrom: today - 20 * 365 * dayMs };
  const found = await search(
    [
      makeMemory('ferry one', old),
      makeMemory('ferry two', { ...old, kind: 'semantic' }),
      makeMemory('ferry three', { ...old, pinned: true }),
      makeMemory('ferry four', { ...old, lastUsedAt: today }),
      makeMemory('ferry five', { importance: 1, validFrom: today }),
      makeMemory('ferry six', { confidence: 0.2, validFrom: today }),
      ...others,
    ],
    'ferry',
  );
  const decay = new Map(found.map(({ memory, parts }) => [memory.body.slice(6), parts.decay]));
  expect(decay.get('one')).toBeCloseTo(0.8, 3);
  expect([decay.get('two'), decay.get('three'), decay.get('four')]).toEqual([1, 1, 1]);
  expect([found[0]!.memory.body, found.at(-1)!.memory.body]).toEqual(['ferry five', 'ferry six']);
});

test('[MR10] what says the same as a better result is left out', async () => {
  const memories = [makeMemory('The pump is in the cellar.'), makeMemory('the pump is in the cellar'), ...others];
  expect(await bodies(memories, 'pump')).toHaveLength(1);
});

test('[MR11] a standing instruction comes up to the fifth place, two of them at most', async () => {
  const talk = Array.from({ length: 12 }, (_, index) =>
    makeMemory(`login form, login page, login ${index} show feature`),
  );
  const rules = ['Always use tabs when I ask for a feature.', 'Never show passwords.', 'Always show the line numbers.'];
  const memories = [...talk, ...rules.map((rule) => makeMemory(rule)), ...others];
  const found = await search(memories, 'could you show me the login feature?');
  expect(found.flatMap(({ lifted }, place) => (lifted ? [place] : []))).toEqual([4, 5]);
  expect(found).toHaveLength(10);
  expect(await bodies(memories, 'login', { limit: 6 })).not.toContain(rules[0]);
});

test('[MR13] a score is the product of its parts, with the words it has', async () => {
  const [found] = await search([makeMemory('the ferry sails at noon'), ...others], 'when does the ferry sail');
  const { words, date, meaning: _none, ...factors } = found!.parts;
  expect(found!.score).toBeCloseTo(
    Object.values(factors).reduce((a, b) => a * b, words + date),
    9,
  );
  expect(found!.matched.toSorted()).toEqual(['ferri', 'sail']);
});

test('[MR13] a search out of bounds is refused', async () => {
  await expect(search([], 'a', { limit: 0 })).rejects.toThrow('was asked for 0 results');
  await expect(search([], 'a', { scopes: [] })).rejects.toMatchObject({ code: 'memory-query-invalid' });
});
