import { goalStates, taskStates } from '@chorale/lib-client';
import { describe, expect, test } from 'vitest';
import { goalStateStyles, styleOfGoal, styleOfTask, taskStateStyles } from './tone.ts';

test('[W10] a goal is shown as running only while one of its tasks runs', () => {
  expect(styleOfGoal({ state: 'running', tasksRunning: 2 }, true).label).toBe('Running');
  expect(styleOfGoal({ state: 'running', tasksRunning: 0 }).label).toBe('Waiting');
  expect(styleOfGoal({ state: 'running', tasksRunning: 0 }, true).label).toBe('Needs you');
  expect(styleOfGoal({ state: 'succeeded', tasksRunning: 0 }, true).label).toBe('Succeeded');
});

test('[W10] a blocked task says whom it waits for', () => {
  expect(styleOfTask({ state: 'blocked', reason: 'approval' }).tone).toBe('ask');
  expect(styleOfTask({ state: 'blocked', reason: 'signal' }).tone).toBe('ask');
  expect(styleOfTask({ state: 'blocked', reason: 'sub-goal' }).tone).toBe('run');
  expect(styleOfTask({ state: 'blocked' }).tone).toBe('idle');
});

describe('[W6] no two states of a kind look alike without their colour', () => {
  test.each([
    ['goals', goalStates.map((state) => goalStateStyles[state])],
    ['tasks', taskStates.map((state) => taskStateStyles[state])],
  ])('%s', (_kind, styles) => {
    const looks = styles.map(({ label, mark }) => `${mark} ${label}`);
    expect(new Set(looks).size).toBe(looks.length);
    expect(new Set(styles.map(({ label }) => label)).size).toBe(styles.length);
  });
});
