import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openFilesystemToolPins } from './tool-pins.ts';

test('a pin that was put is found by whoever opens the folder, and replaced by the next of its name', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'chorale-pins-'));
  try {
    const pins = openFilesystemToolPins<{ server: string; tool: string; hash: string }>({ directory });
    expect(await pins.find('a', '../b')).toBeUndefined();
    await pins.put({ server: 'a', tool: '../b', hash: '1' });
    await pins.put({ server: 'a', tool: '../b', hash: '2' });
    expect(await openFilesystemToolPins({ directory }).find('a', '../b')).toEqual({
      server: 'a',
      tool: '../b',
      hash: '2',
    });
    expect(await pins.find('b', '../b')).toBeUndefined();
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
