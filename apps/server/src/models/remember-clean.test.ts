import type { Detector } from '@chorale/module-models';
import { expect, test } from 'vitest';
import { rememberClean } from './remember-clean.ts';

function counted() {
  let looks = 0;
  const secretWord: Detector = (text) => {
    looks++;
    const start = text.indexOf('hunter2');
    return start < 0 ? [] : [{ kind: 'password', dataClass: 'secret', what: 'test', start, end: start + 7 }];
  };
  const [detect = secretWord] = rememberClean([secretWord]);
  return { detect, looks: () => looks };
}

test('[MD3] a clean text is looked at once, one with a finding every time', () => {
  const { detect, looks } = counted();
  const clean = 'Answer briefly and name your sources. '.repeat(3);
  const dirty = `${clean} The password is hunter2.`;
  expect([detect(clean), detect(clean), looks()]).toEqual([[], [], 1]);
  expect([detect(dirty).length, detect(dirty).length, looks()]).toEqual([1, 1, 3]);
});

test('[MD3] what is remembered is bounded: an old text is looked at again', () => {
  const { detect, looks } = counted();
  const first = 'x'.repeat(1_000);
  detect(first);
  for (let no = 0; no < 20_000; no++) detect(`${no} ${'y'.repeat(1_000)}`);
  const before = looks();
  detect(first);
  expect(looks()).toBe(before + 1);
});
