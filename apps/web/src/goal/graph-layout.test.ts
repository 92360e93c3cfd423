import type { Task } from '@chorale/lib-client';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Box, type GraphLayout, layOut, neighbourOf } from './graph-layout.ts';
import { buildGraph } from './graph-model.ts';
import { taskRow } from './task-row.fixture.ts';

/** Layers of tasks, each needing two of the layer before: the shape in which edges cross most. */
function layered(layers: number, width: number): readonly Task[] {
  return Array.from({ length: layers * width }, (_unused, no) => {
    const layer = Math.floor(no / width);
    const before = (layer - 1) * width;
    const needs = layer === 0 ? [] : [before + (no % width), before + ((no * 7 + layer) % width)];
    return taskRow(no, { needs: [...new Set(needs)].map((need) => `t${need}`) });
  });
}

function overlapping(boxes: GraphLayout): readonly string[] {
  const all = [...boxes];
  return all.flatMap(([no, a], index) =>
    all.slice(index + 1).flatMap(([other, b]) => (apart(a, b) ? [] : [`${no} and ${other}`])),
  );
}

function apart(a: Box, b: Box): boolean {
  const slack = 0.5;
  return (
    a.x + a.width <= b.x + slack ||
    b.x + b.width <= a.x + slack ||
    a.y + a.height <= b.y + slack ||
    b.y + b.height <= a.y + slack
  );
}

test('[GL1] a task stands to the right of everything it needs', () => {
  const model = buildGraph(layered(6, 5));
  const boxes = layOut(model);
  for (const { from, to } of model.edges) {
    expect((boxes.get(from) as Box).x + (boxes.get(from) as Box).width).toBeLessThan((boxes.get(to) as Box).x);
  }
});

test('[GL2] no two tasks overlap, whatever the plan', () => {
  const plans = fc.array(
    fc.record({ needs: fc.array(fc.nat({ max: 30 }), { maxLength: 4 }), items: fc.nat({ max: 60 }) }),
    {
      minLength: 1,
      maxLength: 30,
    },
  );
  fc.assert(
    fc.property(plans, (plan) => {
      const tasks = plan.map(({ needs }, no) =>
        taskRow(no, { needs: [...new Set(needs.filter((need) => need < no))].map((need) => `t${need}`) }),
      );
      const items = plan.flatMap(({ items: count }, parentNo) =>
        Array.from({ length: count }, (_unused, itemIndex) =>
          taskRow(1000 * (parentNo + 1) + itemIndex, { parentNo, itemIndex }),
        ),
      );
      expect(overlapping(layOut(buildGraph([...tasks, ...items])))).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test('[GL3] a plan of 500 tasks in 10 layers is little higher than its fullest layer', () => {
  const boxes = layOut(buildGraph(layered(10, 50)));
  const ys = [...boxes.values()].flatMap((box) => [box.y, box.y + box.height]);
  const fullest = 50 * 50 + 49 * 16;
  expect(overlapping(boxes)).toEqual([]);
  expect(Math.max(...ys) - Math.min(...ys)).toBeLessThanOrEqual(1.4 * fullest);
});

describe('[W5] arrow keys go from task to task', () => {
  // t0 -> t1, t2; both -> t3
  const model = buildGraph([
    taskRow(0),
    taskRow(1, { needs: ['t0'] }),
    taskRow(2, { needs: ['t0'] }),
    taskRow(3, { needs: ['t1', 't2'] }),
  ]);
  const boxes = layOut(model);
  const [upper, lower] = (boxes.get(1) as Box).y < (boxes.get(2) as Box).y ? [1, 2] : [2, 1];

  test('sideways along what is needed, up and down within a layer, and nowhere past the end', () => {
    expect([1, 2]).toContain(neighbourOf(model, boxes, { from: 0, to: 'right' }));
    expect(neighbourOf(model, boxes, { from: upper, to: 'down' })).toBe(lower);
    expect(neighbourOf(model, boxes, { from: lower, to: 'up' })).toBe(upper);
    expect(neighbourOf(model, boxes, { from: lower, to: 'left' })).toBe(0);
    expect(neighbourOf(model, boxes, { from: lower, to: 'right' })).toBe(3);
    expect(neighbourOf(model, boxes, { from: 3, to: 'right' })).toBeUndefined();
  });
});
