import { expect, test } from 'vitest';
import { z } from 'zod';
import { routes } from './routes/index.ts';
import { serialiserOf } from './serialise.ts';

const answers = routes.flatMap(({ method, address, responses }) =>
  Object.entries(responses).flatMap(([status, { schema }]) =>
    schema === undefined ? [] : [{ answer: `${method} ${address} ${status}`, schema }],
  ),
);

test.each(answers)('[API20] what $answer says can be written', ({ schema }) => {
  expect(() => serialiserOf(schema)({})).not.toThrow();
});

test('[API20] what a value decides is written as the value is', () => {
  const write = serialiserOf(
    z.object({ detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])) }),
  );
  expect(write({ detail: { no: 1, text: 'a', is: true } })).toBe('{"detail":{"no":1,"text":"a","is":true}}');
});
