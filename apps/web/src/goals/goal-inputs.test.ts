import { describe, expect, test } from 'vitest';
import { firstTypedInputs, readTypedInputs } from './goal-inputs.ts';

const definitions = {
  path: { type: 'string', required: true },
  depth: { type: 'number', default: 3 },
  deep: { type: 'boolean', default: true },
  tags: { type: 'list', default: ['a', 'b'] },
  limits: { type: 'object' },
} as const;

test('the form begins with the defaults of the workflow', () => {
  expect(firstTypedInputs(definitions)).toEqual({
    path: '',
    depth: '3',
    deep: true,
    tags: '[\n  "a",\n  "b"\n]',
    limits: '',
  });
});

test('what is typed becomes JSON of the input’s type, and an empty field is left out', () => {
  const typed = { path: '/srv', depth: ' 7 ', deep: false, tags: 'one\n\n two ', limits: '' };
  expect(readTypedInputs(definitions, typed)).toEqual({
    inputs: { path: '/srv', depth: 7, deep: false, tags: ['one', 'two'] },
    errors: {},
  });
});

describe('what cannot be read is said beside its field', () => {
  test.each([
    ['path', '', 'This input is needed.'],
    ['depth', 'deep', '“deep” is not a number.'],
    ['depth', '   ', '“   ” is not a number.'],
    ['tags', '[1', 'This is not JSON'],
    ['limits', '[1]', 'This is not a JSON object'],
    ['limits', '{', 'This is not JSON'],
  ])('%s: %j', (name, value, message) => {
    const { inputs, errors } = readTypedInputs(definitions, { path: '/srv', [name]: value });
    expect(errors[name]).toContain(message);
    expect(inputs).not.toHaveProperty(name);
  });
});
