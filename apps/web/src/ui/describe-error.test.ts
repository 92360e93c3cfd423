import { ClientError, type Problem } from '@chorale/lib-client';
import { expect, test } from 'vitest';
import { describeError } from './describe-error.ts';

const problem: Problem = {
  type: 'about:blank',
  title: 'Conflict',
  status: 409,
  detail: 'the goal has ended',
  instance: 'req_1',
  code: 'goal-ended',
  family: 'refused',
  retryable: false,
};

test('[W7] a problem says what happened, what to do and where to look', () => {
  const told = describeError(
    new ClientError('problem', problem.detail, {
      problem: {
        ...problem,
        action: 'retry a task to open it',
        issues: [{ at: 'body.inputs.depth', message: 'must be a number' }],
      },
    }),
  );
  expect(told).toEqual({
    happened: 'the goal has ended',
    action: 'retry a task to open it',
    issues: ['body.inputs.depth: must be a number'],
    trail: 'goal-ended · request req_1',
  });
});

test('[W7] a problem without advice that may pass is worth another try', () => {
  const told = describeError(new ClientError('problem', 'busy', { problem: { ...problem, retryable: true } }));
  expect(told.action).toBe('Try again in a moment.');
});

test('[W7] a server that does not answer is named with the command that starts it', () => {
  expect(describeError(new ClientError('unreachable', 'no answer')).action).toContain('chorale serve');
});

test('[W7] an error of the page itself is called that', () => {
  expect(describeError(new TypeError('x is undefined'))).toMatchObject({
    happened: 'x is undefined',
    trail: 'page-error',
  });
});
