// The git tool, in a real sandbox.

import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { gitOnHost, makeRepository, useToolBench } from './tool-bench.ts';

const bench = useToolBench();
const inside = (path: string): string => bench().inside(path);
const call = (tool: string, args: object, limits = {}) => bench().output(tool, args, limits);

describe('git', () => {
  const git = (command: string, ...args: string[]) => call('git', { command, arguments: args, path: 'repo' });

  test('reads history, differences and blame of a repository in the workspace', async () => {
    makeRepository(inside('repo'));
    writeFileSync(inside('repo/file.txt'), 'three\n');
    expect(await git('log', '--oneline', '-n1', '--format=%s')).toMatchObject({ exitCode: 0, text: 'Say two\n' });
    expect((await git('diff', '--', 'file.txt'))['text']).toMatch(/-two\n\+three/);
    expect((await git('show', 'HEAD~1', '--stat'))['text']).toMatch(/Say one/);
    expect((await git('blame', '-L1,1', 'HEAD', '--', 'file.txt'))['text']).toMatch(/\) two/);
    expect((await git('status', '--short'))['text']).toBe(' M file.txt\n');
    expect(await git('grep', 'nothing')).toMatchObject({ exitCode: 1, text: '' });
    await expect(git('log', 'no-such-revision')).rejects.toMatchObject({ family: 'refused', code: 'command-failed' });
  });

  test('[GT1] refuses every option that is not known to only read', async () => {
    makeRepository(inside('repo'));
    const attempts: readonly (readonly [string, ...string[]])[] = [
      ['log', '-c', 'core.pager=touch x'],
      ['log', '--output=/workspace/x'],
      ['diff', '--ext-diff'],
      ['diff', '--output', 'x'],
      ['diff', '--no-index', '/etc/passwd', 'file.txt'],
      ['show', '--textconv'],
      ['grep', '-O', 'x'],
      ['grep', '--open-files-in-pager=sh'],
      ['branch', '-D', 'main'],
      ['tag', '-d', 'x'],
      ['log', '--exec-path=/tmp'],
      ['rev-parse', '--git-dir'],
    ];
    for (const [command, ...args] of attempts) {
      await expect(git(command, ...args), [command, ...args].join(' ')).rejects.toMatchObject({
        code: 'git-option-not-allowed',
      });
    }
    for (const command of ['commit', 'push', 'config', 'gc', 'fetch', 'clean']) {
      await expect(git(command)).rejects.toMatchObject({ code: 'invalid-tool-arguments' });
    }
  });

  test('[GT1] runs nothing the repository asks for, and changes nothing', async () => {
    makeRepository(inside('repo'));
    const script = inside('repo/evil.sh');
    writeFileSync(script, '#!/bin/sh\ntouch /workspace/ran\ncat "$@"\n');
    chmodSync(script, 0o755);
    writeFileSync(inside('repo/.gitattributes'), '*.txt diff=evil filter=evil\n');
    for (const [key, value] of [
      ['core.fsmonitor', './evil.sh'],
      ['core.pager', './evil.sh'],
      ['diff.external', './evil.sh'],
      ['diff.evil.textconv', './evil.sh'],
      ['diff.evil.command', './evil.sh'],
      ['filter.evil.clean', './evil.sh'],
      ['alias.log', '!./evil.sh'],
    ]) {
      gitOnHost(inside('repo'), 'config', key as string, value as string);
    }
    writeFileSync(inside('repo/file.txt'), 'three\n');
    for (const command of ['status', 'diff', 'log', 'show']) await git(command).catch(() => undefined);
    expect(existsSync(inside('ran'))).toBe(false);
    // A branch by its plain form would be made; the workspace is read-only there.
    await expect(git('branch', 'new')).rejects.toMatchObject({ code: 'command-failed' });
    expect(gitOnHost(inside('repo'), 'branch', '--list', 'new')).toBe('');
  });

  test('reads what is mounted besides', async () => {
    const repository = makeRepository(join(bench().host, 'allowed', 'shown'));
    const result = await bench().call(
      'git',
      {
        command: 'log',
        arguments: ['--format=%s'],
        path: '/repo',
      },
      { mounts: [{ hostPath: repository, insidePath: '/repo' }] },
    );
    expect(result.output).toMatchObject({ text: 'Say two\nSay one\n' });
  });

  test('[GT2] clones an allowed folder without sharing files with it', async () => {
    const repository = makeRepository(join(bench().host, 'allowed', 'source'));
    const first = gitOnHost(repository, 'rev-parse', 'HEAD~1');
    expect(await call('git', { command: 'clone', source: repository, path: 'a/clone', ref: first })).toEqual({
      path: 'a/clone',
      commit: first,
    });
    expect(readFileSync(inside('a/clone/file.txt'), 'utf8')).toBe('one\n');
    for (const name of readdirSync(inside('a/clone/.git/objects'), { recursive: true, encoding: 'utf8' })) {
      const stat = statSync(inside(`a/clone/.git/objects/${name}`));
      expect(stat.isDirectory() || stat.nlink === 1).toBe(true);
    }
    expect(readdirSync(dirname(bench().workspace))).toHaveLength(1);
    await expect(call('git', { command: 'clone', source: repository, path: 'a/clone' })).rejects.toMatchObject({
      code: 'path-exists',
    });
  });

  test('[GT2] clones no folder that is not allowed, no URL without the grant, and nothing through other transports', async () => {
    const hidden = makeRepository(join(bench().host, 'hidden'));
    const clone = (source: string, limits = {}) => call('git', { command: 'clone', source, path: 'clone' }, limits);
    await expect(clone(hidden)).rejects.toMatchObject({ code: 'repository-not-allowed' });
    // A folder whose .git file names a repository elsewhere is as good as that repository.
    mkdirSync(join(bench().host, 'allowed', 'worktree'));
    writeFileSync(join(bench().host, 'allowed', 'worktree', '.git'), `gitdir: ${hidden}/.git\n`);
    await expect(clone(join(bench().host, 'allowed', 'worktree'))).rejects.toMatchObject({
      code: 'repository-not-allowed',
    });
    await expect(clone('https://example.org/a.git')).rejects.toMatchObject({ code: 'network-not-granted' });
    for (const source of [
      'ext::sh -c touch% x',
      'ssh://host/a',
      'git@host:a',
      '--upload-pack=x',
      'file:///etc',
      'https://user:word@example.org/a',
    ]) {
      await expect(clone(source, { network: true }), source).rejects.toMatchObject({ code: 'source-not-supported' });
    }
    expect(existsSync(inside('clone'))).toBe(false);
  });

  test('[GT2] clones no URL that leads to a private address, directly or by a redirect', async () => {
    const server = createServer((_request, response) =>
      response.writeHead(302, { location: 'http://10.0.0.1/a.git/info/refs?service=git-upload-pack' }).end(),
    );
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      for (const source of [`http://127.0.0.1:${port}/a.git`, 'git://169.254.169.254/a', 'http://[::1]/a.git']) {
        await expect(
          call('git', { command: 'clone', source, path: 'clone' }, { network: true }),
          source,
        ).rejects.toMatchObject({
          family: 'refused',
          code: 'address-not-allowed',
        });
      }
    } finally {
      server.close();
    }
  });
});
