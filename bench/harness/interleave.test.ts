import { expect, test } from 'vitest';
import { interleave } from './interleave.ts';

test('contenders take turns, and the order turns around every other round', async () => {
  const order: string[] = [];
  const contender = (name: string, value: number) => (): Promise<number> => {
    order.push(name);
    return Promise.resolve(value);
  };
  const measured = await interleave(3, { ours: contender('ours', 1), theirs: contender('theirs', 2) });
  expect(order).toEqual(['ours', 'theirs', 'theirs', 'ours', 'ours', 'theirs']);
  expect(measured).toEqual({ ours: [1, 1, 1], theirs: [2, 2, 2] });
});
