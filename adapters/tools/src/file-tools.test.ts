// The tools that work on single files, on a real workspace full of traps.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { editFileTool } from './edit-file.ts';
import { listFilesTool } from './list-files.ts';
import { readFileTool } from './read-file.ts';
import { openToolBench, type ToolBench } from './tool-bench.ts';
import { writeFileTool } from './write-file.ts';

let bench: ToolBench;
let outside: string;
const inside = (path: string): string => join(bench.workspace, path);

beforeEach(async () => {
  bench = await openToolBench([readFileTool, writeFileTool, editFileTool, listFilesTool]);
  outside = mkdtempSync(join(tmpdir(), 'chorale-outside-'));
  writeFileSync(join(outside, 'secret'), 'secret');
});
afterEach(async () => {
  rmSync(outside, { recursive: true, force: true });
  await bench.close();
});

type Output = Readonly<Record<string, unknown>>;
const read = async (path: string, more = {}) => (await bench.call('read-file', { path, ...more })).output as Output;
const write = (path: string, content: string) => bench.call('write-file', { path, content });
const edit = (path: string, ...edits: { oldText: string; newText: string; replaceAll?: boolean }[]) =>
  bench.call('edit-file', { path, edits });
const list = async (args = {}) =>
  (await bench.call('list-files', args)).output as { entries: { path: string; type: string }[]; truncated: boolean };

describe('[CP1] no path leads out of the workspace', () => {
  const ways: readonly (readonly [string, () => string])[] = [
    ['an absolute path', () => join(outside, 'secret')],
    ['a climb', () => `../../${outside}/secret`],
    ['a climb from below', () => 'sub/../../x'],
    ['a link to a file', () => (symlinkSync(join(outside, 'secret'), inside('link')), 'link')],
    ['a link to a directory', () => (symlinkSync(outside, inside('folder')), 'folder/secret')],
    [
      'a relative link',
      () => (symlinkSync(`../../../../../../../../..${outside}/secret`, inside('relative')), 'relative'),
    ],
    ['a link to a link', () => (symlinkSync(outside, inside('one')), symlinkSync('one', inside('two')), 'two/secret')],
    ['a link to the parent', () => (symlinkSync('..', inside('up')), 'up/other')],
    ['a link through /proc', () => (symlinkSync('/proc/self/root', inside('root')), `root${outside}/secret`)],
    ['a link to the host’s /workspace', () => (symlinkSync('/workspaces/x', inside('near')), 'near')],
    ['a link that leads to itself', () => (symlinkSync('self', inside('self')), 'self')],
    ['a NUL', () => 'a\0b'],
    ['a name no file can have', () => 'x'.repeat(300)],
  ];

  test.each(ways)('by %s', async (_name, prepare) => {
    mkdirSync(inside('sub'));
    const path = prepare();
    await expect(read(path)).rejects.toMatchObject({
      family: 'refused',
      code: expect.stringMatching(/^path-/) as string,
    });
    await expect(write(path, 'changed')).rejects.toMatchObject({
      family: 'refused',
      code: expect.stringMatching(/^path-/) as string,
    });
    await expect(edit(path, { oldText: 'secret', newText: 'changed' })).rejects.toMatchObject({ family: 'refused' });
    await expect(list({ path })).rejects.toMatchObject({ family: 'refused' });
    expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('secret');
    expect(readdirSync(outside)).toEqual(['secret']);
  });

  test('while another process swaps a directory for a link', async () => {
    mkdirSync(inside('real'));
    writeFileSync(inside('real/secret'), 'harmless');
    symlinkSync(outside, inside('trap'));
    const swap = `cd ${bench.workspace}; while :; do mv real kept && mv trap real && mv real trap && mv kept real; done`;
    const child = spawn('/bin/sh', ['-c', swap], { stdio: 'ignore', detached: true });
    try {
      for (let round = 0; round < 300; round++) {
        const text = await read('real/secret').then(
          (output) => output['text'],
          () => 'refused',
        );
        expect(['harmless', 'refused']).toContain(text);
        await write('real/new', 'x').catch(() => undefined);
      }
    } finally {
      const ended = once(child, 'exit');
      process.kill(-(child.pid as number), 'SIGKILL');
      await ended;
    }
    expect(readdirSync(outside)).toEqual(['secret']);
  });

  test('links that stay inside are followed, also those that name /workspace', async () => {
    mkdirSync(inside('sub'));
    writeFileSync(inside('sub/file'), 'found');
    symlinkSync('sub', inside('short'));
    symlinkSync('/workspace/sub/file', inside('absolute'));
    symlinkSync('../absolute', inside('sub/back'));
    for (const path of ['short/file', 'absolute', 'sub/back', '/workspace/short/../sub/file', './sub//file']) {
      expect(await read(path), path).toMatchObject({ text: 'found' });
    }
    await write('short/../absolute', 'written');
    expect(readFileSync(inside('sub/file'), 'utf8')).toBe('written');
    expect(lstatSync(inside('absolute')).isSymbolicLink()).toBe(true);
  });
});

describe('[CP2] only plain files are opened', () => {
  test('a pipe does not block, and nothing is written to it', async () => {
    execFileSync('mkfifo', [inside('pipe')]);
    await expect(read('pipe')).rejects.toMatchObject({ code: 'path-not-a-file' });
    await expect(write('pipe', 'x')).rejects.toMatchObject({ code: 'path-not-a-file' });
  });

  test('a directory is no file, and a file no directory', async () => {
    mkdirSync(inside('sub'));
    writeFileSync(inside('file'), '');
    await expect(read('sub')).rejects.toMatchObject({ code: 'path-not-a-file' });
    await expect(read('.')).rejects.toMatchObject({ code: 'path-not-a-file' });
    await expect(read('file/below')).rejects.toMatchObject({ code: 'path-not-a-directory' });
    await expect(list({ path: 'file' })).rejects.toMatchObject({ code: 'path-not-a-directory' });
    await expect(read('missing')).rejects.toMatchObject({ code: 'path-not-found' });
    await expect(read('missing/below')).rejects.toMatchObject({ code: 'path-not-found' });
  });
});

describe('read-file', () => {
  test('shows the lines asked for and how many there are', async () => {
    writeFileSync(inside('file'), 'one\ntwo\nthree\n');
    expect(await read('file')).toEqual({
      text: 'one\ntwo\nthree',
      fromLine: 1,
      lines: 3,
      totalLines: 3,
      sizeBytes: 14,
      truncated: false,
    });
    expect(await read('file', { fromLine: 2, lines: 1 })).toMatchObject({
      text: 'two',
      lines: 1,
      totalLines: 3,
      truncated: true,
    });
    expect(await read('file', { fromLine: 9 })).toMatchObject({ text: '', lines: 0 });
  });

  test('shows a long text in part and keeps the whole', async () => {
    writeFileSync(inside('long.txt'), 'é'.repeat(100_000));
    const output = await read('long.txt');
    expect(output).toMatchObject({ truncated: true, sizeBytes: 200_000 });
    expect(String(output['text']).length).toBeLessThan(60_000);
    expect(output['text']).not.toContain('�');
    expect(bench.kept.get('long.txt')).toHaveLength(100_000);
  });

  test('refuses what is no text', async () => {
    writeFileSync(inside('bytes'), Buffer.from([1, 0, 2]));
    await expect(read('bytes')).rejects.toMatchObject({ code: 'file-not-text' });
  });
});

describe('write-file', () => {
  test('makes directories, replaces, and keeps the mode', async () => {
    expect((await write('a/b/file', 'one')).output).toEqual({ path: 'a/b/file', created: true, sizeBytes: 3 });
    chmodSync(inside('a/b/file'), 0o751);
    expect((await write('a/b/file', 'é')).output).toMatchObject({ created: false, sizeBytes: 2 });
    expect(readFileSync(inside('a/b/file'), 'utf8')).toBe('é');
    expect(statSync(inside('a/b/file')).mode & 0o777).toBe(0o751);
    expect(readdirSync(inside('a/b'))).toEqual(['file']);
  });

  test('never writes through a hard link', async () => {
    linkSync(join(outside, 'secret'), inside('hard'));
    await write('hard', 'changed');
    expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('secret');
  });
});

describe('edit-file', () => {
  beforeEach(() => writeFileSync(inside('file'), 'alpha beta\nalpha gamma\n'));
  const text = (): string => readFileSync(inside('file'), 'utf8');

  test('replaces exact texts in order', async () => {
    const result = await edit(
      'file',
      { oldText: 'alpha beta', newText: 'one' },
      { oldText: 'one\nalpha', newText: '$& two' },
    );
    expect(result.output).toMatchObject({ replacements: 2 });
    expect(text()).toBe('$& two gamma\n');
  });

  test('refuses a text that is missing or stands in several places, and then changes nothing', async () => {
    const good = { oldText: 'beta', newText: 'x' };
    await expect(edit('file', good, { oldText: 'delta', newText: 'x' })).rejects.toMatchObject({
      family: 'refused',
      code: 'edit-no-match',
    });
    await expect(edit('file', good, { oldText: 'alpha', newText: 'x' })).rejects.toMatchObject({
      code: 'edit-ambiguous',
      data: { lines: [1, 2] },
    });
    expect(text()).toBe('alpha beta\nalpha gamma\n');
    await edit('file', { oldText: 'alpha', newText: 'x', replaceAll: true });
    expect(text()).toBe('x beta\nx gamma\n');
  });

  test('says when only the line ends differ, and keeps a byte order mark', async () => {
    writeFileSync(inside('dos'), '\ufeffone\r\ntwo\r\n');
    await expect(edit('dos', { oldText: 'one\ntwo', newText: 'x' })).rejects.toMatchObject({
      action: expect.stringContaining('carriage return') as string,
    });
    await edit('dos', { oldText: 'two', newText: 'three' });
    expect(readFileSync(inside('dos'), 'utf8')).toBe('\ufeffone\r\nthree\r\n');
  });

  test('refuses a file that would not survive', async () => {
    writeFileSync(inside('latin'), Buffer.from('caf\xe9', 'latin1'));
    await expect(edit('latin', { oldText: 'caf', newText: 'x' })).rejects.toMatchObject({ code: 'file-not-text' });
    expect(existsSync(inside('latin'))).toBe(true);
  });
});

describe('list-files', () => {
  beforeEach(() => {
    mkdirSync(inside('a/b/c/d'), { recursive: true });
    mkdirSync(inside('.git/objects'), { recursive: true });
    for (const path of ['top.ts', 'a/one.ts', 'a/b/two.ts', 'a/b/c/three.md', 'a/b/c/d/four.ts'])
      writeFileSync(inside(path), path);
    symlinkSync(outside, inside('link'));
  });
  const paths = async (args = {}) => (await list(args)).entries.map((entry) => entry.path);

  test('goes as deep as asked, nearest first, and never through a link', async () => {
    expect(await paths({ depth: 1 })).toEqual(['.git', 'a', 'link', 'top.ts']);
    expect(await paths({ depth: 3 })).toEqual([
      '.git',
      'a',
      'link',
      'top.ts',
      'a/b',
      'a/one.ts',
      'a/b/c',
      'a/b/two.ts',
    ]);
    expect(await paths({ path: 'a/b', depth: 1 })).toEqual(['a/b/c', 'a/b/two.ts']);
    expect((await list({ depth: 1 })).entries.map((entry) => entry.type)).toEqual([
      'directory',
      'directory',
      'link',
      'file',
    ]);
  });

  test('narrows by a pattern and stops at its limit', async () => {
    expect(await paths({ pattern: '**/*.ts', depth: 9 })).toEqual([
      'top.ts',
      'a/one.ts',
      'a/b/two.ts',
      'a/b/c/d/four.ts',
    ]);
    expect(await list({ depth: 9, limit: 2 })).toMatchObject({
      truncated: true,
      entries: [{ path: '.git' }, { path: 'a' }],
    });
  });
});
