import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TenantId } from '@chorale/lib-ids';
import type { ChatReply, ModelCallId } from '@chorale/module-models';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openFilesystemReplyKeeper } from './reply-keeper.ts';

const [north, south] = ['north', 'south'] as TenantId[] as [TenantId, TenantId];
const id = '../../call:1' as ModelCallId;
const usage = { inputTokens: 1, outputTokens: 2, cachedInputTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 };
const reply: ChatReply = {
  parts: [{ type: 'text', text: 'yes' }],
  finish: 'stop',
  usage,
  by: { provider: 'p', model: 'm' },
};

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chorale-replies-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test('[RK1, RK2] what was kept is found by its tenant and nobody else, also by the next process', async () => {
  const keeper = openFilesystemReplyKeeper({ directory, now: Date.now });
  expect(await keeper.find(north, id)).toBeUndefined();
  await keeper.keep(north, id, reply);
  expect(await openFilesystemReplyKeeper({ directory, now: Date.now }).find(north, id)).toEqual(reply);
  expect(await keeper.find(south, id)).toBeUndefined();
});

test('[RK3] what is old goes, and nothing else', async () => {
  const now = Date.now();
  const keeper = openFilesystemReplyKeeper({ directory, now: () => now, keepMs: 60_000 });
  await keeper.keep(north, id, reply);
  await keeper.keep(south, id, reply);
  const found = await readdir(directory, { recursive: true, withFileTypes: true });
  const [file] = found.filter((entry) => entry.isFile());
  const old = (now - 61_000) / 1000;
  await utimes(join(file!.parentPath, file!.name), old, old);
  expect(await keeper.sweep()).toBe(1);
  const left = [await keeper.find(north, id), await keeper.find(south, id)];
  expect(left.filter((one) => one !== undefined)).toEqual([reply]);
});
