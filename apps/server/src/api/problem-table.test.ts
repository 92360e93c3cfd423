import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { refused, broken, temporary } from '@chorale/lib-errors';
import { expect, test } from 'vitest';
import { findWireCode, statusOfCode } from './problem-table.ts';
import { toProblem } from './problem.ts';

const root = resolve(import.meta.dirname, '../../../..');

/** What a call of the API runs through. Tools, sandboxes and agents fail tasks, whose failures are data here. */
const reached = [
  'modules/goals/src',
  'modules/catalog/src',
  'modules/models/src',
  'modules/scheduling/src',
  'modules/messaging/src',
  'adapters/redis/src',
  'adapters/sqlite/src',
  'adapters/postgres/src',
  'adapters/filesystem/src',
  'apps/server/src/api',
  'apps/server/src/models',
  'apps/server/src/openai',
];

function codesIn(folder: string): string[] {
  const sources = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((path) =>
    /(?<!\.test|\.contract|-fixture)\.ts$/.test(path),
  );
  return sources.flatMap((path) => {
    const text = readFileSync(join(root, folder, path), 'utf8');
    return [...text.matchAll(/\b(?:refused|temporary|broken)\(\s*'([a-z-]+)'/g)].map((match) => match[1] ?? '');
  });
}

test('[API5] every code that a call can meet has a row in the table', () => {
  const codes = new Set(reached.flatMap(codesIn));
  expect(codes.size).toBeGreaterThan(40);
  expect([...codes].filter((code) => !statusOfCode.has(code))).toEqual([]);
});

test('[API5] a code without a row is answered by its family', () => {
  expect(toProblem(refused('never-heard-of', 'm'), 'r')).toMatchObject({ status: 422, retryable: false });
  expect(toProblem(temporary('never-heard-of', 'm'), 'r')).toMatchObject({ status: 503, retryable: true });
  expect(toProblem(broken('never-heard-of', 'm'), 'r')).toMatchObject({ status: 500, retryable: false });
});

test('[API5] what may be tried again is never answered with 500, what is a defect always', () => {
  expect(toProblem(temporary('store-failed', 'm'), 'r')).toMatchObject({ status: 503, retryable: true });
  expect(toProblem(broken('store-failed', 'm'), 'r')).toMatchObject({ status: 500, retryable: false });
});

test('[API6] what a defect says stays in the log', () => {
  const problem = toProblem(new Error('password is hunter2'), 'req_1');
  expect(JSON.stringify(problem)).not.toContain('hunter2');
  expect(problem).toMatchObject({ status: 500, code: 'internal', instance: 'req_1', retryable: false });
  expect(JSON.stringify(toProblem(broken('store-failed', 'hunter2', { data: { key: 'hunter2' } }), 'r'))).not.toContain(
    'hunter2',
  );
});

test('[API7] the numbers of older systems are kept beside our codes', () => {
  expect(findWireCode('attempt-timed-out')).toEqual({ wireCode: 4201, wireName: 'AGENT_TIMEOUT' });
  expect(findWireCode('command-failed')).toEqual({ wireCode: 4200, wireName: 'SKILL_EXECUTION_FAILED' });
  expect(findWireCode('platform-sync-failed')?.wireCode).toBe(4300);
  expect(findWireCode('model-provider-failed')?.wireCode).toBe(4400);
  expect(findWireCode('constructor')).toBeUndefined();
});
