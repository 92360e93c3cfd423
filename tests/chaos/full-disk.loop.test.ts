import { expect, test } from 'vitest';
import { requireLoopDisks } from '../durability/loop-disk.ts';
import { runFullDisk } from './full-disk.ts';

test('a server whose disk fills says so, loses nothing, and goes on by itself', { timeout: 120_000 }, async () => {
  requireLoopDisks();
  const lines: string[] = [];
  const { findings, refused, acknowledged } = await runFullDisk((line) => lines.push(line));
  expect(findings, lines.join('\n')).toEqual([]);
  expect(refused).toBeGreaterThan(0);
  expect(acknowledged).toBeGreaterThan(0);
});
