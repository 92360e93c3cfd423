// Clones a repository with git inside the sandbox: it sees the source read-only and nothing else of the host, and has a
// network only when the source is a URL.

import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ChoraleError, refused, temporary } from '@chorale/lib-errors';
import { workspaceInsidePath, type SandboxCommand, type SandboxDriver, type ToolContext } from '@chorale/module-agents';
import type { AddressGuard } from './address-guard.ts';
import { withDeadline } from './deadline.ts';
import { gitEnvironment } from './git-environment.ts';
import { prepareGitUrl, type PreparedGitUrl } from './git-url.ts';
import { splitLines } from './line-splitter.ts';
import { requireSuccess } from './sandbox-failure.ts';

/** The clone's name in the directory it is made in. */
export const cloneName = 'repository';

const sourceInsidePath = '/source';
const cloneMsMax = 15 * 60_000;
const prepareMsMax = 30_000;
const memoryBytes = 4 * 1024 ** 3;

/** A git URL, or the git directory of a repository of the host that may be read. */
export type CloneSource = { readonly url: string } | { readonly gitDirectory: string };

export interface CloneOptions {
  readonly sandbox: SandboxDriver;
  readonly guard: AddressGuard;
  readonly source: CloneSource;
  /** Branch, tag or commit; empty for what the source's HEAD says. */
  readonly ref: string;
  readonly sizeBytesMax: number;
}

// A local source is copied file by file, which is fast, but fails when git repacks it meanwhile (files go away, and `git
// commit` starts a repack by itself): then its objects are asked for, which a repack does not disturb.
// A branch of the source comes before a tag or commit of the same name; without `ref`, what the clone's HEAD says.
const cloneScript = `
set -e
clone() { git clone --quiet --no-checkout --progress "$@" ${cloneName}; }
case "$1" in
  /*) clone --no-hardlinks -- "$1" || { rm -rf ${cloneName}; clone --no-local -- "$1"; } ;;
  *) clone -- "$1" ;;
esac
cd ${cloneName}
for name in \${2:+"refs/remotes/origin/\${2#refs/heads/}" "refs/tags/$2" "$2"} \${2:-HEAD}; do
  commit=$(git rev-parse --verify --quiet --end-of-options "$name^{commit}") && break
done
if [ -z "$commit" ]; then echo "chorale: no such commit" >&2; exit 3; fi
git checkout --quiet --force --detach "$commit"
echo "$commit"
`;

type CloneContext = Pick<ToolContext, 'workspace' | 'limits' | 'signal' | 'onProgress'>;

/** Makes `<workspace>/repository`, checked out at the commit that is returned. */
export async function cloneRepository(options: CloneOptions, context: CloneContext): Promise<string> {
  const { sandbox, source, ref } = options;
  const from = await prepareSource(options, context);
  // In a file: git passes what stands in the environment to the process that reads the source only in part, and that
  // process is the one that minds whose repository it is.
  await writeFile(join(context.workspace, 'gitconfig'), '[safe]\n\tdirectory = *\n');
  const lines = splitLines((line) => context.onProgress?.(line));
  const command: SandboxCommand = {
    argv: ['/bin/sh', '-c', cloneScript, 'clone', from.url, ref],
    workspace: context.workspace,
    ...from.access,
    env: {
      ...gitEnvironment([['protocol.git.allow', 'always'], ...from.settings]),
      GIT_CONFIG_GLOBAL: `${workspaceInsidePath}/gitconfig`,
    },
    limits: {
      wallMs: cloneMsMax,
      diskBytes: options.sizeBytesMax,
      memoryBytes,
      cpus: availableParallelism(),
      ...context.limits,
    },
  };
  const result = await sandbox.run(command, {
    ...(context.signal === undefined ? {} : { signal: context.signal }),
    onStderr: lines.push,
  });
  lines.end();
  const name = 'url' in source ? source.url : source.gitDirectory;
  if (result.exitCode === 3) throw commitMissing(name, ref);
  const unreachable = /could not resolve|unable to access|unable to connect|timed out|early EOF/i.test(result.stderr);
  if ('url' in source && result.exitCode === 128 && unreachable) {
    throw temporary('source-unreachable', `${name} cannot be cloned now: ${result.stderr.trim().slice(-500)}`);
  }
  requireSuccess(result, `Cloning ${name}`);
  return result.stdout.trim().split('\n').at(-1) ?? '';
}

interface PreparedSource {
  readonly url: string;
  readonly settings: readonly (readonly [key: string, value: string])[];
  readonly access: Pick<SandboxCommand, 'network' | 'mounts'>;
}

async function prepareSource({ source, guard }: CloneOptions, context: CloneContext): Promise<PreparedSource> {
  if ('gitDirectory' in source) {
    const mounts = [{ hostPath: source.gitDirectory, insidePath: sourceInsidePath }];
    return { url: sourceInsidePath, settings: [], access: { mounts } };
  }
  const prepared = await prepareUrl(source.url, guard, context);
  return { ...prepared, access: { network: 'host' } };
}

async function prepareUrl(url: string, guard: AddressGuard, context: CloneContext): Promise<PreparedGitUrl> {
  try {
    return await withDeadline(context.signal, prepareMsMax, (signal) => prepareGitUrl(url, guard, signal));
  } catch (cause) {
    if (!(cause instanceof ChoraleError) || cause.family !== 'temporary') throw cause;
    throw temporary('source-unreachable', `${url} cannot be cloned now: ${cause.message}`, { cause });
  }
}

function commitMissing(source: string, ref: string): Error {
  if (ref === '' || ref.startsWith('refs/heads/'))
    return refused('repository-empty', `There is no commit in ${source}.`, { action: 'Commit something first.' });
  return refused('ref-unknown', `There is no branch, tag or commit ${JSON.stringify(ref)} in ${source}.`, {
    action: 'Look at `git branch -a` and `git tag`.',
  });
}
