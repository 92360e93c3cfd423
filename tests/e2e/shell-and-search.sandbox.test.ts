// The tools shell and search-files, in a real sandbox.

import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { useToolBench } from './tool-bench.ts';

const bench = useToolBench();
const inside = (path: string): string => bench().inside(path);
const call = (tool: string, args: object, limits = {}) => bench().output(tool, args, limits);

describe('shell', () => {
  const shell = (command: string, more = {}, limits?: Record<string, unknown>) =>
    call('shell', { command, ...more }, limits);

  test('runs in the workspace and reports what happened, whatever the exit code', async () => {
    expect(await shell('echo out; echo err >&2; echo x > made; exit 3')).toEqual({
      exitCode: 3,
      stdout: 'out\n',
      stderr: 'err\n',
      truncated: false,
      timedOut: false,
      limitsHit: [],
    });
    expect(readFileSync(inside('made'), 'utf8')).toBe('x\n');
    expect(await shell('pwd; cat', { cwd: 'sub/..', stdin: 'given' }).catch((error: Error) => error.message)).toMatch(
      /sub/,
    );
    mkdirSync(inside('sub'));
    expect(await shell('pwd; cat', { cwd: 'sub', stdin: 'given' })).toMatchObject({ stdout: '/workspace/sub\ngiven' });
  });

  test('fails the call on a bad end when asked to', async () => {
    await expect(shell('echo why >&2; exit 2', { failOnError: true })).rejects.toMatchObject({
      family: 'refused',
      code: 'command-failed',
      message: expect.stringContaining('why') as string,
    });
  });

  test('shows a long output in part and keeps the whole', async () => {
    const output = await shell('seq 1 30000');
    expect(output).toMatchObject({ truncated: true });
    expect(output['stdout']).toMatch(/^1\n2\n[^]*left out[^]*29999\n30000\n$/);
    expect(bench().kept.get('stdout.txt')?.split('\n')).toHaveLength(30_001);
  });

  test('has its time, and the network only with the grant', async () => {
    expect(await shell('sleep 30', { timeoutMs: 300 })).toMatchObject({ timedOut: true });
    const interfaces = 'tail -n +3 /proc/net/dev | grep -vc lo: || true';
    expect(await shell(interfaces)).toMatchObject({ stdout: '0\n' });
    expect(await shell(interfaces, {}, { network: true })).not.toMatchObject({ stdout: '0\n' });
  });

  test('has node and git, and reaches no host file', async () => {
    const output = await shell(
      `node -p 'process.version'; git --version; cat ${join(bench().host, 'skill')} /etc/shadow; git init -q . && git log 2>&1 | head -1`,
    );
    expect(output['stdout']).toMatch(new RegExp(`^${process.version}\ngit version`));
    expect(output['stderr']).toMatch(/No such file/);
  });

  test('is cancelled by its signal', async () => {
    await expect(
      bench().call('shell', { command: 'sleep 30' }, { signal: AbortSignal.timeout(300) }),
    ).rejects.toMatchObject({
      family: 'temporary',
      code: 'command-cancelled',
    });
  });
});

describe('search-files', () => {
  const search = async (args: Record<string, unknown>) =>
    (await call('search-files', args)) as unknown as {
      matches: { path: string; line: number; text: string }[];
      truncated: boolean;
    };
  beforeEach(() => {
    mkdirSync(inside('sub/.git'), { recursive: true });
    writeFileSync(inside('one.ts'), 'const a = 1;\nconst b.c = 2;\n');
    writeFileSync(inside('sub/two:odd.py'), 'CONST = 3\nconst a\n');
    writeFileSync(inside('sub/.git/three'), 'const\n');
    writeFileSync(inside('bytes'), Buffer.from('const\0'));
    writeFileSync(join(bench().host, 'secret'), 'const secret');
    symlinkSync(join(bench().host, 'secret'), inside('link'));
  });

  test('finds plain text with file and line, in text files only and through no link', async () => {
    const { matches, truncated } = await search({ pattern: 'const' });
    expect(matches.map(({ path, line }) => `${path} ${line}`).sort()).toEqual([
      'one.ts 1',
      'one.ts 2',
      'sub/two:odd.py 2',
    ]);
    expect(truncated).toBe(false);
    expect((await search({ pattern: 'b.c' })).matches).toEqual([{ path: 'one.ts', line: 2, text: 'const b.c = 2;' }]);
    expect((await search({ pattern: 'nothing at all' })).matches).toEqual([]);
    expect((await search({ pattern: '--help' })).matches).toEqual([]);
  });

  test('takes expressions, either case, a part of the tree, and a limit', async () => {
    expect((await search({ pattern: '^const [ab]', regex: true })).matches).toHaveLength(3);
    expect((await search({ pattern: 'const', ignoreCase: true, include: '*.py' })).matches).toHaveLength(2);
    expect((await search({ pattern: 'const', path: 'sub' })).matches).toHaveLength(1);
    expect(await search({ pattern: 'const', limit: 1 })).toMatchObject({ matches: [{}], truncated: true });
    await expect(search({ pattern: '(', regex: true })).rejects.toMatchObject({
      family: 'refused',
      code: 'pattern-invalid',
    });
    await expect(search({ pattern: 'x', path: '../..' })).rejects.toMatchObject({ code: 'path-outside-workspace' });
  });
});
