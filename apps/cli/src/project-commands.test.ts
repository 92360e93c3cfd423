import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runTyped } from './run-typed.fixture.ts';

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

let server: Server;
let asked: Asked[];
let answer: object;

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => (body += piece.toString()));
    request.on('end', () => {
      asked.push({ method: request.method!, url: request.url!, body });
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => void server.close());

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return runTyped(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, args, {
    env: { CHORALE_KEY: 'k', ...env },
  });
}

const project = {
  projectId: 'payroll',
  displayName: 'Pay',
  state: 'active',
  quotas: { goals: 5 },
  createdAt: 1,
  changedAt: 1,
};

test('projects are created, changed, archived and taken back', async () => {
  answer = project;
  expect(await run(['projects', 'create', 'payroll', '--name', 'Pay', '--quota', 'goals=5'])).toMatchObject({
    code: 0,
  });
  await run(['projects', 'archive', 'payroll']);
  await run(['projects', 'restore', 'payroll']);
  expect(asked).toEqual([
    {
      method: 'POST',
      url: '/v1/projects',
      body: JSON.stringify({ projectId: 'payroll', displayName: 'Pay', quotas: { goals: 5 } }),
    },
    { method: 'POST', url: '/v1/projects/payroll', body: '{"state":"archived"}' },
    { method: 'POST', url: '/v1/projects/payroll', body: '{"state":"active"}' },
  ]);
  expect(await run(['projects', 'change', 'payroll'])).toMatchObject({ code: 2 });
  const wrong = await run(['projects', 'change', 'payroll', '--quota', 'modelKeys=1']);
  expect(wrong.error).toContain('with one of goals, tasks, runningTasks, spendUsdPerMonth');
});

test('members of a project are set and taken out', async () => {
  answer = { userId: 'user_1', login: 'ann', displayName: 'Ann', kind: 'person', roles: ['developer'] };
  const { out } = await run(['projects', 'members', 'set', 'payroll', 'ann', '--role', 'developer']);
  expect(out).toContain('developer');
  await run(['projects', 'members', 'remove', 'payroll', 'ann']);
  expect(asked).toEqual([
    { method: 'POST', url: '/v1/projects/payroll/members', body: '{"member":"ann","roles":["developer"]}' },
    { method: 'POST', url: '/v1/projects/payroll/members', body: '{"member":"ann","roles":[]}' },
  ]);
  expect(await run(['projects', 'members', 'set', 'payroll', 'ann'])).toMatchObject({ code: 2 });
});

test('what belongs to a project is put and listed in the one that is named, by option or for the shell', async () => {
  answer = { items: [] };
  await run(['goal', 'list', '--project', 'payroll']);
  await run(['approval', 'list'], { CHORALE_PROJECT: 'payroll' });
  await run(['schedule', 'list', '--project', 'other'], { CHORALE_PROJECT: 'payroll' });
  await run(['secrets', 'list']);
  expect(asked.map(({ url }) => url)).toEqual([
    '/v1/goals?limit=20&projectId=payroll',
    '/v1/approvals?projectId=payroll&state=pending',
    '/v1/schedules?projectId=other',
    '/v1/secrets',
  ]);
  asked = [];
  answer = { goalId: 'goal_1', projectId: 'payroll' };
  await run(['run', 'audit', '--project', 'payroll', '--json']);
  expect(JSON.parse(asked[0]!.body)).toEqual({ workflow: 'audit', inputs: {}, projectId: 'payroll' });
  await run(['secrets', 'remove', 'TOKEN', '--project', 'payroll']);
  expect(asked[1]).toMatchObject({ method: 'DELETE', url: '/v1/secrets/TOKEN?projectId=payroll' });
});
