// git for agents: clones into the workspace, and the commands that only read.

import { randomUUID } from 'node:crypto';
import { lstat, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { refused } from '@chorale/lib-errors';
import {
  workspaceInsidePath,
  type SandboxDriver,
  type ToolContext,
  type ToolDefinition,
  type ToolOutcome,
} from '@chorale/module-agents';
import { createAddressGuard, type AddressGuardOptions } from './address-guard.ts';
import { boundText } from './bounded-text.ts';
import { cloneName, cloneRepository, type CloneSource } from './clone-repository.ts';
import { withDirectory, withParent } from './confined-path.ts';
import { findGitDirectory } from './git-directory.ts';
import { gitEnvironment } from './git-environment.ts';
import { gitReadingArguments, readingCommands, type ReadingCommand } from './git-flags.ts';
import { repositoryInsidePath, type Repositories } from './repositories.ts';
import { requireSuccess } from './sandbox-failure.ts';
import { withScratchDirectory } from './scratch-directory.ts';

export interface GitParts {
  readonly sandbox: SandboxDriver;
  readonly repositories: Repositories;
  /** Which addresses a URL may lead to; default public ones. */
  readonly addresses?: AddressGuardOptions;
  /** How large a clone may be. */
  readonly sizeBytesMax?: number;
}

interface GitArguments {
  readonly command: ReadingCommand | 'clone';
  readonly arguments: readonly string[];
  readonly path: string;
  readonly source?: string;
  readonly ref: string;
}

const sizeBytesMaxDefault = 4 * 1024 ** 3;
const wallMs = 120_000;
const outputBytesMax = 8 * 1024 * 1024;

export function createGit(parts: GitParts): ToolDefinition<GitArguments> {
  return {
    name: 'git',
    description:
      'Reads the history of a repository (log, diff, show, blame, status and others), or with `clone` copies one into the workspace. ' +
      'It changes nothing in a repository; use the shell for commits. `path` is the repository: a directory of the workspace, or /repo.',
    inputSchema: {
      type: 'object',
      properties: {
        command: { enum: ['clone', ...readingCommands] },
        arguments: {
          type: 'array',
          items: { type: 'string', maxLength: 4_096 },
          maxItems: 64,
          default: [],
          description: 'Options, revisions and, after --, paths.',
        },
        path: {
          type: 'string',
          minLength: 1,
          maxLength: 4_096,
          default: '.',
          description: 'For clone: the directory to make.',
        },
        source: {
          type: 'string',
          minLength: 1,
          maxLength: 4_096,
          description: 'For clone: an https, http or git URL, or a folder of the host.',
        },
        ref: { type: 'string', maxLength: 512, default: '', description: 'For clone: branch, tag or commit.' },
      },
      required: ['command'],
      additionalProperties: false,
    },
    idempotent: ({ command }) => command !== 'clone',
    effects: ({ command }) => (command === 'clone' ? 'exfiltrates' : 'reads'),
    sends: ({ source, ref }) => (source === undefined || ref !== '' ? undefined : [source]),
    grantSchema: {
      type: 'object',
      properties: { network: { type: 'boolean', default: false, description: 'Whether URLs may be cloned.' } },
      additionalProperties: false,
    },
    run: (args, context) =>
      args.command === 'clone'
        ? cloneInto(parts, args, { ...context, mayUseNetwork: context.grant.limits['network'] === true })
        : read(parts.sandbox, { ...args, command: args.command }, context),
  };
}

async function read(
  sandbox: SandboxDriver,
  args: GitArguments & { readonly command: ReadingCommand },
  context: ToolContext,
): Promise<ToolOutcome> {
  const directory = await insidePathOf(args.path, context);
  const argv = ['/usr/bin/git', ...gitReadingArguments(args.command, args.arguments)] as const;
  const result = await withScratchDirectory((scratch) =>
    sandbox.run(
      {
        argv,
        cwd: directory,
        // Read-only: whatever an option or the repository's own settings might do, nothing changes.
        workspace: scratch,
        workspaceInside: '/scratch',
        mounts: [{ hostPath: context.workspace, insidePath: workspaceInsidePath }, ...(context.mounts ?? [])],
        env: gitEnvironment(),
        limits: { ...context.limits, wallMs, outputBytes: outputBytesMax },
      },
      context.signal === undefined ? {} : { signal: context.signal },
    ),
  );
  // `diff` and `grep` say with 1 what they found, not that they failed.
  const answered = result.exitCode === 1 && (args.command === 'diff' || args.command === 'grep');
  if (!answered) requireSuccess(result, `git ${args.command}`);
  const bounded = boundText(`git-${args.command}.txt`, result.stdout);
  return {
    output: { exitCode: result.exitCode, text: bounded.text, truncated: bounded.truncated || result.truncated },
    artifacts: bounded.artifacts,
  };
}

/** Below the workspace it must exist; what is mounted besides is taken by its own name. */
async function insidePathOf(path: string, context: ToolContext): Promise<string> {
  const mounted = [repositoryInsidePath, ...(context.mounts ?? []).map((mount) => mount.insidePath)];
  if (mounted.includes(path)) return path;
  await withDirectory(context.workspace, path, () => Promise.resolve());
  return path.startsWith('/') ? path : `${workspaceInsidePath}/${path}`;
}

async function cloneInto(
  parts: GitParts,
  args: GitArguments,
  context: ToolContext & { readonly mayUseNetwork: boolean },
): Promise<ToolOutcome> {
  if (args.source === undefined) {
    throw refused('invalid-tool-arguments', 'The arguments of git do not fit: `source` is missing.', {
      action: 'Say what to clone.',
    });
  }
  const source = chooseSource(parts, args.source, context.mayUseNetwork);
  await requireFree(context.workspace, args.path);
  // Beside the workspace, so that nothing that runs in it meets a clone that is half made.
  const incoming = join(dirname(context.workspace), `.clone-${randomUUID()}`);
  await mkdir(incoming);
  try {
    const commit = await cloneRepository(
      {
        sandbox: parts.sandbox,
        guard: createAddressGuard(parts.addresses),
        source,
        ref: args.ref,
        sizeBytesMax: parts.sizeBytesMax ?? sizeBytesMaxDefault,
      },
      { ...context, workspace: incoming },
    );
    await withParent(context.workspace, args.path, (parent, name) =>
      rename(join(incoming, cloneName), `${parent}/${name}`),
    );
    return { output: { path: args.path, commit } };
  } finally {
    await rm(incoming, { recursive: true, force: true });
  }
}

function requireFree(workspace: string, path: string): Promise<void> {
  return withParent(workspace, path, async (parent, name) => {
    const found = await lstat(`${parent}/${name}`).catch(() => undefined);
    if (found === undefined) return;
    throw refused('path-exists', `There is something at ${JSON.stringify(path)} already.`, {
      action: 'Choose another path.',
    });
  });
}

function chooseSource(parts: GitParts, source: string, mayUseNetwork: boolean): CloneSource {
  if (!source.startsWith('/')) {
    if (mayUseNetwork) return { url: source };
    throw refused('network-not-granted', 'The grant of git does not allow the network, which cloning a URL needs.', {
      action: 'Add `network: true` to the grant.',
    });
  }
  const git = findGitDirectory(parts.repositories.resolve(source));
  if (git === undefined) throw refused('not-a-repository', `${source} is not the top folder of a git repository.`);
  return { gitDirectory: parts.repositories.resolve(git.common) };
}
