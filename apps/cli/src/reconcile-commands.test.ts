import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runTyped } from './run-typed.fixture.ts';

const goal = { goalId: 'goal_1', title: 'Pay the bills', workflow: 'w', state: 'running', restoredIn: 1 };
const task = { no: 0, key: 'pay', state: 'ready', attempt: 2, run: 1 };
const step = { stepNo: 1, name: 'transfer', state: 'started', idempotent: false, startedAt: 0 };

let server: Server;
let asked: string[];
let left: object[];

beforeEach(async () => {
  asked = [];
  left = [goal];
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const answer = answerTo(request.url!);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => void server.close());

function answerTo(url: string): object {
  if (url.endsWith('/reconcile')) return goal;
  if (url.includes('/steps')) return { items: [step, { ...step, name: 'look', idempotent: true }] };
  if (url.includes('/tasks')) return { items: [task, { ...task, no: 1, key: 'later', attempt: 0 }] };
  if (url.includes('mailboxes')) return { items: [{ mailbox: 'agent:clerk', open: 3, usedAt: 0 }] };
  return { items: left };
}

async function run(...args: readonly string[]) {
  return runTyped(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, args, { env: { CHORALE_KEY: 'k' } });
}

test('[CLI36] where nothing is left to resolve, that is said', async () => {
  left = [];
  expect((await run('reconcile', 'resolve', '--all')).error).toContain('nothing');
});

test('[CLI36] what a restore left open is listed with the calls whose end is not on record, and messages that wait', async () => {
  const { code, out } = await run('reconcile', 'list');
  expect(code).toBe(0);
  expect(asked[0]).toBe('GET /v1/goals?restored=true&limit=100');
  expect(out).toContain('Pay the bills');
  expect(out).toMatch(/pay\s+attempt 2, ready\n\s+transfer began .*; its end is not on record/);
  expect(out).toMatch(/agent:clerk\s+3 messages wait/);
  expect(out).not.toMatch(/later|look/);
});

test('[CLI36] where nothing was open it says so', async () => {
  left = [];
  expect(await run('reconcile', 'list')).toMatchObject({ code: 0, out: '', error: expect.stringContaining('nothing') });
});

test('[CLI36] goals are reconciled by name, or all that are listed; neither is never taken for all', async () => {
  expect((await run('reconcile', 'resolve', 'goal_7')).out).toBe('goal_7  reconciled\n');
  expect(asked).toEqual(['POST /v1/goals/goal_7/reconcile']);
  expect((await run('reconcile', 'resolve', '--all')).out).toBe('goal_1  reconciled\n');
  const before = asked.length;
  expect((await run('reconcile', 'resolve')).code).toBe(2);
  expect((await run('reconcile', 'resolve', 'goal_7', '--all')).code).toBe(2);
  expect(asked).toHaveLength(before);
});
