import type { EventType, GoalEvent } from '@chorale/lib-client';
import { eventTypes } from '@chorale/lib-client';
import { describe, expect, test } from 'vitest';
import { affectedRows } from './affected-rows.ts';

const event = (type: EventType, taskNo?: number): GoalEvent => ({
  goalId: 'goal_1',
  seq: 1,
  type,
  at: 0,
  data: {},
  ...(taskNo === undefined ? {} : { taskNo }),
});

test('a step changes the journal of its task and nothing else', () => {
  const { kinds, taskNos } = affectedRows([event('step-started', 4), event('step-finished', 4)]);
  expect([...kinds]).toEqual([]);
  expect([...taskNos]).toEqual([4]);
});

test('a changed plan makes tasks, plan and approvals old', () => {
  expect([...affectedRows([event('plan-changed')]).kinds].sort()).toEqual(['approvals', 'plan', 'tasks']);
});

test('a type that this page does not know makes everything old', () => {
  const { kinds } = affectedRows([event('goal-teleported' as EventType)]);
  expect([...kinds].sort()).toEqual(['approvals', 'artifacts', 'plan', 'tasks']);
});

describe('every event that moves a task or a goal has the tasks read again', () => {
  const quiet = new Set<EventType>(['step-started', 'step-finished', 'artifact-stored']);
  test.each(eventTypes.filter((type) => !quiet.has(type)))('%s', (type) => {
    expect(affectedRows([event(type)]).kinds.has('tasks')).toBe(true);
  });
});
