// Makes a snapshot of a repository for a goal to work on, so that what its tasks see does not change under them.
//
// What is reviewed is what is committed: a clone of `ref` (default: what the source has checked out) with its whole
// history. A folder that is no repository is copied.
//
// Invariants: CR1 a snapshot under its final name is whole, and its record was written after it.
//             CR2 the same source and ref again give the same snapshot of this goal, without another clone.
//             CR3 git runs in the sandbox: it sees the source read-only and nothing else of the host, and has a network
//                 only when the source is a URL.

import { randomUUID } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { refused } from '@chorale/lib-errors';
import type { SandboxDriver, ToolContext, ToolDefinition, ToolOutcome } from '@chorale/module-agents';
import { createAddressGuard, type AddressGuardOptions } from './address-guard.ts';
import { cloneName, cloneRepository, type CloneOptions } from './clone-repository.ts';
import { copyFolder, leftOutNames } from './copy-folder.ts';
import { findGitDirectory } from './git-directory.ts';
import type { Repositories } from './repositories.ts';

export interface CheckoutRepositoryParts {
  readonly sandbox: SandboxDriver;
  readonly repositories: Repositories;
  /** The folder of the goal whose task has this workspace; under `repositories.checkoutsDirectory`. */
  readonly goalDirectory: (workspace: string) => string;
  readonly sizeBytesMax: number;
  /**
   * Which addresses a URL may lead to. Absent: any, which is right only where whoever names a source may reach this
   * machine's networks anyway; `{}` is public ones.
   */
  readonly addresses?: AddressGuardOptions;
}

interface CheckoutArguments {
  readonly source: string;
  readonly ref: string;
}

/** What the tool gives; a type, not an interface, so that it is JSON. */
type Checkout = {
  /** Where the snapshot is, for tools that show it to scripts. */
  readonly path: string;
  readonly source: string;
  readonly ref: string;
  readonly kind: 'git' | 'folder';
  /** Null for a folder that is no repository. */
  readonly commit: string | null;
  readonly notes: readonly string[];
};

const snapshotName = cloneName;
const recordName = 'repository.json';
const incomingPrefix = 'incoming-';
const urlPattern = /^(?:https?|git):\/\/[^\s]+$/;

export function createCheckoutRepository(parts: CheckoutRepositoryParts): ToolDefinition<CheckoutArguments> {
  return {
    name: 'checkout-repository',
    description:
      'Makes a snapshot of a repository for the tasks that follow: a clone with its history of a folder or of a git URL, ' +
      'at a branch, tag or commit. Only what is committed is in it; a folder that is no repository is copied.',
    inputSchema: {
      type: 'object',
      properties: {
        source: {
          type: 'string',
          minLength: 1,
          maxLength: 4096,
          description: 'Absolute path of a folder, or a git URL (https, http, git).',
        },
        ref: {
          type: 'string',
          maxLength: 512,
          default: '',
          description: 'Branch, tag or commit; empty for what the source has checked out.',
        },
      },
      required: ['source'],
      additionalProperties: false,
    },
    idempotent: true,
    effects: ({ source }) => (isAbsolute(source) ? 'writes-workspace' : 'exfiltrates'),
    sends: ({ source, ref }) => (ref === '' ? [source] : undefined),
    run: (args, context) => checkoutRepository(parts, args, context),
  };
}

async function checkoutRepository(
  parts: CheckoutRepositoryParts,
  args: CheckoutArguments,
  context: ToolContext,
): Promise<ToolOutcome> {
  const goalDirectory = parts.goalDirectory(context.workspace);
  const known = await readRecord(goalDirectory);
  if (known?.source === args.source && known.ref === args.ref) return { output: known };
  if (known !== undefined) {
    throw refused(
      'checkout-exists',
      `This goal works on ${known.source}${known.ref === '' ? '' : ` at ${known.ref}`} already.`,
      {
        action: 'Use one goal per repository.',
      },
    );
  }
  await removeIncoming(goalDirectory);
  const incoming = join(goalDirectory, `${incomingPrefix}${randomUUID()}`);
  await mkdir(incoming);
  try {
    const checkout = await makeSnapshot(parts, args, { ...context, workspace: incoming });
    const path = join(goalDirectory, snapshotName);
    // What a crash between the rename and the record left is not known to be whole.
    await rm(path, { recursive: true, force: true });
    await rename(join(incoming, snapshotName), path);
    const output = { ...checkout, path };
    await writeRecord(goalDirectory, output);
    return { output };
  } finally {
    await rm(incoming, { recursive: true, force: true });
  }
}

async function makeSnapshot(
  parts: CheckoutRepositoryParts,
  args: CheckoutArguments,
  context: ToolContext,
): Promise<Omit<Checkout, 'path'>> {
  const { source, ref } = args;
  if (urlPattern.test(source)) {
    const commit = await clone(parts, { source: { url: source }, ref }, context);
    return { source, ref, kind: 'git', commit, notes: [] };
  }
  const folder = parts.repositories.resolve(localPath(source));
  const git = findGitDirectory(folder);
  if (git !== undefined) {
    // A file in the folder may name another place as its repository: that one must be allowed too.
    const gitDirectory = parts.repositories.resolve(git.common);
    const commit = await clone(parts, { source: { gitDirectory }, ref: ref === '' ? (git.head ?? '') : ref }, context);
    return {
      source,
      ref,
      kind: 'git',
      commit,
      notes: ['Changes that are not committed are not part of the snapshot.'],
    };
  }
  if (ref !== '') {
    throw refused('not-a-repository', `${source} is not the top folder of a git repository, so it has no ${ref}.`, {
      action: 'Leave `ref` out to work on the files as they are.',
    });
  }
  await copyFolder(folder, join(context.workspace, snapshotName), {
    sizeBytesMax: parts.sizeBytesMax,
    ...(context.signal === undefined ? {} : { signal: context.signal }),
  });
  return {
    source,
    ref,
    kind: 'folder',
    commit: null,
    notes: [
      'The source is not a git repository: there is no history.',
      `Folders named ${leftOutNames.join(', ')} are left out.`,
    ],
  };
}

function clone(
  { sandbox, sizeBytesMax, addresses }: CheckoutRepositoryParts,
  from: Pick<CloneOptions, 'source' | 'ref'>,
  context: ToolContext,
): Promise<string> {
  return cloneRepository(
    { sandbox, sizeBytesMax, guard: createAddressGuard(addresses ?? { allowsAddress: () => true }), ...from },
    context,
  );
}

function localPath(source: string): string {
  if (!source.startsWith('file://')) {
    if (!/^[a-z][a-z0-9+.-]*:\/\/|^[^/]+@[^/]+:/.test(source)) return source;
    throw refused(
      'source-not-supported',
      `${JSON.stringify(source)} cannot be cloned: only https, http and git URLs and local folders can.`,
      {
        action: 'For a source that needs a key, clone it yourself and give the path of the clone.',
      },
    );
  }
  try {
    return fileURLToPath(source);
  } catch (cause) {
    throw refused('source-not-supported', `${JSON.stringify(source)} is no address of a local folder.`, { cause });
  }
}

/** What a process that was killed had begun. */
async function removeIncoming(goalDirectory: string): Promise<void> {
  await mkdir(goalDirectory, { recursive: true });
  for (const name of await readdir(goalDirectory)) {
    if (name.startsWith(incomingPrefix)) await rm(join(goalDirectory, name), { recursive: true, force: true });
  }
}

async function readRecord(goalDirectory: string): Promise<Checkout | undefined> {
  try {
    return JSON.parse(await readFile(join(goalDirectory, recordName), 'utf8')) as Checkout;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function writeRecord(goalDirectory: string, record: Checkout): Promise<void> {
  const incoming = join(goalDirectory, `${recordName}.${randomUUID()}`);
  await writeFile(incoming, JSON.stringify(record), { flush: true });
  await rename(incoming, join(goalDirectory, recordName));
}
