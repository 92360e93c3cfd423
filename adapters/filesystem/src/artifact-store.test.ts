import { mkdir, mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TenantId } from '@chorale/lib-ids';
import { describeArtifactStore } from '@chorale/module-goals/artifact-store-contract';
import { afterAll, expect, test } from 'vitest';
import { openFilesystemArtifactStore } from './artifact-store.ts';

const folder = await mkdtemp(join(tmpdir(), 'chorale-artifacts-'));
const directory = join(folder, 'artifacts');
afterAll(() => rm(folder, { recursive: true, force: true }));

describeArtifactStore('the filesystem artifact store', {
  reset: () => rm(directory, { recursive: true, force: true }),
  open: () => openFilesystemArtifactStore({ directory }),
  async damage(tenantId, hash) {
    const path = fileOf(tenantId, hash);
    const bytes = await readFile(path);
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    await writeFile(path, bytes);
  },
  async countKept(tenantId) {
    return (await countFiles(join(directory, tenantId))) + (await countFiles(join(directory, 'incoming')));
  },
});

test('what an interrupted put left is removed at the next start, and a put under way is not', async () => {
  const incoming = join(directory, 'incoming');
  await mkdir(incoming, { recursive: true });
  await writeFile(join(incoming, 'old'), 'half');
  await utimes(join(incoming, 'old'), new Date(0), new Date(0));
  await writeFile(join(incoming, 'new'), 'half');
  await openFilesystemArtifactStore({ directory });
  expect(await readdir(incoming)).toEqual(['new']);
});

function fileOf(tenantId: TenantId, hash: string): string {
  return join(directory, tenantId, hash.slice(7, 9), hash.slice(9));
}

async function countFiles(path: string): Promise<number> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).length;
}
