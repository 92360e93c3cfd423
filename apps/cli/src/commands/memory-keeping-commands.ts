// `chorale memory`, what changes what is kept: edits, marks, quarantine, forgetting, export and import.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { ExportedLine, ForgetRequest, Forgotten } from '@chorale/lib-client';
import type { Command } from 'commander';
import { type Cli, collect } from '../cli.ts';
import { exitCodes } from '../exit-code.ts';
import type { CommonOptions, Session } from '../session.ts';
import { harmless } from '../text-width.ts';
import { UsageError } from '../usage-error.ts';
import { memoryColumns } from '../memory-table.ts';

/** Lines of one request; and the bytes of them, of which a request takes two million. */
const linesMax = 200;
const bytesMax = 1_000_000;

export function addMemoryKeeping(cli: Cli, memory: Command): void {
  addEdit(cli, memory);
  addPin(cli, memory);
  addQuarantine(cli, memory);
  addForget(cli, memory);
  addExport(cli, memory);
  addImport(cli, memory);
}

function addEdit(cli: Cli, parent: Command): void {
  const edit = cli.add(
    parent,
    'edit <memory> <words...>',
    'replace a memory by other words; what it was stays as history',
  );
  cli.run<[string, readonly string[]], CommonOptions>(edit, async (session, { args: [memoryId, words] }) => {
    const added = await session.client.editMemory(memoryId, { text: words.join(' ') });
    if (session.json) session.printJson(added);
    else session.print(`${added.memory.memoryId} replaces ${memoryId}\n`);
  });
  const retract = cli.add(parent, 'retract <memory>', 'hold it for true no longer; it stays as history');
  cli.run<[string], CommonOptions>(retract, async (session, { args: [memoryId] }) => {
    const memory = await session.client.retractMemory(memoryId);
    if (session.json) session.printJson(memory);
    else session.print(`${memoryId} retracted\n`);
  });
}

function addPin(cli: Cli, parent: Command): void {
  const pin = cli
    .add(parent, 'pin <memory>', 'keep it: it neither ranks lower with age nor is deleted when its time is over')
    .option('--off', 'let it go its way again');
  cli.run<[string], CommonOptions & { readonly off?: boolean }>(pin, async (session, { args: [memoryId], options }) => {
    const memory = await session.client.markMemory(memoryId, { pinned: options.off !== true });
    if (session.json) session.printJson(memory);
    else session.print(`${memoryId} ${memory.pinned ? 'pinned' : 'no longer pinned'}\n`);
  });
}

function addQuarantine(cli: Cli, parent: Command): void {
  const quarantine = parent
    .command('quarantine')
    .description('what was kept and is not found until somebody admits it');
  const list = cli
    .add(quarantine, 'list', 'list what waits, with the reasons')
    .option('-s, --scope <scope>', 'where', collect);
  cli.run<[], CommonOptions & { readonly scope?: readonly string[] }>(list, async (session, { options }) => {
    const where = options.scope === undefined ? {} : { scopes: options.scope };
    const page = await session.client.listMemories({ state: 'quarantined', limit: 500, ...where });
    if (session.json) return session.printJson(page);
    const reason = {
      title: 'why',
      text: (item: { readonly stateReason?: string }) => harmless(item.stateReason ?? ''),
    };
    session.printTable(page.items, [...memoryColumns(session.now()), reason], 'nothing is in quarantine');
  });
  for (const [verb, decision, done, summary] of [
    ['accept', 'admit', 'admitted', 'admit it: from now on it is found'],
    ['reject', 'reject', 'deleted', 'delete it, with the episode it comes from'],
  ] as const) {
    const command = cli.add(quarantine, `${verb} <memory...>`, summary);
    cli.run<[readonly string[]], CommonOptions>(command, async (session, { args: [memoryIds] }) => {
      const items = [];
      for (const memoryId of memoryIds) {
        items.push(await session.client.reviewMemory(memoryId, decision));
        if (!session.json) session.print(`${memoryId} ${done}\n`);
      }
      if (session.json) session.printJson({ items });
    });
  }
}

interface ForgetOptions extends CommonOptions {
  readonly scope?: string;
  readonly session?: string;
  readonly speaker?: string;
  readonly subject?: string;
  readonly canary?: readonly string[];
  readonly yes?: boolean;
}

function addForget(cli: Cli, parent: Command): void {
  const forget = cli
    .add(parent, 'forget [memory...]', 'say what would be deleted for good; with --yes, delete it')
    .option('-s, --scope <scope>', 'everything of this scope, or of it what the next options say')
    .option('--session <session>', 'what is of this conversation or goal')
    .option('--speaker <name>', 'what this one said')
    .option('--subject <subject>', 'what is claimed about this')
    .option('--canary <word>', 'a word that must be nowhere afterwards; may be repeated', collect)
    .option('--yes', 'delete it; without, it is a dry run');
  cli.run<[readonly string[]], ForgetOptions>(forget, async (session, { args: [memoryIds], options }) => {
    const { scope, session: talk, speaker, subject } = options;
    if (memoryIds.length > 0 === (scope !== undefined))
      throw new UsageError('forget what? Name memories by their ids, or a scope with --scope');
    const request: ForgetRequest = {
      ...(scope === undefined ? { memoryIds } : { scope }),
      ...(talk === undefined ? {} : { session: talk }),
      ...(speaker === undefined ? {} : { speaker }),
      ...(subject === undefined ? {} : { subject }),
      ...(options.canary === undefined ? {} : { canaries: options.canary }),
      dryRun: options.yes !== true,
    };
    const outcome = await session.client.forgetMemories(request);
    if (session.json) session.printJson(outcome);
    else printForgotten(session, outcome);
  });
}

function printForgotten(session: Session, { dryRun, memories, episodes, held, receipts, sample }: Forgotten): void {
  if (sample.length > 0) session.printTable(sample, memoryColumns(session.now()), '');
  if (sample.length < memories && dryRun) session.print(`and ${memories - sample.length} more\n`);
  const kept = held === 0 ? '' : `; ${held} are under legal hold and stay`;
  session.print(`${memories} memories and ${episodes} episodes ${dryRun ? 'would go' : 'are gone'}${kept}\n`);
  if (dryRun && memories + episodes > 0) session.terminal.error('this was a dry run; delete them with --yes\n');
  for (const { receiptId, canaries = 0, traces = 0 } of receipts)
    session.print(`receipt ${receiptId}: looked for ${canaries} words and ids afterwards, found ${traces}\n`);
}

function addExport(cli: Cli, parent: Command): void {
  const command = cli
    .add(parent, 'export', 'print everything as JSON lines; the last one counts and hashes the others')
    .option('-o, --output <file>', 'write it there');
  cli.run<[], CommonOptions & { readonly output?: string }>(command, async (session, { options: { output } }) => {
    const response = await session.client.exportMemory({ signal: session.signal });
    if (response.body === null) return;
    const bytes = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
    const { signal } = session;
    if (output === undefined) return pipeline(bytes, process.stdout, { end: false, signal });
    await pipeline(bytes, createWriteStream(output, { mode: 0o600 }), { signal });
    session.terminal.error(`${output} written\n`);
  });
}

function addImport(cli: Cli, parent: Command): void {
  const command = cli.add(parent, 'import <file>', 'put an export back; what is there already stays as it is');
  cli.run<[string], CommonOptions>(command, async (session, { args: [path] }) => {
    // Twice through the file: nothing is sent of one that was cut short or changed.
    await checkManifest(path);
    const total = { added: 0, known: 0 };
    for await (const rows of batchesOf(path)) {
      const { added, known } = await session.client.importMemory(rows);
      total.added += added;
      total.known += known;
    }
    if (session.json) session.printJson(total);
    else session.print(`${total.added} rows added, ${total.known} were there already\n`);
    return exitCodes.ok;
  });
}

async function* linesOf(path: string): AsyncIterable<string> {
  const input = createReadStream(path, 'utf8');
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }))
      if (line !== '') yield line;
  } catch (cause) {
    throw new UsageError(`${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

async function checkManifest(path: string): Promise<void> {
  const hash = createHash('sha256');
  let last: string | undefined;
  let rows = 0;
  for await (const line of linesOf(path)) {
    if (last !== undefined) {
      hash.update(`${last}\n`);
      rows += 1;
    }
    last = line;
  }
  const manifest = last === undefined ? undefined : readLine(path, last);
  if (manifest?.row !== 'manifest')
    throw new UsageError(`${path} does not end with a manifest: it was cut short, or is no export of memory`);
  const counted = Number(manifest['episodes']) + Number(manifest['memories']);
  if (counted !== rows || manifest['sha256'] !== hash.digest('hex'))
    throw new UsageError(`${path} is not what its manifest says: it was changed or damaged after it was written`);
}

async function* batchesOf(path: string): AsyncIterable<readonly ExportedLine[]> {
  let rows: ExportedLine[] = [];
  let bytes = 0;
  for await (const line of linesOf(path)) {
    const row = readLine(path, line);
    if (row.row === 'manifest') continue;
    if (rows.length === linesMax || bytes + line.length > bytesMax) {
      yield rows;
      rows = [];
      bytes = 0;
    }
    rows.push(row);
    bytes += line.length;
  }
  if (rows.length > 0) yield rows;
}

function readLine(path: string, line: string): ExportedLine {
  try {
    return JSON.parse(line) as ExportedLine;
  } catch (cause) {
    throw new UsageError(`${path} has a line that is no JSON: ${line.slice(0, 60)}`, { cause });
  }
}
