import { createHash } from 'node:crypto';
import { sha256, verifySignature } from '@chorale/adapter-crypto';
import { createClient, type ChoraleClient } from '@chorale/lib-client';
import { findUnsigned, parseNote, parseNoteKey } from '@chorale/module-access';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from './api-fixture.ts';

let api: TestApi;
let north: ChoraleClient;
let south: ChoraleClient;
const canary = 'canary-of-the-north';

const clientOf = (tenant: string): ChoraleClient => createClient({ baseUrl: api.baseUrl, key: `owner@${tenant}` });

async function fill(client: ChoraleClient, word: string): Promise<void> {
  await client.submitGoal({ workflow: 'two-steps', inputs: { topic: word } });
  await client.putSecret('TOKEN', `${word}-secret`);
  await client.createModelKey({ name: word });
  await client.putBudget({ scope: 'tenant', window: 'day', limit: { usd: 5 } });
}

async function* bytes(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}

beforeAll(async () => {
  api = await startTestApi();
  for (const tenantId of ['north', 'south']) await api.client.createTenant({ tenantId, owner: 'ann' });
  [north, south] = [clientOf('north'), clientOf('south')];
  await fill(north, canary);
  await fill(south, 'stranger');
  const [ann] = await api.services.identity.users.list('north' as never, { limit: 1 });
  const password = { tenantId: 'north' as never, userId: ann!.id, login: 'ann', password: 'a phrase of the north' };
  await api.services.identity.passwords.set(password);
  await api.services.artifacts.put('north' as never, bytes(`${canary} `.repeat(10_000)), { sizeBytesMax: 1_000_000 });
});

afterAll(() => api.close());

const linesOf = async (client: ChoraleClient): Promise<readonly string[]> =>
  (await (await client.exportTenant('north')).text()).split('\n').slice(0, -1);

const hashOf = (lines: readonly string[]): string =>
  createHash('sha256')
    .update(lines.map((line) => `${line}\n`).join(''))
    .digest('hex');

test('[TD3] an export has every row and artifact of a tenant, none of another, and hashes of all of it', async () => {
  const lines = await linesOf(north);
  const parsed = lines.map((line) => JSON.parse(line) as Record<string, never>);
  const manifest = parsed.at(-1)! as unknown as {
    readonly kind: string;
    readonly sha256: string;
    readonly parts: Readonly<Record<string, { readonly lines: number; readonly sha256: string }>>;
  };
  expect(manifest.kind).toBe('manifest');
  expect(manifest.sha256).toBe(hashOf(lines.slice(0, -1)));
  for (const [name, part] of Object.entries(manifest.parts)) {
    const own = lines.filter((_, at) =>
      name === 'artifacts' ? parsed[at]!['kind'] === 'artifact' : parsed[at]!['table'] === name,
    );
    expect({ name, lines: own.length, sha256: hashOf(own) }).toEqual({ name, ...part });
  }
  expect(manifest.parts['goals']!.lines).toBe(1);
  expect(manifest.parts['tasks']!.lines).toBe(2);
  const chunks = parsed.filter(({ kind, bytes: chunk }) => kind === 'artifact' && chunk !== undefined);
  const artifact = Buffer.concat(chunks.map(({ bytes: chunk }) => Buffer.from(chunk!, 'base64')));
  expect(artifact.toString()).toBe(`${canary} `.repeat(10_000));
  const text = lines.join('\n');
  expect(text).not.toContain('stranger');
  // Nor is it a way to guess at passwords at leisure.
  expect(parsed.filter(({ table }) => table === 'identity_records').length).toBeGreaterThan(0);
  expect(text).not.toContain('argon2id');
  // What was sealed stays sealed.
  expect(text).not.toContain(`${canary}-secret`);
});

test('[TD3] who runs the installation exports any tenant, and others only their own', async () => {
  expect((await linesOf(api.client)).length).toBeGreaterThan(10);
  await expect(south.exportTenant('north')).rejects.toMatchObject({
    problem: { status: 404, code: 'tenant-not-found' },
  });
  const viewer = createClient({ baseUrl: api.baseUrl, key: 'viewer@north' });
  await expect(viewer.exportTenant('north')).rejects.toMatchObject({ problem: { code: 'not-permitted' } });
  const { items } = await north.listAuditEntries({ what: 'tenant.export' });
  expect(items.map(({ decision }) => decision)).toContain('done');
});

test('[TD4] a tenant is erased when what would go was seen; nothing is left, and the receipt is signed', async () => {
  const preview = await north.previewTenantErasure('north');
  expect(preview.counts).toMatchObject({ goals: 1, tasks: 2, secrets: 1, 'artifact files': 1 });
  await expect(north.eraseTenant('north', 'something')).rejects.toMatchObject({
    problem: { code: 'erasure-not-confirmed' },
  });
  // The word of one tenant erases no other.
  const other = await south.previewTenantErasure('south');
  await expect(api.client.eraseTenant('north', other.confirm)).rejects.toMatchObject({
    problem: { code: 'erasure-not-confirmed' },
  });
  const { holdId } = await north.placeMemoryHold({ scope: 'user/ann', reason: 'case 7' });
  const held = await north.previewTenantErasure('north');
  await expect(api.client.eraseTenant('north', held.confirm)).rejects.toMatchObject({
    problem: { code: 'tenant-held' },
  });
  await north.liftMemoryHold(holdId);
  // Who did not confirm it has changed nothing.
  expect((await north.listGoals()).items).toHaveLength(1);

  const receipt = await api.client.eraseTenant('north', preview.confirm);
  expect(receipt.counts).toMatchObject({ goals: 1, tasks: 2, secrets: 1, 'artifact files': 1 });
  const { keys } = await api.client.getAuditLog();
  const trust = { sha256, verify: verifySignature, keys: keys.map((line) => parseNoteKey(sha256, line)) };
  const note = parseNote(receipt.note)!;
  expect(findUnsigned(note, trust)).toBeUndefined();
  expect(note.text).toContain('"tenantId":"north"');
  expect(findUnsigned({ ...note, text: note.text.replace('north', 'south') }, trust)).toBeDefined();

  expect((await api.services.tenantData.previewErasure('north' as never)).counts).toEqual({});
  expect((await api.client.listTenants()).map(({ tenantId }) => tenantId)).not.toContain('north');
  const { items } = await api.client.listAuditEntries({ what: 'tenant.erase', on: 'north' });
  expect(items.map(({ decision }) => decision)).toContain('done');
  expect((await south.listGoals()).items).toHaveLength(1);
  // What waited for a worker is gone, too, and keeps no other from theirs.
  expect((await api.claim()).map(({ task }) => task.tenantId)).toEqual(['south']);
  expect((await south.verifyAuditLog()).ok).toBe(true);
});

test('[TD4] the home tenant, which knows the others, is not erased', async () => {
  const refusal = { problem: { code: 'home-tenant' } };
  await expect(api.client.previewTenantErasure('default')).rejects.toMatchObject(refusal);
  await expect(api.client.eraseTenant('default', 'any')).rejects.toMatchObject(refusal);
});
