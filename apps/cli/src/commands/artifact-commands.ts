import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { Artifact } from '@chorale/lib-client';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { formatSize, formatTime } from '../format.ts';
import { readCount } from '../read-options.ts';
import type { CommonOptions, Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';
import { notFound } from './task-commands.ts';

export function addArtifactCommands(cli: Cli, program: Command): void {
  const artifact = program.command('artifact').description('the files that goals have made');
  const list = cli.add(artifact, 'list <goal>', 'list the files of a goal');
  cli.run<[string], CommonOptions>(list, async (session, { args: [goalId] }) => {
    const items = await session.client.listArtifacts(goalId);
    if (session.json) return session.printJson({ items });
    session.printTable(
      items,
      [
        { title: 'name', text: (item) => item.name, shrinks: true },
        { title: 'type', text: (item) => item.mediaType },
        { title: 'size', text: (item) => formatSize(item.sizeBytes), align: 'right' },
        { title: 'task', text: (item) => String(item.taskNo), align: 'right' },
        { title: 'at', text: (item) => formatTime(item.at) },
        { title: 'hash', text: (item) => item.hash, shrinks: true },
      ],
      'it has made no files',
    );
  });
  const get = cli
    .add(artifact, 'get <goal> <name>', 'get a file of a goal, by name or by the beginning of its hash')
    .option('-o, --output <file>', 'write it there; default: print it');
  cli.run<[string, string], CommonOptions & { readonly output?: string }>(
    get,
    async (session, { args: [goalId, name], options }) => {
      const found = choose(await session.client.listArtifacts(goalId), goalId, name);
      if (session.json) return session.printJson(found);
      await download(session, found, options.output);
    },
  );
  addLink(cli, artifact);
}

function addLink(cli: Cli, artifact: Command): void {
  const link = cli
    .add(artifact, 'link <goal> <name>', 'make an address under which anybody can read a file for a few minutes')
    .option('--seconds <count>', 'how long, at most 900', '300');
  cli.run<[string, string], CommonOptions & { readonly seconds?: string }>(
    link,
    async (session, { args: [goalId, name], options }) => {
      const found = choose(await session.client.listArtifacts(goalId), goalId, name);
      const seconds = readCount('--seconds', options.seconds ?? '300');
      const made = await session.client.linkArtifact(found, { seconds });
      if (session.json) return session.printJson(made);
      session.print(`${made.url}\n`);
      session.terminal.error(`until ${formatTime(made.expiresAt)}; its hash is ${made.hash}\n`);
    },
  );
}

/** The newest of several of the same name: a task that was run again has made it anew. */
function choose(artifacts: readonly Artifact[], goalId: string, name: string): Artifact {
  const named = artifacts.filter((artifact) => artifact.name === name).toSorted((left, right) => right.at - left.at);
  const byHash = artifacts.filter(
    (artifact) => name.length >= 6 && (artifact.hash.startsWith(name) || artifact.hash.startsWith(`sha256:${name}`)),
  );
  if (named.length === 0 && new Set(byHash.map((artifact) => artifact.hash)).size > 1) {
    throw new UsageError(`${name} is the beginning of several hashes; give more of it`);
  }
  const found = named[0] ?? byHash[0];
  if (found !== undefined) return found;
  throw notFound(`goal ${goalId} has made no file ${name}`, 'artifact-not-found');
}

async function download(
  { client, terminal, signal }: Session,
  artifact: Artifact,
  output: string | undefined,
): Promise<void> {
  const response = await client.openArtifact(artifact, { signal });
  if (response.body === null) return;
  const bytes = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
  if (output !== undefined) {
    await pipeline(bytes, await openFile(output), { signal });
    terminal.error(`${output}: ${formatSize(artifact.sizeBytes)}\n`);
    return;
  }
  await pipeline(bytes, process.stdout, { end: false, signal });
}

async function openFile(path: string): Promise<Writable> {
  const file = createWriteStream(path);
  try {
    await once(file, 'open');
    return file;
  } catch (cause) {
    throw new UsageError(`${path} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}
