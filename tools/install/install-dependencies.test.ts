import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isInstalled } from './install-dependencies.mjs';

let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'chorale-install-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const locked = {
  '': { name: 'chorale' },
  'node_modules/yaml': { version: '2.0.0' },
  'node_modules/binding-darwin': { version: '1.0.0', optional: true },
};

async function write(path: string, packages: object): Promise<void> {
  await mkdir(join(root, 'node_modules', '.bin'), { recursive: true });
  await writeFile(join(root, path), JSON.stringify({ packages }));
}

async function writeNode(): Promise<void> {
  await writeFile(join(root, 'node_modules', '.bin', 'node'), '');
}

test('a fresh clone is not installed', async () => {
  await writeFile(join(root, 'package-lock.json'), JSON.stringify({ packages: locked }));
  expect(isInstalled(root)).toBe(false);
});

test('what npm says it installed is compared with the lock file; packages of other platforms may be missing', async () => {
  await write('package-lock.json', locked);
  await write('node_modules/.package-lock.json', { 'node_modules/yaml': { version: '2.0.0' } });
  await writeNode();
  expect(isInstalled(root)).toBe(true);
});

test('a changed version in the lock file means: install', async () => {
  await write('package-lock.json', { ...locked, 'node_modules/yaml': { version: '2.0.1' } });
  await write('node_modules/.package-lock.json', { 'node_modules/yaml': { version: '2.0.0' } });
  await writeNode();
  expect(isInstalled(root)).toBe(false);
});

test('a new package in the lock file means: install', async () => {
  await write('package-lock.json', { ...locked, 'node_modules/zod': { version: '4.0.0' } });
  await write('node_modules/.package-lock.json', { 'node_modules/yaml': { version: '2.0.0' } });
  await writeNode();
  expect(isInstalled(root)).toBe(false);
});

test('an installation without the pinned Node was cut short', async () => {
  await write('package-lock.json', locked);
  await write('node_modules/.package-lock.json', { 'node_modules/yaml': { version: '2.0.0' } });
  expect(isInstalled(root)).toBe(false);
});
