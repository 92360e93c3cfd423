import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compilePolicies } from '@chorale/adapter-cedar';
import { openFilesystemArtifactStore } from '@chorale/adapter-filesystem';
import { openSqliteStores, type SqliteStores } from '@chorale/adapter-sqlite';
import { refused } from '@chorale/lib-errors';
import { defaultProject, type ProjectId, type TenantId } from '@chorale/lib-ids';
import { createPermissions, parseEntry, rolePolicies } from '@chorale/module-access';
import { createToolRegistry, type AttemptRequest, type ToolDefinition } from '@chorale/module-agents';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openAudit } from '../audit/open-audit.ts';
import { configSchema } from '../config/config-schema.ts';
import { openLog } from '../process/log.ts';
import { openWorkbench } from '../workbench/open-workbench.ts';
import { Workspaces } from '../workbench/workspaces.ts';
import { createGoalSecrets, type GoalSecrets } from './goal-secrets.ts';
import { learnConfigured } from './learn-configured.ts';
import { openSecrets, type SecretServices } from './open-secrets.ts';
import { Redactors } from './redactors.ts';
import { createSecretReader } from './secret-reader.ts';

const tenantId = 'north' as TenantId;
const canary = 'canary-8471-hummingbird';
const rolesOf: Record<string, readonly string[]> = { ann: ['developer'], bob: ['viewer'], cleo: ['developer@alpha'] };

let directory: string;
let stores: SqliteStores;
let secrets: SecretServices;
let goalSecrets: GoalSecrets;

async function open(): Promise<void> {
  const place = { directory: join(directory, 'access'), now: Date.now };
  const given = { store: stores.secrets, keyReference: '', tokenReference: '', env: {}, redactors: new Redactors() };
  secrets = openSecrets({ ...place, ...given });
  const register = stores.identity;
  const audit = await openAudit({
    store: stores.audit,
    register,
    keys: secrets.keys,
    ...place,
    origin: 'test',
    random: Math.random,
  });
  const permissions = createPermissions(compilePolicies('test', rolePolicies));
  const ports = { ...secrets, audit, permissions, rolesOf: async (_: TenantId, who: string) => rolesOf[who] ?? [] };
  goalSecrets = createGoalSecrets(ports, Date.now);
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'chorale-secrets-'));
  stores = await openSqliteStores({ path: ':memory:' });
  await open();
  await secrets.vault.put({ tenantId, name: 'TOKEN', value: canary, createdBy: 'ann' });
});

afterEach(async () => {
  await stores.close();
  rmSync(directory, { recursive: true });
});

function requestOf(owner: string, projectId: ProjectId = defaultProject): AttemptRequest {
  const task = { tenantId, goalId: 'goal_1', no: 0, key: 'fetch', attempt: 1, run: 1 };
  return {
    claimed: { task, goal: { requestedBy: owner, projectId } },
    definition: { kind: 'agent', agent: 'scout' },
  } as never;
}

/** Shows what it was given in every way a tool can. */
const leaky: ToolDefinition = {
  name: 'leaky',
  description: 'Leaks.',
  inputSchema: { type: 'object' },
  idempotent: true,
  grantSchema: { type: 'object' },
  async run(args, context) {
    const { token } = await context.useSecrets!({ token: 'secret:TOKEN' });
    context.onProgress?.(`token=${token}`);
    if ((args as { readonly fails?: boolean }).fails === true)
      throw refused('command-failed', `no: ${token}`, { data: { token: `${token}!` }, cause: new Error(token) });
    const encoded = Buffer.from(`user:${token}`).toString('base64');
    return {
      output: { token: `<${token}>`, encoded, [token!]: 1 },
      artifacts: [{ name: 'dump.txt', mediaType: 'text/plain', content: { text: `all: ${token}\n` } }],
    };
  },
};

async function bench(owner: string) {
  const artifacts = await openFilesystemArtifactStore({ directory: join(directory, 'artifacts') });
  const lines: string[] = [];
  const workspaces = new Workspaces({
    directory: join(directory, 'workspaces'),
    keepMs: 0,
    now: Date.now,
    hasEnded: async () => false,
  });
  const opened = await openWorkbench(
    {
      tools: createToolRegistry([leaky]),
      artifacts,
      workspaces,
      secrets: goalSecrets,
      limits: {},
      log: openLog({ level: 'error', format: 'json', now: Date.now, write: () => {} }),
      keepsWorkspace: () => false,
      onProgress: (_request, line) => void lines.push(line),
    },
    requestOf(owner),
  );
  const signal = { aborted: false, addEventListener() {} };
  const grants = [{ tool: 'leaky', limits: { env: { TOKEN: 'secret:TOKEN' } } }];
  return {
    lines,
    call: (args: object) => opened.call({ tool: 'leaky', arguments: args as never, grants }, signal as never),
  };
}

async function acts() {
  const entries = await stores.audit.readEntries(tenantId, { from: 0, count: 100 });
  return entries
    .map(({ entry }) => parseEntry(entry)!)
    .map(({ what, decision, on, detail }) => ({ what, decision, on, detail }));
}

test('[SEC4] what a tool gives, prints, keeps or fails with has no secret that it was given', async () => {
  const { call, lines } = await bench('ann');
  const result = await call({});
  const failure = await call({ fails: true }).catch((error: unknown) => error);
  const seen = [JSON.stringify(result), lines.join('\n'), JSON.stringify(failure), String((failure as Error).stack)];
  const kept = readdirSync(join(directory, 'artifacts'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  expect(kept).toContain('all: [secret:TOKEN]\n');
  expect(result.output).toMatchObject({ token: '<[secret:TOKEN]>' });
  expect(failure).toMatchObject({ code: 'command-failed', message: 'no: [secret:TOKEN]' });
  for (const text of [...seen, ...kept]) {
    expect(text).not.toContain(canary);
    expect(text).not.toContain(Buffer.from(`user:${canary}`).toString('base64').slice(8, -4));
  }
});

test('[SEC4] what an earlier call left behind is hidden also by a process that did not make that call', async () => {
  await secrets.vault.put({ tenantId, name: 'OTHER', value: 'canary-of-another-secret', createdBy: 'ann' });
  await open();
  const plain: ToolDefinition = { ...leaky, run: async () => ({ output: `found ${canary} in a file` }) };
  const audited = (await acts()).length;
  const redactor = () => goalSecrets.redactors.of(tenantId);
  const grants = [{ tool: 'leaky', limits: { headers: { authorization: 'Bearer secret:TOKEN' } } }];
  await goalSecrets.learn(requestOf('bob'), { tool: plain.name, arguments: {}, grants });
  expect(redactor().redact(`found ${canary} in a file`)).toBe('found [secret:TOKEN] in a file');
  // Knowing what to hide gives nobody a value: there is nothing to write down.
  expect((await acts()).length).toBe(audited);
});

test('[SEC4] a tenant is not told by marks what another tenant keeps secret', async () => {
  await (await bench('ann')).call({});
  expect(goalSecrets.redactors.of('south' as TenantId).redact(canary)).toBe(canary);
  expect(goalSecrets.redactors.all().redact(canary)).toBe('[secret:TOKEN]');
});

test('[SEC2] [SEC3] a secret is used with the rights of who owns the goal, and the log says so before', async () => {
  await (await bench('ann')).call({});
  const on = { kind: 'secret', id: 'TOKEN' };
  const detail = { goal: 'goal_1', task: 'fetch', tool: 'leaky', owner: 'ann' };
  expect(await acts()).toMatchObject([{ what: 'secret.use', decision: 'allowed', on, detail }]);
  await expect((await bench('bob')).call({})).rejects.toMatchObject({ code: 'secret-not-permitted' });
  rolesOf['ann'] = [];
  await expect((await bench('ann')).call({})).rejects.toMatchObject({ code: 'secret-not-permitted' });
  rolesOf['ann'] = ['developer'];
  expect((await acts()).map(({ decision }) => decision)).toEqual(['allowed', 'refused', 'refused']);
});

test('[SEC2] only references are taken, and one that is not there is refused', async () => {
  const grants = [
    { tool: 't', limits: { env: { A: 'secret:TOKEN', B: 'secret:NONE' } } },
    { tool: 'u', limits: { env: { A: 'secret:OTHER' } } },
  ];
  const use = (text: string) => goalSecrets.use(requestOf('ann'), { tool: 't', arguments: {}, grants }, { A: text });
  await expect(use('secret:OTHER')).rejects.toMatchObject({ code: 'secret-not-granted' });
  await expect(use('TOKEN')).rejects.toMatchObject({ code: 'secret-reference-invalid' });
  await expect(use('secret:NONE')).rejects.toMatchObject({ code: 'secret-not-found' });
  expect(await use('secret:TOKEN')).toEqual({ A: canary });
});

test('[SEC5] the configuration is read from variables, files and secrets, and all of it is hidden', async () => {
  const audit = { record: async () => {} };
  const read = createSecretReader({ env: { KEY: 'env-canary-5512' }, secrets, audit });
  expect(await read('env:KEY', 'The key')).toBe('env-canary-5512');
  await secrets.vault.put({
    tenantId: 'default' as TenantId,
    name: 'PROVIDER',
    value: 'Bearer provider-canary-9',
    createdBy: 'ann',
  });
  expect(await read('secret:PROVIDER', 'The account')).toBe('Bearer provider-canary-9');
  await expect(read('env:NONE', 'The key')).rejects.toMatchObject({ code: 'secret-missing' });
  const seen = secrets.redactors.of(tenantId).redact('env-canary-5512 and provider-canary-9');
  expect(seen).toBe('[secret:env:KEY] and [secret:PROVIDER]');
});

test('[SEC4] passwords in addresses and accounts of buckets are hidden from the first line on', () => {
  const redactors = new Redactors();
  const env = { DATABASE_URL: 'postgres://app:p%40ssw0rd-canary@db/chorale', AWS_SECRET_ACCESS_KEY: 'aws-canary-77' };
  const values = configSchema.parse({ database: 'env:DATABASE_URL' });
  learnConfigured(redactors, values, env);
  const lines = [
    `cannot reach ${env.DATABASE_URL}`,
    'password p@ssw0rd-canary',
    'key aws-canary-77',
    'postgres://db/chorale',
  ];
  expect(lines.map((line) => redactors.of(tenantId).redact(line))).toEqual([
    'cannot reach [secret:database address]',
    'password [secret:database address]',
    'key [secret:AWS_SECRET_ACCESS_KEY]',
    'postgres://db/chorale',
  ]);
});

test('[SEC11] a goal uses the secrets of its project and no other, whatever its reference says', async () => {
  const alpha = 'alpha' as ProjectId;
  const call = (name: string) => ({
    tool: 'leaky',
    grants: [{ tool: 'leaky', limits: { env: { A: `secret:${name}` } } }],
  });
  const use = (request: AttemptRequest, name: string): Promise<unknown> =>
    goalSecrets.use(request, call(name) as never, { a: `secret:${name}` });
  const outcome = (used: Promise<unknown>) => used.catch((error: { readonly code: string }) => error.code);
  await secrets.vault.put({ tenantId, name: 'alpha/TOKEN', value: 'of-alpha', createdBy: 'ann' });
  await secrets.vault.put({ tenantId, name: 'beta/OTHER', value: 'of-beta', createdBy: 'ann' });
  expect(await use(requestOf('ann'), 'TOKEN')).toEqual({ a: canary });
  expect(await use(requestOf('ann', alpha), 'TOKEN')).toEqual({ a: 'of-alpha' });
  expect(await outcome(use(requestOf('ann', alpha), 'OTHER'))).toBe('secret-not-found');
  expect(await outcome(use(requestOf('ann'), 'OTHER'))).toBe('secret-not-found');
  for (const name of ['beta/OTHER', '../beta/OTHER', 'alpha/TOKEN'])
    expect(await outcome(use(requestOf('ann', alpha), name))).toMatch(/^secret-(?:not-granted|reference-invalid)$/);
  // Who may use secrets in that project alone owns a goal of another.
  expect(await use(requestOf('cleo', alpha), 'TOKEN')).toEqual({ a: 'of-alpha' });
  expect(await outcome(use(requestOf('cleo'), 'TOKEN'))).toBe('secret-not-permitted');
  expect((await acts()).at(-1)).toMatchObject({ what: 'secret.use', decision: 'refused' });
});
