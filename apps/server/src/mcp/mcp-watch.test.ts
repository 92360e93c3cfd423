import type { McpServers, McpToolReport } from '@chorale/adapter-mcp';
import { beforeEach, expect, test } from 'vitest';
import { openLog } from '../process/log.ts';
import { ManualClock } from '../process/manual-clock.ts';
import { type McpWatch, watchMcp } from './mcp-watch.ts';

let clock: ManualClock;
let answer: (reports: readonly McpToolReport[]) => void;
let looked: boolean;
let watch: McpWatch;

beforeEach(() => {
  clock = new ManualClock();
  looked = false;
  const refresh = (): Promise<readonly McpToolReport[]> => new Promise((resolve) => (answer = resolve));
  const servers: McpServers = { servers: [], tools: [], refresh, approve: async () => {}, close: async () => {} };
  const log = openLog({ level: 'error', format: 'text', now: () => 0, write: () => {} });
  watch = watchMcp(servers, 60_000, { clock, log });
  void watch.looked.then(() => (looked = true));
});

test('[MW1] agents may begin when the servers have named their tools', async () => {
  void watch.run();
  await clock.pass(1_000);
  expect(looked).toBe(false);
  answer([]);
  await clock.pass(0);
  expect(looked).toBe(true);
});

test('[MW1] and do not wait for ever for servers that do not answer', async () => {
  void watch.run();
  await clock.pass(9_999);
  expect(looked).toBe(false);
  await clock.pass(1);
  expect(looked).toBe(true);
});
