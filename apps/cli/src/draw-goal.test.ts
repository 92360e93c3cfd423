import type { Goal, Task } from '@chorale/lib-client';
import { expect, test } from 'vitest';
import { drawGoal } from './draw-goal.ts';
import { LiveView } from './live-view.ts';
import { createPaint } from './style.ts';
import { widthOf } from './text-width.ts';

const now = 100_000;
const goal: Goal = {
  goalId: 'goal_1',
  projectId: 'default',
  title: 'Review the repository of a friend',
  workflow: 'review',
  state: 'running',
  version: 1,
  planVersion: 1,
  planHash: 'h',
  inputs: {},
  priority: 'normal',
  eventSeq: 1,
  tasksOpen: 3,
  tasksRunning: 1,
  tasksTotal: 5,
  tasksFailed: 0,
  createdAt: now - 65_000,
  requestedBy: 'owner',
  depth: 0,
};
function task(no: number, fields: Partial<Task>): Task {
  return {
    goalId: 'goal_1',
    no,
    key: `task-${no}`,
    kind: 'agent',
    needs: [],
    definitionNo: no,
    state: 'waiting',
    attempt: 0,
    run: 0,
    failures: 0,
    priority: 'normal',
    cancelRequested: false,
    compensates: false,
    ...fields,
  };
}
const draw = (tasks: readonly Task[], { width = 60, rows = 20, connection = 'open' } = {}) =>
  drawGoal(
    { goal, tasks },
    { now, paint: createPaint(false), connection: connection === 'lost' ? 'lost' : 'open', rows },
  )(width);

test('each task has a line with its state, its time and what there is to know', () => {
  const failure = { family: 'refused', code: 'command-failed', message: 'It ended with 3.' } as const;
  const lines = draw([
    task(0, { state: 'succeeded', startedAt: 1000, finishedAt: 3500 }),
    task(1, { state: 'running', startedAt: now - 12_000 }),
    task(2, { state: 'failed', startedAt: 0, finishedAt: 61_000, failure }),
    task(3, { state: 'blocked', reason: 'approval', waitsFor: 'appr_1' }),
  ]);
  expect(lines).toEqual([
    'running  2/5  1m05s  Review the repository of a friend',
    '✓ task-0 succeeded    2.5s',
    '● task-1 running       12s',
    '✗ task-2 failed      1m01s  It ended with 3.',
    '? task-3 blocked            approval: appr_1',
  ]);
});

test('no line is wider than the terminal: a wrapped one would break the redrawing', () => {
  const failure = { family: 'broken', code: 'x', message: '日本語'.repeat(80) } as const;
  const tasks = [task(0, { key: '長い名前'.repeat(20), state: 'failed', failure }), task(1, {})];
  for (let width = 40; width < 140; width += 7) {
    for (const line of draw(tasks, { width, connection: 'lost' }))
      expect(widthOf(line), line).toBeLessThanOrEqual(width);
  }
});

test('where not all fit, what failed and what runs is shown before what is over', () => {
  const many = Array.from({ length: 50 }, (_, no) =>
    task(no, { state: no === 40 ? 'running' : no === 41 ? 'failed' : 'succeeded' }),
  );
  const lines = draw(many, { rows: 8 });
  expect(lines.length).toBeLessThanOrEqual(8);
  expect(lines.some((line) => line.includes('task-40'))).toBe(true);
  expect(lines.some((line) => line.includes('task-41'))).toBe(true);
  expect(lines.at(-1)).toBe('  and 45 more tasks');
});

test('items stand after the task they belong to, and compensations only once they run', () => {
  const tasks = [
    task(0, {}),
    task(1, {}),
    task(2, { compensates: true }),
    task(100_000, { key: 'task-0[0]', definitionNo: 0, itemIndex: 0, parentNo: 0 }),
  ];
  expect(
    draw(tasks)
      .slice(1)
      .map((line) => line.split(' ')[1]),
  ).toEqual(['task-0', 'task-0[0]', 'task-1']);
});

test('a view draws over itself, and says nothing when nothing changed', () => {
  const written: string[] = [];
  const view = new LiveView({
    out: (text) => written.push(text),
    error: () => undefined,
    live: true,
    coloured: false,
    columns: () => 80,
    rows: () => 24,
  });
  view.draw(() => ['one', 'two', 'three']);
  view.draw(() => ['one', 'two', 'three']);
  view.draw(() => ['four']);
  view.close();
  view.close();
  expect(written).toEqual([
    '\u001B[?25l\u001B[2Kone\n\u001B[2Ktwo\n\u001B[2Kthree\n\u001B[0J',
    '\u001B[3A\u001B[2Kfour\n\u001B[0J',
    '\u001B[?25h',
  ]);
});
