import { expect, test } from 'vitest';
import { boundsOf, firstView, isInView, readableZoom } from './first-view.ts';

const frame = { width: 1000, height: 600 };
const box = (x: number, y: number, size = { width: 232, height: 50 }) => ({ x, y, ...size });

test('a small plan is shown whole and never magnified', () => {
  const bounds = boundsOf([box(0, 0), box(300, 100)]);
  const view = firstView(bounds, frame, undefined);
  expect(view.zoom).toBe(1);
  expect(isInView(bounds, frame, view)).toBe(true);
});

test('a larger plan is shrunk to fit while its names can be read', () => {
  const bounds = box(0, 0, { width: 1300, height: 400 });
  const view = firstView(bounds, frame, undefined);
  expect(view.zoom).toBeLessThan(1);
  expect(view.zoom).toBeGreaterThanOrEqual(readableZoom);
  expect(isInView(bounds, frame, view)).toBe(true);
});

test('a plan that cannot be read whole is shown from its beginning, or around the task to look at', () => {
  const bounds = box(0, 0, { width: 9000, height: 4000 });
  const beginning = firstView(bounds, frame, undefined);
  expect(isInView(box(0, 0), frame, beginning)).toBe(true);
  const far = box(8000, 3000);
  expect(isInView(far, frame, beginning)).toBe(false);
  expect(isInView(far, frame, firstView(bounds, frame, far))).toBe(true);
});

test('a plan without tasks has bounds', () => {
  expect(boundsOf([])).toEqual({ x: 0, y: 0, width: 0, height: 0 });
});
