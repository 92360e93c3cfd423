import { ChoraleError } from '@chorale/lib-errors';
import type { InputDefinition, Json } from '@chorale/module-goals';
import { describe, expect, test } from 'vitest';
import { resolveInputs } from './workflow-inputs.ts';

const resolve = (inputs: Record<string, InputDefinition>, given: Record<string, Json>) =>
  resolveInputs({ workflow: 'w', inputs }, given);

function refusalOf(run: () => unknown): ChoraleError {
  try {
    run();
  } catch (error) {
    if (error instanceof ChoraleError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('inputs', () => {
  test.each<[InputDefinition['type'], Json, Json]>([
    ['string', '5', '5'],
    ['string', '', ''],
    ['number', '5', 5],
    ['number', '-2.5e3', -2500],
    ['number', 5, 5],
    ['boolean', 'true', true],
    ['boolean', false, false],
    ['list', 'a, b', ['a', 'b']],
    ['list', '["a", 1]', ['a', 1]],
    ['list', '', []],
    ['list', [1], [1]],
    ['object', '{"a": 1}', { a: 1 }],
    ['object', { a: 1 }, { a: 1 }],
  ])('[WF15] for a %s, %j reads as %j', (type, given, expected) => {
    expect(resolve({ x: { type } }, { x: given })).toEqual({ x: expected });
  });

  test.each<[InputDefinition['type'], Json]>([
    ['string', 5],
    ['number', 'five'],
    ['number', ''],
    ['number', '0x10'],
    ['number', '1e999'],
    ['boolean', 'yes'],
    ['boolean', 1],
    ['list', '[1'],
    ['list', { a: 1 }],
    ['object', '[1]'],
    ['object', 'a'],
  ])('[WF15] for a %s, %j is refused', (type, given) => {
    expect(refusalOf(() => resolve({ x: { type } }, { x: given }))).toMatchObject({
      family: 'refused',
      code: 'inputs-invalid',
    });
  });

  test('[WF15] defaults are filled in, and what has none is null', () => {
    const inputs: Record<string, InputDefinition> = { a: { type: 'number', default: 2 }, b: { type: 'string' } };
    expect(resolve(inputs, {})).toEqual({ a: 2, b: null });
    expect(resolve(inputs, { a: 0, b: '' })).toEqual({ a: 0, b: '' });
  });

  test('[WF15] everything that is wrong is named at once', () => {
    const inputs: Record<string, InputDefinition> = {
      path: { type: 'string', required: true },
      depth: { type: 'number' },
    };
    const error = refusalOf(() => resolve(inputs, { paht: 'x', depth: 'deep' }));
    expect(error.message).toBe(
      'the inputs of `w` are not right: there is no input `paht`; did you mean `path`?; `path` (string) is missing; ' +
        '`depth` must be a number, found "deep"',
    );
    expect(error.action).toBe('give path (required), depth');
    expect(error.data?.['mistakes']).toHaveLength(3);
  });

  test('[WF15] names that every object inherits are no inputs', () => {
    expect(refusalOf(() => resolve({}, { constructor: 'x' })).message).toContain('there is no input `constructor`');
    const inputs = Object.fromEntries([['constructor', { type: 'string' as const }]]);
    expect(Object.entries(resolve(inputs, {}))).toEqual([['constructor', null]]);
  });
});
