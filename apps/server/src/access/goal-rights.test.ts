import { compilePolicies } from '@chorale/adapter-cedar';
import type { TenantId } from '@chorale/lib-ids';
import { createPermissions, rolePolicies } from '@chorale/module-access';
import type { AttemptRequest, NotesPort, ToolCall, Workbench } from '@chorale/module-agents';
import { expect, test } from 'vitest';
import { createGoalRights, modelsWithinRights, notesWithinRights, withinRights } from './goal-rights.ts';

const permissions = createPermissions(compilePolicies('1', rolePolicies));
const held = new Map<string, readonly string[]>([
  ['dora', ['developer']],
  ['vera', ['viewer']],
  ['cleo', ['developer@alpha']],
]);
const rights = createGoalRights({
  permissions,
  rolesOf: async (tenantId, subject) => (tenantId === 'north' ? (held.get(subject) ?? []) : []),
});

function requestOf(requestedBy: string, tenantId = 'north', projectId = 'default'): AttemptRequest {
  const task = { tenantId: tenantId as TenantId };
  return { claimed: { task, goal: { requestedBy, projectId } } } as unknown as AttemptRequest;
}

async function tryTool(tool: string, request: AttemptRequest): Promise<string> {
  const bench = { call: async () => ({ output: 'done', artifacts: [] }) } as unknown as Workbench;
  const call = { tool, arguments: {}, grants: [] } as unknown as ToolCall;
  const signal = new AbortController().signal;
  const tried = withinRights(bench, rights, request).call(call, signal);
  return tried.then(
    () => 'done',
    (error: { readonly code: string }) => error.code,
  );
}

test('[PE6] an agent works where it is granted a tool and who asked for the goal may do what the tool does', async () => {
  expect(await tryTool('shell', requestOf('dora'))).toBe('done');
  expect(await tryTool('shell', requestOf('vera'))).toBe('goal-owner-not-permitted');
  expect(await tryTool('read-file', requestOf('vera'))).toBe('done');
  for (const tool of ['http-fetch', 'mcp-search', 'constructor']) {
    expect(await tryTool(tool, requestOf('dora'))).toBe('done');
    expect(await tryTool(tool, requestOf('vera'))).toBe('goal-owner-not-permitted');
  }
  expect(await tryTool('read-file', requestOf('nobody'))).toBe('goal-owner-not-permitted');
  expect(await tryTool('shell', requestOf('nobody'))).toBe('goal-owner-not-permitted');
  expect(await tryTool('shell', requestOf('dora', 'south'))).toBe('goal-owner-not-permitted');
  expect(await tryTool('shell', requestOf('dora', 'north', 'alpha'))).toBe('done');
  expect(await tryTool('shell', requestOf('cleo', 'north', 'alpha'))).toBe('done');
  for (const projectId of ['default', 'beta'])
    expect(await tryTool('shell', requestOf('cleo', 'north', projectId))).toBe('goal-owner-not-permitted');
});

test('[PE6] it recalls and keeps what they may read and write; how its task ended is kept all the same', async () => {
  const answer = async () => 'done' as never;
  const port: NotesPort = {
    recall: answer,
    advise: answer,
    readLeft: answer,
    remember: answer,
    leave: answer,
    forget: answer,
    recordOutcome: answer,
  };
  held.set('rita', ['reviewer']);
  for (const [by, refused] of [
    ['dora', []],
    ['rita', ['remember', 'leave', 'forget']],
    ['vera', ['recall', 'advise', 'readLeft', 'remember', 'leave', 'forget']],
  ] as const) {
    const notes = notesWithinRights(port, rights, requestOf(by));
    for (const name of Object.keys(port) as (keyof NotesPort)[]) {
      const tried = (notes[name] as () => Promise<unknown>)();
      const code = await tried.catch((error: { readonly code: string }) => error.code);
      expect(code, `${by} ${name}`).toBe(
        (refused as readonly string[]).includes(name) ? 'goal-owner-not-permitted' : 'done',
      );
    }
  }
});

test('[PE6] it thinks with a model only as long as they may use one', async () => {
  const models = { route: async (_call: never) => 'answer' as never };
  const think = (by: string): Promise<unknown> => modelsWithinRights(models, rights, requestOf(by)).route({} as never);
  await expect(think('dora')).resolves.toBe('answer');
  await expect(think('vera')).rejects.toMatchObject({ code: 'goal-owner-not-permitted' });
  held.set('dora', []);
  await expect(think('dora')).rejects.toMatchObject({ code: 'goal-owner-not-permitted' });
});
