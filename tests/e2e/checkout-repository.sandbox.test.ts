import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { lstat, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openSandbox } from '@chorale/adapter-sandbox';
import { createCheckoutRepository, openRepositories } from '@chorale/adapter-tools';
import { createToolRegistry, type SandboxDriver, type ToolRegistry } from '@chorale/module-agents';
import type { Json } from '@chorale/module-goals';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

const gibibyte = 1024 ** 3;
let sandbox: SandboxDriver;
let folder: string;
let tools: ToolRegistry;
let goals = 0;

beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox.close());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorale-checkout-'));
  const repositories = openRepositories({
    checkoutsDirectory: join(folder, 'data'),
    allowsLocal: (path) => path.startsWith(join(folder, 'source')),
  });
  const parts = { sandbox, repositories, goalDirectory: dirname, sizeBytesMax: gibibyte };
  tools = createToolRegistry([createCheckoutRepository(parts)]);
  await mkdir(join(folder, 'source'));
  return () => rm(folder, { recursive: true, force: true });
});

describe('a git repository', () => {
  test('[CR1] is cloned with its history, at what is committed', async () => {
    const source = await makeRepository();
    await writeFile(join(source, 'a.txt'), 'not committed');
    const checkout = await check({ source });
    expect(checkout).toMatchObject({ source, kind: 'git', commit: git(source, 'rev-parse', 'HEAD') });
    expect(await readFile(join(checkout.path, 'a.txt'), 'utf8')).toBe('two\n');
    expect(git(checkout.path, 'rev-list', '--count', 'HEAD')).toBe('2');
  });

  test('is taken at a branch, a tag or a commit', async () => {
    const source = await makeRepository();
    const first = git(source, 'rev-parse', 'HEAD~1');
    git(source, 'branch', 'old', first);
    git(source, 'tag', 'v1', first);
    for (const ref of ['old', 'v1', first]) expect(await check({ source, ref })).toMatchObject({ commit: first });
    await expect(check({ source, ref: 'nowhere' })).rejects.toMatchObject({ family: 'refused', code: 'ref-unknown' });
    await expect(check({ source, ref: '--help' })).rejects.toMatchObject({ family: 'refused', code: 'ref-unknown' });
  });

  test('may be a worktree, which is taken at what it has checked out', async () => {
    const source = await makeRepository();
    const worktree = join(folder, 'source', 'tree');
    git(source, 'worktree', 'add', '-q', '-b', 'side', worktree, 'HEAD~1');
    expect(await check({ source: worktree })).toMatchObject({ commit: git(source, 'rev-parse', 'HEAD~1') });
  });

  test('may be bare, or have a detached head', async () => {
    const source = await makeRepository();
    git(source, 'checkout', '-q', '--detach', 'HEAD~1');
    expect(await check({ source })).toMatchObject({ commit: git(source, 'rev-parse', 'HEAD') });
    const bare = join(folder, 'source', 'bare.git');
    git(folder, 'clone', '-q', '--bare', source, bare);
    expect(await check({ source: `file://${bare}` })).toMatchObject({ kind: 'git' });
  });

  test('is refused while nothing is committed', async () => {
    const source = join(folder, 'source', 'empty');
    await mkdir(source);
    git(source, 'init', '-q');
    await expect(check({ source })).rejects.toMatchObject({ family: 'refused', code: 'repository-empty' });
  });

  test('is cloned also when its files cannot be copied one by one, as while git repacks it', async () => {
    const source = await makeRepository();
    await symlink('/nowhere', join(source, '.git', 'objects', 'gone'));
    expect(await check({ source })).toMatchObject({ commit: git(source, 'rev-parse', 'HEAD') });
  });

  test('[CR3] runs nothing that the repository asks for', async () => {
    const source = await makeRepository();
    const trace = join(folder, 'source', 'trace');
    const script = `#!/bin/sh\ntouch ${trace}\n`;
    for (const hook of ['post-checkout', 'reference-transaction'])
      await writeFile(join(source, '.git', 'hooks', hook), script, { mode: 0o755 });
    git(source, 'config', 'core.fsmonitor', `touch ${trace}`);
    git(source, 'config', 'uploadpack.packObjectsHook', `touch ${trace}`);
    await check({ source });
    expect(existsSync(trace)).toBe(false);
  });

  test('can be cloned from a URL', async () => {
    const source = await makeRepository();
    const bare = join(folder, 'source', 'bare.git');
    git(folder, 'clone', '-q', '--bare', source, bare);
    git(bare, 'update-server-info');
    const server = createServer((request, response) => {
      readFile(join(folder, 'source', new URL(request.url ?? '/', 'http://localhost').pathname)).then(
        (bytes) => response.end(bytes),
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      expect(await check({ source: `http://127.0.0.1:${port}/bare.git` })).toMatchObject({
        kind: 'git',
        commit: git(source, 'rev-parse', 'HEAD'),
      });
    } finally {
      server.close();
    }
    await expect(check({ source: 'http://127.0.0.1:1/none.git' })).rejects.toMatchObject({
      family: 'temporary',
      code: 'source-unreachable',
    });
  });
});

describe('a folder that is no repository', () => {
  test('is copied, with its links as links, and without what tools put there', async () => {
    const source = join(folder, 'source', 'plain');
    await mkdir(join(source, 'sub'), { recursive: true });
    await writeFile(join(source, 'sub', 'b.txt'), 'b');
    await mkdir(join(source, 'sub', 'node_modules', 'dependency'), { recursive: true });
    await mkdir(join(source, '.chorale', 'workspaces'), { recursive: true });
    await symlink('/etc/passwd', join(source, 'link'));
    const checkout = await check({ source });
    expect(checkout).toMatchObject({ kind: 'folder', commit: null });
    expect(await readdir(checkout.path, { recursive: true })).toEqual(['link', 'sub', 'sub/b.txt']);
    expect((await lstat(join(checkout.path, 'link'))).isSymbolicLink()).toBe(true);
  });

  test('has no branches to choose from', async () => {
    const source = join(folder, 'source', 'plain');
    await mkdir(source);
    await expect(check({ source, ref: 'main' })).rejects.toMatchObject({ family: 'refused', code: 'not-a-repository' });
  });
});

describe('a goal', () => {
  test('[CR2] has one snapshot: the same source gives it again, another is refused', async () => {
    const source = await makeRepository();
    const goal = nextGoal();
    const first = await check({ source }, goal);
    git(source, 'commit', '-q', '--allow-empty', '-m', 'three');
    expect(await check({ source }, goal)).toEqual(first);
    await expect(check({ source, ref: 'v9' }, goal)).rejects.toMatchObject({ code: 'checkout-exists' });
    expect((await readdir(join(folder, 'data', goal))).toSorted()).toEqual([
      'attempt',
      'repository',
      'repository.json',
    ]);
  });

  test('[CR1] begins anew where a crash left half a snapshot', async () => {
    const source = await makeRepository();
    const goal = nextGoal();
    for (const name of ['repository', 'incoming-1'])
      await mkdir(join(folder, 'data', goal, name, 'half'), { recursive: true });
    const checkout = await check({ source }, goal);
    expect((await readdir(checkout.path)).toSorted()).toEqual(['.git', 'a.txt']);
    expect(await readdir(join(folder, 'data', goal))).not.toContain('incoming-1');
  });
});

test('what is neither a folder that may be read nor a URL without a key is refused', async () => {
  for (const [source, code] of [
    ['/etc', 'repository-not-allowed'],
    ['/nowhere/at/all', 'repository-not-found'],
    ['git@example.org:a/b.git', 'source-not-supported'],
    ['ext::sh -c touch% /tmp/x', 'repository-not-found'],
    ['ssh://example.org/a.git', 'source-not-supported'],
  ] as const) {
    await expect(check({ source })).rejects.toMatchObject({ family: 'refused', code });
  }
});

async function check(args: { readonly [name: string]: Json }, goal = nextGoal()): Promise<{ readonly path: string }> {
  const workspace = join(folder, 'data', goal, 'attempt');
  await mkdir(workspace, { recursive: true });
  const context = {
    workspace,
    keepArtifact: () => Promise.reject(new Error('nothing is kept here')),
    readArtifact: () => Promise.reject(new Error('nothing is kept here')),
  };
  const grants = [{ tool: 'checkout-repository', limits: {} }];
  const { output } = await tools.call({ tool: 'checkout-repository', arguments: args, grants }, context);
  return output as { readonly path: string };
}

function nextGoal(): string {
  goals += 1;
  return `goal-${goals}`;
}

/** Two commits in one file. */
async function makeRepository(): Promise<string> {
  const source = join(folder, 'source', 'repository');
  await mkdir(source);
  git(source, 'init', '-q', '-b', 'main');
  for (const text of ['one\n', 'two\n']) {
    await writeFile(join(source, 'a.txt'), text);
    git(source, 'add', '.');
    git(source, 'commit', '-q', '-m', text.trim());
  }
  return source;
}

function git(cwd: string, ...args: readonly string[]): string {
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'core.fsmonitor=false'];
  return execFileSync('git', [...who, ...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}
