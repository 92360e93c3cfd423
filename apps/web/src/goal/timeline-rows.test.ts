import type { EventType, GoalEvent } from '@chorale/lib-client';
import { expect, test } from 'vitest';
import { idleMsMin, timelineRows } from './timeline-rows.ts';

let seq = 0;
const event = (at: number, type: EventType = 'task-started', taskNo = 1): GoalEvent => ({
  goalId: 'goal_1',
  seq: ++seq,
  type,
  at,
  taskNo,
  data: {},
});
const outline = (rows: ReturnType<typeof timelineRows>): readonly (number | string)[] =>
  rows.map((row) => (row.kind === 'event' ? row.event.seq : `${row.durationMs} ms`));

test('[TR1] events keep the order of seq although a clock went backwards', () => {
  seq = 0;
  const rows = timelineRows([event(1000), event(400), event(1200)], { steps: true });
  expect(outline(rows)).toEqual([1, 2, 3]);
  expect(rows.map((row) => (row.kind === 'event' ? row.sinceMs : -1))).toEqual([undefined, 0, 800]);
});

test('[TR3] a long silence is one row, a short one is none', () => {
  seq = 0;
  const rows = timelineRows([event(0), event(idleMsMin - 1), event(4 * idleMsMin)], { steps: true });
  expect(outline(rows)).toEqual([1, 2, `${3 * idleMsMin + 1} ms`, 3]);
});

test('[TR2] only what the filter names is left out', () => {
  seq = 0;
  const events = [
    event(0, 'task-started', 1),
    event(1, 'step-started', 1),
    event(2, 'task-started', 2),
    event(3, 'step-finished', 1),
  ];
  expect(outline(timelineRows(events, { steps: true }))).toEqual([1, 2, 3, 4]);
  expect(outline(timelineRows(events, { steps: false }))).toEqual([1, 3]);
  expect(outline(timelineRows(events, { steps: true, taskNo: 1 }))).toEqual([1, 2, 4]);
});
