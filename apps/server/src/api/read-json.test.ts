import { expect, test } from 'vitest';
import { depthMax, readJson } from './read-json.ts';

const read = (text: string) => readJson(new TextEncoder().encode(text));

test('[API12] a body nested as deep as allowed is read, one level more is refused before it is parsed', () => {
  expect(read('['.repeat(depthMax) + ']'.repeat(depthMax))).toBeDefined();
  expect(() => read('['.repeat(depthMax + 1) + ']'.repeat(depthMax + 1))).toThrow(/deeper than 64/);
  expect(() => read('{"a":'.repeat(100_000))).toThrow(expect.objectContaining({ code: 'body-too-deep' }));
});

test('[API12] brackets inside texts are no depth', () => {
  const text = `${'['.repeat(200)}\\"${'{'.repeat(200)}`;
  expect(read(`"${text}"`)).toBe(JSON.parse(`"${text}"`));
});

test('[API13] numbers that a double cannot hold are refused, wherever they are', () => {
  for (const text of ['9e400000', '-9e400000', '[1, 1e999]', '{"a":{"b":[1e309]}}']) {
    expect(() => read(text), text).toThrow(expect.objectContaining({ code: 'body-not-json' }));
  }
  expect(read('1.7976931348623157e308')).toBe(Number.MAX_VALUE);
});

test('[API13] half a surrogate pair is refused in texts and in keys, a whole one is kept', () => {
  for (const text of [String.raw`"\ud800"`, String.raw`{"\udc00": 1}`, String.raw`["\ud800\ud800"]`]) {
    expect(() => read(text), text).toThrow(/surrogate/);
  }
  expect(read(String.raw`"\ud83d\ude00"`)).toBe('😀');
});

test('[API13] the key __proto__ is refused at any depth', () => {
  expect(() => read('{"__proto__": {"admin": true}}')).toThrow(/__proto__/);
  expect(() => read('[{"a": {"__proto__": 1}}]')).toThrow(/__proto__/);
  expect(read('{"constructor": 1, "prototype": 2}')).toEqual({ constructor: 1, prototype: 2 });
});

test('[API11] a syntax mistake is named with line and column, and the body is not repeated', () => {
  expect(() => read('{\n  "a": 1,\n  "secret" 2\n}')).toThrow(/line 3, column 12/);
  expect(() => read('{"a": hunter2}')).toThrow(
    expect.not.objectContaining({ message: expect.stringContaining('hunter2') }),
  );
});

test('[API12] keys and values are counted: a small body cannot become a large one in memory', () => {
  const keys = (count: number) => `{${Array.from({ length: count }, (_, index) => `"k${index}":1`).join(',')}}`;
  expect(Object.keys(read(keys(20_000)) as object)).toHaveLength(20_000);
  expect(() => read(keys(20_001))).toThrow(expect.objectContaining({ code: 'body-too-large' }));
  expect(() => read(`[${'[],'.repeat(500_000)}[]]`)).toThrow(expect.objectContaining({ code: 'body-too-large' }));
});
