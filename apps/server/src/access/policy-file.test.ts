import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultTenant, type TenantId } from '@chorale/lib-ids';
import { createPermissions, type Operation, type Permissions } from '@chorale/module-access';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ManualClock, settled } from '../process/manual-clock.ts';
import { readPolicies, watchPolicies } from './policy-file.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorale-policies-'));
  path = join(folder, 'policies.yaml');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const may = (permissions: Permissions, role: string, wanted: Operation | readonly [Operation, string]): boolean => {
  const [operation, tenant] = typeof wanted === 'string' ? [wanted, 'north'] : wanted;
  return permissions.decide({
    principal: { tenantId: 'north' as TenantId, subject: 'bot-1', roles: [role] },
    operation,
    resource: { tenantId: tenant as TenantId },
  }).allowed;
};

test('[PE3] roles of one’s own are in a file, and permit what it says in their own tenant alone', async () => {
  await writeFile(path, 'roles:\n  releaser: [goal.read, goal.cancel]\n');
  const permissions = createPermissions(await readPolicies(path));
  expect(may(permissions, 'releaser', 'goal.cancel')).toBe(true);
  expect(may(permissions, 'releaser', 'goal.submit')).toBe(false);
  expect(may(permissions, 'releaser', ['goal.cancel', 'south'])).toBe(false);
  expect(may(permissions, 'owner', 'goal.submit')).toBe(true);
});

test('[PE3] a policy of one’s own may forbid, and none lets a tenant reach another or the installation', async () => {
  const forbid =
    'forbid (principal, action == Action::"approval.answer", resource) when { principal.subject like "bot-*" };';
  await writeFile(path, `policies:\n  all: permit (principal, action, resource);\n  no-bots: '${forbid}'\n`);
  const permissions = createPermissions(await readPolicies(path));
  expect(may(permissions, 'owner', 'approval.answer')).toBe(false);
  expect(may(permissions, 'viewer', 'goal.submit')).toBe(true);
  expect(may(permissions, 'owner', ['goal.read', defaultTenant])).toBe(false);
  expect(may(permissions, 'owner', 'installation.read')).toBe(false);
});

test('[PE3] a file that cannot be used is refused with what is wrong', async () => {
  const wrong = [
    ['roles: [', /policies\.yaml/],
    ['roles:\n  owner: [goal.read]\n', /the role owner ships/],
    ['roles:\n  x: [goal.raed]\n', /goal\.raed|Invalid option/],
    ['policies:\n  x: permit (principal\n', /cannot be read/],
    ['rules: {}\n', /rules/],
  ] as const;
  for (const [text, message] of wrong) {
    await writeFile(path, text);
    await expect(readPolicies(path)).rejects.toMatchObject({
      code: 'policies-invalid',
      message: expect.stringMatching(message),
    });
  }
  await expect(readPolicies(join(folder, 'none.yaml'))).rejects.toMatchObject({ code: 'policies-invalid' });
});

test('[PE3] a change counts while the process runs, and a mistake leaves what was in use', async () => {
  const clock = new ManualClock();
  const lines: string[] = [];
  const log = { info: (text: string) => lines.push(text), warn: (text: string) => lines.push(text) } as never;
  await writeFile(path, 'roles:\n  releaser: [goal.read]\n');
  const permissions = createPermissions(await readPolicies(path));
  const watch = watchPolicies(path, permissions, { clock, log });
  const ended = watch.run();
  const pass = async (): Promise<void> => {
    await clock.pass(2_000);
    for (let turn = 0; turn < 50; turn++) await settled();
    await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await writeFile(path, 'roles:\n  releaser: [goal.read, goal.cancel]\n');
  await expect.poll(async () => (await pass(), may(permissions, 'releaser', 'goal.cancel'))).toBe(true);
  const { policyVersion } = permissions;
  await writeFile(path, 'roles: [');
  await expect.poll(async () => (await pass(), lines.some((line) => line.includes('stay in use')))).toBe(true);
  expect(permissions.policyVersion).toBe(policyVersion);
  expect(may(permissions, 'releaser', 'goal.cancel')).toBe(true);
  await watch.stop();
  await ended;
});
