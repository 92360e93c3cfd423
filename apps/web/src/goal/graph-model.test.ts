import { expect, test } from 'vitest';
import { buildGraph, itemRows, relatedTasks, shapeOf } from './graph-model.ts';
import { taskRow } from './task-row.fixture.ts';

test('[GM1] the items of a for_each are inside their group, in order of their index', () => {
  const { nodes } = buildGraph([
    taskRow(0, { key: 'each' }),
    taskRow(3, { key: 'each[2]', parentNo: 0, itemIndex: 2 }),
    taskRow(1, { key: 'each[0]', parentNo: 0, itemIndex: 0 }),
    taskRow(2, { key: 'each[1]', parentNo: 0, itemIndex: 1 }),
  ]);
  expect(nodes.map(({ task, items }) => [task.no, items.map(({ no }) => no)])).toEqual([[0, [1, 2, 3]]]);
});

test('[GM2] an edge joins each need to the task that needs it; a need that is not in the plan has none', () => {
  const { edges } = buildGraph([
    taskRow(0),
    taskRow(1, { needs: ['t0', 'gone'] }),
    taskRow(2, { needs: ['t0', 't1'] }),
  ]);
  expect(edges).toEqual([
    { from: 0, to: 1 },
    { from: 0, to: 2 },
    { from: 1, to: 2 },
  ]);
});

test('[GM3] removed tasks and compensations that never ran are not drawn, skipped ones are', () => {
  const { nodes } = buildGraph([
    taskRow(0, { state: 'skipped', reason: 'removed' }),
    taskRow(1, { state: 'skipped', reason: 'compensation', compensates: true }),
    taskRow(2, { state: 'skipped', reason: 'when-false' }),
    taskRow(3, { state: 'succeeded', compensates: true }),
  ]);
  expect(nodes.map(({ task }) => task.no)).toEqual([2, 3]);
});

test('the shape changes when tasks come or go and not when they move on', () => {
  const before = [taskRow(0), taskRow(1, { needs: ['t0'] })];
  const moved = [taskRow(0, { state: 'succeeded' }), taskRow(1, { needs: ['t0'], state: 'running' })];
  const grown = [...before, taskRow(2, { parentNo: 1, itemIndex: 0 })];
  const repointed = [taskRow(0), taskRow(1)];
  const shape = shapeOf(buildGraph(before));
  expect(shapeOf(buildGraph(moved))).toBe(shape);
  expect(shapeOf(buildGraph(grown))).not.toBe(shape);
  expect(shapeOf(buildGraph(repointed))).not.toBe(shape);
});

test('a task is related to all it needs and all that need it, however far, and not to its siblings', () => {
  const model = buildGraph([
    taskRow(0),
    taskRow(1, { needs: ['t0'] }),
    taskRow(2, { needs: ['t0'] }),
    taskRow(3, { needs: ['t1', 't2'] }),
  ]);
  expect(relatedTasks(model, 1)).toEqual(new Set([0, 1, 3]));
  expect(relatedTasks(model, 0)).toEqual(new Set([0, 1, 2, 3]));
});

test('a group shows at most ten rows of items', () => {
  expect([0, 1, 24, 25, 500, 5000].map(itemRows)).toEqual([0, 1, 1, 2, 10, 10]);
});
