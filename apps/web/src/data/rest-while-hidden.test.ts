import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { restWhileHidden } from './rest-while-hidden.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A document that is looked at, or not, and what became of its connection. */
function openPage() {
  const target = new EventTarget();
  const done: string[] = [];
  const page = {
    visibilityState: 'visible' as DocumentVisibilityState,
    addEventListener: target.addEventListener.bind(target),
  };
  restWhileHidden({ start: () => done.push('start'), stop: () => done.push('stop') }, page);
  const show = (state: DocumentVisibilityState): void => {
    page.visibilityState = state;
    target.dispatchEvent(new Event('visibilitychange'));
  };
  return { done, show };
}

test('a glance at another tab costs nothing', () => {
  const { done, show } = openPage();
  show('hidden');
  vi.advanceTimersByTime(30_000);
  show('visible');
  vi.advanceTimersByTime(300_000);
  expect(done).toEqual(['start']);
});

test('a page that nobody looks at gives its connection back, and connects when it is shown again', () => {
  const { done, show } = openPage();
  show('hidden');
  vi.advanceTimersByTime(61_000);
  expect(done).toEqual(['stop']);
  show('visible');
  expect(done).toEqual(['stop', 'start']);
});
