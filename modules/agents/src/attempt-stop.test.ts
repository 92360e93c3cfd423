import { expect, test } from 'vitest';
import { AttemptStop } from './attempt-stop.ts';

test('[ST1] the first reason stays', () => {
  const stop = new AttemptStop();
  expect(stop.aborted).toBe(false);
  stop.stop('drain');
  stop.stop('cancel');
  expect(stop.reason).toBe('drain');
  expect(stop.aborted).toBe(true);
});

test('[ST2] every listener is called once, also one that comes late, whatever another throws', () => {
  const stop = new AttemptStop();
  const called: string[] = [];
  stop.addEventListener('abort', () => {
    called.push('first');
    throw new Error('odd');
  });
  stop.addEventListener('abort', () => called.push('second'));
  const removed = () => called.push('removed');
  stop.addEventListener('abort', removed);
  stop.removeEventListener('abort', removed);
  expect(() => stop.stop('cancel')).toThrow('odd');
  stop.stop('cancel');
  stop.addEventListener('abort', () => called.push('late'));
  expect(called).toEqual(['first', 'second', 'late']);
});

test('[ST5] what it finds when it is asked stops it, and stays', () => {
  let found: 'lease-lost' | undefined;
  const stop = new AttemptStop(() => found);
  let told = 0;
  stop.addEventListener('abort', () => (told += 1));
  expect(stop.reason).toBeUndefined();
  found = 'lease-lost';
  expect([stop.aborted, stop.reason, told]).toEqual([true, 'lease-lost', 1]);
  found = undefined;
  expect(stop.reason).toBe('lease-lost');
});
