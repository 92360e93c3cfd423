import { expect, test } from 'vitest';
import { z } from 'zod';
import { planChangeRequestSchema } from './schemas/plan.ts';
import { goalRequestSchema } from './schemas/goal.ts';
import { Validator } from './validate.ts';

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
