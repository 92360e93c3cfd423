import { expect, test } from 'vitest';
import { makeCorpus } from './make-corpus.ts';
import { crashDetectors } from './restoration.ts';
import { scoreCorpus } from './score.ts';

test('[PV1, PV2, PV3] generated texts of another seed than the benchmark: planted values are found, look-alikes are not', () => {
  const corpus = makeCorpus(1_500, 7);
  const { recall, precision, byKind } = scoreCorpus(corpus);
  expect(byKind.size).toBeGreaterThan(40);
  expect(recall).toBeGreaterThanOrEqual(0.99);
  expect(precision).toBeGreaterThanOrEqual(0.98);
});

test('the same seed makes the same texts, another makes others', () => {
  expect(makeCorpus(5, 3)).toEqual(makeCorpus(5, 3));
  expect(makeCorpus(5, 3)).not.toEqual(makeCorpus(5, 4));
});

test('what is planted stands where it is said to stand', () => {
  for (const { text, planted, harmless } of makeCorpus(50, 5)) {
    for (const { start, end } of [...planted, ...harmless]) {
      expect(text.slice(start, end)).not.toBe('');
      expect(end).toBeLessThanOrEqual(text.length);
    }
  }
});

test('[PV6] no call of a hundred passes a failing detector', () => {
  expect(crashDetectors(makeCorpus(100, 9))).toEqual({ tried: 100, right: 100 });
});
