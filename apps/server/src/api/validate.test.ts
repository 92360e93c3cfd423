import { expect, test } from 'vitest';
import { z } from 'zod';
import { planChangeRequestSchema } from './schemas/plan.ts';
import { timeGiven } from './schemas/fields.ts';
import { goalRequestSchema } from './schemas/goal.ts';
import { type Part, Validator } from './validate.ts';

test('[API14] an unknown key is refused with the key that was probably meant', () => {
  const { issues } = new Validator(goalRequestSchema, 'body').check({ workflow: 'a', prioritty: 'high' });
  expect(issues).toEqual([{ at: 'body.prioritty', message: 'is not known; did you mean priority?' }]);
});

test('[API14] without a near one, the known keys are listed', () => {
  const { issues } = new Validator(z.strictObject({ limit: z.string().optional() }), 'query').check({ zzzzzzzz: '1' });
  expect(issues).toEqual([{ at: 'query.zzzzzzzz', message: 'is not known; known are: limit' }]);
});

test('[API14] keys are known at every depth, in lists and in the variants of a union', () => {
  const task = { key: 'a', kind: 'agent', needs: [], agnet: 'x' };
  const { issues } = new Validator(planChangeRequestSchema, 'body').check({
    reason: 'r',
    changes: [{ change: 'add', task }],
  });
  expect(issues).toEqual([{ at: 'body.changes[0].task.agnet', message: 'is not known; did you mean agent?' }]);
});

test('what is missing is called missing', () => {
  const { issues } = new Validator(z.strictObject({ reason: z.string() }), 'body').check({});
  expect(issues).toEqual([{ at: 'body.reason', message: 'is missing; it must be string' }]);
});

test('bounds, choices and times are told in plain words', () => {
  const schema = z.strictObject({
    text: z.string().min(1).max(5),
    list: z.array(z.number()).max(1),
    kind: z.enum(['a', 'b']),
    at: timeGiven,
  });
  const messages = (given: object) => new Validator(schema, 'body').check(given).issues?.map(({ message }) => message);
  expect(messages({ text: '', list: [1, 2], kind: 'c', at: 'yesterday' })).toEqual([
    'is empty',
    'must be at most 1 items',
    'must be one of a, b',
    'must be a time like 2027-01-31T13:00:00Z, or milliseconds since 1970',
  ]);
  expect(messages({ text: 'longer', list: [], kind: 'a', at: 1 })).toEqual(['must be at most 5 characters']);
});

test('a goal needs a workflow or a definition, and not both', () => {
  const validator = new Validator(goalRequestSchema, 'body');
  for (const body of [{}, { workflow: 'a', definition: 'b' }]) {
    expect(validator.check(body).issues?.[0]?.message).toBe('needs exactly one of `workflow` and `definition`');
  }
});

test('times are read from RFC 3339 and from milliseconds; times without an offset are refused', () => {
  const validator = new Validator(goalRequestSchema, 'body');
  const at = (startAt: unknown) => validator.check({ workflow: 'a', startAt });
  expect(at('2026-03-01T13:00:00+01:00')).toMatchObject({ value: { startAt: Date.UTC(2026, 2, 1, 12) } });
  expect(at(5)).toMatchObject({ value: { startAt: 5 } });
  for (const wrong of ['2026-03-01T13:00:00', 'tomorrow', -1, 1.5, 1e300])
    expect(at(wrong).issues, String(wrong)).toBeDefined();
});

test('a thousand mistakes are cut to twenty', () => {
  const body = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`wrong${index}`, 1]));
  expect(new Validator(goalRequestSchema, 'body').check({ workflow: 'a', ...body }).issues?.length).toBeLessThanOrEqual(
    20,
  );
});

test('[API164] NUL and half surrogate pairs are refused in queries and headers, other control characters in ids, too', () => {
  const anything = (part: Part) => new Validator(z.looseObject({}), part);
  const issue = (at: string) => [{ at, message: expect.stringContaining('is no text') }];
  expect(anything('query').check({ a: ['b', 'x\0'] }).issues).toEqual(issue('query.a[1]'));
  expect(anything('header').check({ 'if-match': 'x\0' }).issues).toEqual(issue('header.if-match'));
  expect(anything('query').check({ goal: '\udc00' }).issues).toEqual(issue('query.goal'));
  expect(anything('path').check({ id: 'a\n' }).issues).toEqual(issue('path.id'));
  expect(anything('query').check({ text: 'one\n\ttwo 😀' }).issues).toBeUndefined();
  expect(anything('body').check({ a: [{ b: 'x\0' }] }).issues).toBeUndefined();
});
