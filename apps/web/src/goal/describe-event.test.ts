import type { EventType, GoalEvent } from '@chorale/lib-client';
import { eventTypes } from '@chorale/lib-client';
import { describe, expect, test } from 'vitest';
import { describeEvent } from './describe-event.ts';
import { taskRow } from './task-row.fixture.ts';

const event = (type: EventType, data: GoalEvent['data'] = {}, taskNo?: number): GoalEvent => ({
  goalId: 'goal_1',
  seq: 1,
  type,
  at: 0,
  data,
  ...(taskNo === undefined ? {} : { taskNo }),
});

describe('events in words', () => {
  test.each<[GoalEvent, string, string]>([
    [event('goal-submitted', { tasks: 20 }), 'idle', 'The goal was submitted with 20 tasks'],
    [event('goal-finished', { state: 'failed', failure: { message: 'no disk' } }), 'bad', 'The goal failed: no disk'],
    [event('task-started', { attempt: 1 }, 1), 'run', 'started'],
    [event('task-started', { attempt: 3 }, 1), 'run', 'started, attempt 3'],
    [event('task-finished', { state: 'succeeded' }, 1), 'good', 'succeeded'],
    [
      event('task-finished', { state: 'skipped', reason: 'when-false' }, 1),
      'idle',
      'was skipped: its condition did not hold',
    ],
    [event('task-retried', { by: 'ada', input: 'edited' }, 1), 'run', 'is tried again with edited input by ada'],
    [event('approval-decided', { decision: 'rejected', by: 'ada' }, 1), 'bad', 'was rejected by ada'],
    [event('goal-teleported' as EventType), 'idle', 'goal teleported'],
  ])('%o', (given, tone, text) => {
    expect(describeEvent(given, undefined)).toMatchObject({ tone, text });
  });

  test.each(eventTypes)('%s says something even when its data are missing', (type) => {
    expect(describeEvent(event(type), undefined).text).not.toBe('');
  });
});

test('the subject is the task’s name, or its key while the task is not known', () => {
  const started = event('task-started', { key: 'lint', attempt: 1 }, 4);
  expect(describeEvent(started, taskRow(4, { title: 'Run the linter' })).subject).toBe('Run the linter');
  expect(describeEvent(started, undefined).subject).toBe('lint');
});
