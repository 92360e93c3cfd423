// Every tool that comes with the product over a real sandbox, with a workspace and a part of the host for each test.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openSandbox } from '@chorale/adapter-sandbox';
import { createBuiltinTools, openRepositories } from '@chorale/adapter-tools';
import {
  createToolRegistry,
  type ArtifactCandidate,
  type KeptArtifact,
  type SandboxDriver,
  type ToolContext,
  type ToolResult,
} from '@chorale/module-agents';
import type { Json } from '@chorale/module-goals';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';

export type Output = Readonly<Record<string, unknown>>;

export interface ToolBench {
  readonly workspace: string;
  /** A folder of the host that holds `allowed`, which tasks may be shown, and the folder `skill`. */
  readonly host: string;
  /** Content of what was kept, by name. */
  readonly kept: Map<string, string>;
  inside(path: string): string;
  output(tool: string, args: object, limits?: Output): Promise<Output>;
  call(tool: string, args: object, context?: Partial<ToolContext>): Promise<ToolResult>;
}

function makeBench(sandbox: SandboxDriver, root: string): ToolBench {
  const host = join(root, 'host');
  mkdirSync(join(host, 'skill', 'scripts'), { recursive: true });
  mkdirSync(join(host, 'allowed'));
  const workspace = join(root, 'goal', 'workspace');
  mkdirSync(workspace, { recursive: true });
  const registry = createToolRegistry(
    createBuiltinTools({
      sandbox,
      repositories: openRepositories({
        checkoutsDirectory: join(host, 'checkouts'),
        allowsLocal: (path) => path.startsWith(join(host, 'allowed')),
      }),
      getSkill: (name) => ({ name, directory: join(host, 'skill'), entryScript: 'scripts/run.mjs' }),
      goalDirectory: dirname,
      repositoryBytesMax: 64 * 1024 * 1024,
      repositoryAddresses: {},
    }),
  );
  const kept = new Map<string, string>();
  const keepArtifact = ({ name, mediaType, content }: ArtifactCandidate): Promise<KeptArtifact> => {
    const text = 'text' in content ? content.text : readFileSync(content.path, 'utf8');
    kept.set(name, text);
    return Promise.resolve({ name, mediaType, hash: `sha256:${name}`, sizeBytes: Buffer.byteLength(text) });
  };
  const readArtifact = (hash: string): Promise<never> => Promise.reject(new Error(`no artifact ${hash}`));
  const base: ToolContext = { workspace, keepArtifact, readArtifact };
  const make = (tool: string, args: object, how: { readonly context: ToolContext; readonly limits: Output }) =>
    registry.call({ tool, arguments: args as Json, grants: [{ tool, limits: how.limits }] }, how.context);
  return {
    workspace,
    host,
    kept,
    inside: (path) => join(workspace, path),
    output: async (tool, args, limits = {}) => (await make(tool, args, { context: base, limits })).output as Output,
    call: (tool, args, context = {}) => make(tool, args, { context: { ...base, ...context }, limits: {} }),
  };
}

/** Opens the sandbox once, and gives each test a bench of its own. */
export function useToolBench(): () => ToolBench {
  let sandbox: SandboxDriver;
  let bench: ToolBench;
  let root: string;
  beforeAll(async () => {
    sandbox = await openSandbox();
  });
  afterAll(() => sandbox.close());
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'chorale-bench-'));
    bench = makeBench(sandbox, root);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));
  return () => bench;
}

export function gitOnHost(directory: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=A', '-c', 'user.email=a@example.org'];
  return execFileSync('git', ['-C', directory, ...identity, ...args], { encoding: 'utf8' }).trim();
}

/** Two commits on `main`, `file.txt` holding "one" and then "two". */
export function makeRepository(directory: string): string {
  mkdirSync(directory, { recursive: true });
  gitOnHost(directory, 'init', '-q', '-b', 'main');
  for (const text of ['one', 'two']) {
    writeFileSync(join(directory, 'file.txt'), `${text}\n`);
    gitOnHost(directory, 'add', '.');
    gitOnHost(directory, 'commit', '-qm', `Say ${text}`);
  }
  return directory;
}
