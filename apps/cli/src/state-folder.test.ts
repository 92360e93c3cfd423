import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { backUpFolder, findStateFolders, readStateFolder } from './state-folder.ts';

let project: string;
beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'chorale-state-'));
  const state = join(project, '.agent_state');
  await mkdir(join(state, 'chat_sessions'), { recursive: true });
  await mkdir(join(state, 'backups'));
  await writeFile(join(state, 'goals.json'), '[]');
  await writeFile(join(state, 'chat_sessions', 'session_1.json'), '{}');
  await writeFile(join(state, 'chat.log'), 'a log');
  await writeFile(join(state, 'backups', 'edited.json'), '{"not": "ours"}');
  await writeFile(join(project, 'outside.json'), '{"not": "ours"}');
  await symlink(join(project, 'outside.json'), join(state, 'link.json'));
});
afterEach(() => rm(project, { recursive: true }));

test('[CLI23] a project, or a folder of it, is found; what is neither is said', async () => {
  const state = join(project, '.agent_state');
  expect(await findStateFolders(project)).toEqual([state]);
  expect(await findStateFolders(state)).toEqual([state]);
  await expect(findStateFolders(join(project, 'none'))).rejects.toThrow('is no folder that can be read');
  await expect(findStateFolders(join(state, 'backups', '..', '..', 'empty'))).rejects.toThrow('is no folder');
});

test('[CLI23] files that may hold memories are read; links are not followed, and copies of edited files stay', async () => {
  const files = await readStateFolder(join(project, '.agent_state'));
  expect(files.map(({ path }) => path)).toEqual([
    '.agent_state/chat_sessions/session_1.json',
    '.agent_state/goals.json',
  ]);
  expect(files[0]!.modifiedAt).toBeGreaterThan(Date.UTC(2026, 0, 1));
});

test('[CLI23] a copy is made beside the folder, compared, and never over another', async () => {
  const state = join(project, '.agent_state');
  const copy = await backUpFolder(state, '20270101-000000');
  expect(copy).toBe(`${state}.backup-20270101-000000`);
  expect(await readFile(join(copy, 'chat.log'), 'utf8')).toBe('a log');
  await expect(backUpFolder(state, '20270101-000000')).rejects.toThrow('is there already');
  expect(await findStateFolders(project)).toEqual([state]);
});
