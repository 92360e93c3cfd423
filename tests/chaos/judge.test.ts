// The judge finds each kind of damage: a trial that finds nothing has looked.

import type { GoalId } from '@chorale/lib-ids';
import { expect, test } from 'vitest';
import { Judge, type Damage, type GoalRows } from './judge.ts';
import { Ledger } from './ledger.ts';

const goalId = 'goal_1' as GoalId;
const worker = { goalId, taskNo: 0, workerId: 'w' };
const ended = (state: string): GoalRows['goal'] => ({ state }) as GoalRows['goal'];
const task = { goalId, no: 0, state: 'succeeded', output: { attempt: 2 } } as const;
const lost = { taskNo: 0, attempt: 1, outcome: 'lost' } as const;
const won = { taskNo: 0, attempt: 2, outcome: 'succeeded' } as const;
const whole: GoalRows = { goal: ended('succeeded'), tasks: [task], attempts: [lost, won] };

function judge(rows: GoalRows, tell: (ledger: Ledger) => void = () => undefined): Damage {
  const ledger = new Ledger(() => 0);
  ledger.add({ ...worker, said: 'effect', attempt: 1, key: 'k' });
  ledger.add({ ...worker, said: 'effect', attempt: 2, key: 'k' });
  tell(ledger);
  const found = new Judge(ledger);
  found.judge(goalId, rows);
  return found.damage;
}

const none: Damage = { lost: 0, stuck: 0, failed: 0, rerun: 0, doubled: 0, missed: 0, unfenced: 0, ended: 0 };

test('a task that was taken over, and called again under its key, is whole', () => {
  expect(judge(whole, (ledger) => ledger.add({ ...worker, said: 'finished', attempt: 2 }))).toEqual(none);
});

test('each kind of damage is found', () => {
  expect(judge({ ...whole, goal: undefined })).toEqual({ ...none, lost: 1 });
  expect(judge({ ...whole, goal: ended('running') })).toEqual({ ...none, stuck: 1 });
  expect(judge({ ...whole, goal: ended('failed') })).toEqual({ ...none, failed: 1 });
  expect(judge({ ...whole, tasks: [{ ...task, output: { attempt: 1 } }] })).toEqual({ ...none, unfenced: 1 });
  expect(judge({ ...whole, tasks: [{ ...task, no: 1 }], attempts: [] })).toEqual({ ...none, missed: 1 });
});

test('an effect without a key, or under a key of each attempt, is doubled', () => {
  expect(judge(whole, (ledger) => ledger.add({ ...worker, said: 'effect', attempt: 2 })).doubled).toBe(1);
  expect(judge(whole, (ledger) => ledger.add({ ...worker, said: 'effect', attempt: 2, key: 'other' })).doubled).toBe(1);
});

test('a task that is begun after its end, or whose acknowledged end is gone, was run again', () => {
  expect(judge(whole, (ledger) => ledger.add({ ...worker, said: 'effect', attempt: 3, key: 'k' })).rerun).toBe(1);
  expect(judge(whole, (ledger) => ledger.add({ ...worker, said: 'finished', attempt: 1 })).rerun).toBe(1);
});
