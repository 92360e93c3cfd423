// `chorale memory`: what was kept, why it was found, and where it is known from.
import {
  memoryKinds,
  type FoundMemory,
  type Memory,
  type MemoryDetails,
  type MemoryKind,
  type MemorySearchRequest,
} from '@chorale/lib-client';
import type { Command } from 'commander';
import { type Cli, collect } from '../cli.ts';
import { formatTime } from '../format.ts';
import { readCount } from '../read-options.ts';
import type { CommonOptions, Session } from '../session.ts';
import { memoryColumns, stateOf } from '../memory-table.ts';
import { harmless } from '../text-width.ts';
import { UsageError } from '../usage-error.ts';
import { addHoldCommands } from './memory-hold-commands.ts';
import { addMemoryKeeping } from './memory-keeping-commands.ts';
import { addSummaryCommand } from './memory-summary-command.ts';

export function addMemoryCommands(cli: Cli, program: Command): void {
  const memory = program.command('memory').description('what is remembered, and where it is known from');
  addSearch(cli, memory);
  addList(cli, memory);
  addTimeline(cli, memory);
  addShow(cli, memory);
  addAdd(cli, memory);
  addStats(cli, memory);
  addMemoryKeeping(cli, memory);
  addHoldCommands(cli, memory);
  addSummaryCommand(cli, memory);
}

interface WhereOptions extends CommonOptions {
  readonly scope?: readonly string[];
}

interface SearchOptions extends WhereOptions {
  readonly kind?: readonly string[];
  readonly subject?: string;
  readonly asOf?: string;
  readonly knownAt?: string;
  readonly limit?: string;
}

const scopeHelp = 'where, as in user/ann, agent/scout or project/NAME; may be repeated; none: all you may look in';

function addSearch(cli: Cli, parent: Command): void {
  const search = cli
    .add(parent, 'search <words...>', 'find memories by words, the best first, with the reasons')
    .option('-s, --scope <scope>', scopeHelp, collect)
    .option('-k, --kind <kind>', `${memoryKinds.join(', ')}; may be repeated`, collect)
    .option('--subject <subject>', 'only what is claimed about it or what it said')
    .option('--as-of <time>', 'what held then, like 2027-01-31T00:00:00Z')
    .option('--known-at <time>', 'what was known then')
    .option('-n, --limit <count>', 'at most so many; default 10');
  cli.run<[readonly string[]], SearchOptions>(search, async (session, { args: [words], options }) => {
    const request: MemorySearchRequest = {
      text: words.join(' '),
      ...(options.scope === undefined ? {} : { scopes: options.scope }),
      ...(options.kind === undefined ? {} : { kinds: options.kind.map(readKind) }),
      ...(options.subject === undefined ? {} : { subject: options.subject }),
      ...(options.asOf === undefined ? {} : { validAt: options.asOf }),
      ...(options.knownAt === undefined ? {} : { knownAt: options.knownAt }),
      ...(options.limit === undefined ? {} : { limit: readCount('--limit', options.limit) }),
    };
    const found = await session.client.searchMemory(request);
    if (session.json) return session.printJson(found);
    if (found.items.length === 0) session.terminal.error('nothing is found by these words\n');
    for (const item of found.items) printFound(session, item);
  });
}

function readKind(text: string): MemoryKind {
  const kind = memoryKinds.find((known) => known === text);
  if (kind !== undefined) return kind;
  throw new UsageError(`there is no kind ${text}; there are ${memoryKinds.join(', ')}`);
}

function printFound(session: Session, { memory, score, why }: FoundMemory): void {
  const { print, paint } = session;
  print(`${paint('bold', score.toFixed(2))}  ${harmless(memory.text).replaceAll(/\s+/g, ' ').trim()}\n`);
  print(paint('dim', `      ${memory.memoryId}  ${placeOf(memory)}, ${formatTime(memory.validFrom)}\n`));
  print(paint('dim', `      ${harmless(why.join('; '))}\n`));
}

function placeOf({ kind, scope, speaker }: Memory): string {
  return harmless(`${kind} of ${scope}, from ${speaker}`);
}

interface ListOptions extends WhereOptions {
  readonly kind?: string;
  readonly session?: string;
  readonly limit?: string;
}

function addList(cli: Cli, parent: Command): void {
  const list = cli
    .add(parent, 'list', 'list memories, newest first')
    .option('-s, --scope <scope>', scopeHelp, collect)
    .option('-k, --kind <kind>', memoryKinds.join(', '))
    .option('--session <session>', 'of one conversation, or of a goal by its id')
    .option('-n, --limit <count>', 'at most so many; default 50');
  cli.run<[], ListOptions>(list, async (session, { options }) => {
    const page = await session.client.listMemories({
      ...(options.scope === undefined ? {} : { scopes: options.scope }),
      ...(options.kind === undefined ? {} : { kind: readKind(options.kind) }),
      ...(options.session === undefined ? {} : { session: options.session }),
      ...(options.limit === undefined ? {} : { limit: readCount('--limit', options.limit) }),
    });
    if (session.json) return session.printJson(page);
    session.printTable(page.items, memoryColumns(session.now()), 'no memories');
    if (page.next !== undefined) session.terminal.error('there are more; ask with --limit\n');
  });
}

function addTimeline(cli: Cli, parent: Command): void {
  const timeline = cli
    .add(parent, 'timeline <subject>', 'what was claimed about a subject, and from when to when it held')
    .option('-s, --scope <scope>', scopeHelp, collect);
  cli.run<[string], WhereOptions>(timeline, async (session, { args: [subject], options }) => {
    const where = options.scope === undefined ? {} : { scopes: options.scope };
    const items: Memory[] = [];
    for (let after: string | undefined; ;) {
      const more = after === undefined ? {} : { after };
      const page = await session.client.listMemories({ subject, limit: 500, ...where, ...more });
      items.push(...page.items);
      after = page.next;
      if (after === undefined) break;
    }
    items.sort((a, b) => a.validFrom - b.validFrom || a.recordedAt - b.recordedAt);
    if (session.json) return session.printJson({ items });
    session.printTable(
      items,
      [
        { title: 'from', text: ({ validFrom }) => formatTime(validFrom) },
        { title: 'until', text: ({ validTo }) => (validTo === undefined ? 'now' : formatTime(validTo)) },
        { title: 'what', text: ({ claim }) => harmless(claim?.attribute ?? ''), shrinks: true },
        { title: 'text', text: ({ text }) => harmless(text), shrinks: true },
        { title: 'state', text: (memory) => stateOf(memory, session.now()), colour: () => 'yellow' },
      ],
      `nothing is claimed about ${subject}`,
    );
  });
}

function addShow(cli: Cli, parent: Command): void {
  const show = cli.add(parent, 'show <memory>', 'show a memory, what it comes from and what it replaced');
  cli.run<[string], CommonOptions>(show, async (session, { args: [memoryId] }) => {
    const memory = await session.client.getMemory(memoryId);
    if (session.json) session.printJson(memory);
    else printMemory(session, memory);
  });
}

function printMemory(session: Session, memory: MemoryDetails): void {
  const { print, paint } = session;
  const { claim, validTo, expiresAt, replacedBy } = memory;
  session.printFields([
    ['memory', memory.memoryId],
    ['text', harmless(memory.text)],
    ['kind', placeOf(memory)],
    ['state', [stateOf(memory, session.now()), memory.stateReason].filter((part) => (part ?? '') !== '').join(': ')],
    ['claim', claim === undefined ? undefined : harmless(`${claim.subject} / ${claim.attribute} / ${claim.value}`)],
    ['holds', `${formatTime(memory.validFrom)} to ${validTo === undefined ? 'now' : formatTime(validTo)}`],
    ['recorded', `${formatTime(memory.recordedAt)} by ${harmless(memory.recordedBy)}`],
    ['retracted', formatTime(memory.retractedAt)],
    ['deleted', expiresAt === undefined || memory.pinned ? undefined : `after ${formatTime(expiresAt)}`],
    ['counts', `importance ${memory.importance}, confidence ${memory.confidence}, ${memory.sensitivity}`],
    ['used', `${memory.uses} times${memory.lastUsedAt === undefined ? '' : `, last ${formatTime(memory.lastUsedAt)}`}`],
  ]);
  for (const { episodeId, speaker, sessionId, occurredAt, text } of memory.episodes) {
    print(`\n${paint('bold', 'comes from')} ${paint('dim', harmless(`${episodeId} of ${sessionId}`))}\n`);
    print(`  ${formatTime(occurredAt)} ${harmless(speaker)}: ${harmless(text).replaceAll('\n', '\n  ')}\n`);
  }
  for (const before of memory.replaced)
    print(`\n${paint('bold', 'replaced')} ${paint('dim', before.memoryId)}\n  ${harmless(before.text)}\n`);
  if (replacedBy !== undefined)
    print(`\n${paint('bold', 'replaced by')} ${paint('dim', replacedBy.memoryId)}\n  ${harmless(replacedBy.text)}\n`);
}

interface AddOptions extends CommonOptions {
  readonly scope?: string;
  readonly kind?: string;
  readonly claim?: string;
  readonly importance?: string;
  readonly pin?: boolean;
}

function addAdd(cli: Cli, parent: Command): void {
  const add = cli
    .add(parent, 'add <words...>', 'keep something, in these words; the same again is kept once')
    .option('-s, --scope <scope>', 'whose it is, as in project/harbour; default: yours')
    .option('-k, --kind <kind>', `${memoryKinds.join(', ')}; default semantic`)
    .option('--claim <subject:attribute>', 'what it says something about: a later claim about the same ends this one')
    .option('--importance <share>', 'from 0 to 1; default 0.5')
    .option('--pin', 'it neither ranks lower with age nor is deleted when its time is over');
  cli.run<[readonly string[]], AddOptions>(add, async (session, { args: [words], options }) => {
    const text = words.join(' ');
    const added = await session.client.addMemory({
      text,
      ...(options.scope === undefined ? {} : { scope: options.scope }),
      ...(options.kind === undefined ? {} : { kind: readKind(options.kind) }),
      ...(options.claim === undefined ? {} : { claim: readClaim(options.claim, text) }),
      ...(options.importance === undefined ? {} : { importance: readShare(options.importance) }),
      ...(options.pin === true ? { pinned: true } : {}),
    });
    if (session.json) return session.printJson(added);
    const { memory, known, superseded } = added;
    const ended = superseded.length === 0 ? '' : `; ends ${superseded.join(', ')}`;
    session.print(`${memory.memoryId} ${known ? 'was there already' : `kept in ${memory.scope}`}${ended}\n`);
  });
}

function readClaim(text: string, value: string) {
  const at = text.indexOf(':');
  if (at > 0 && at < text.length - 1) return { subject: text.slice(0, at), attribute: text.slice(at + 1), value };
  throw new UsageError(`--claim must be a subject and an attribute like harbour:"opens at", found ${text}`);
}

function readShare(text: string): number {
  const share = Number(text);
  if (text.trim() !== '' && share >= 0 && share <= 1) return share;
  throw new UsageError(`--importance must be a number from 0 to 1, found ${text}`);
}

function addStats(cli: Cli, parent: Command): void {
  const stats = cli.add(parent, 'stats', 'count memories, by state and by scope');
  cli.run<[], CommonOptions>(stats, async (session) => {
    const counts = await session.client.memoryStats();
    if (session.json) return session.printJson(counts);
    const { active, quarantined, retracted, episodes, scopes } = counts;
    session.printFields([
      ['memories', String(active)],
      ['in quarantine', String(quarantined)],
      ['retracted', String(retracted)],
      ['episodes', String(episodes)],
    ]);
    session.print('\n');
    session.printTable(
      scopes,
      [
        { title: 'scope', text: ({ scope }) => harmless(scope), shrinks: true },
        { title: 'memories', text: ({ memories }) => String(memories), align: 'right' },
      ],
      'no scopes: nothing is kept yet',
    );
  });
}
