// `chorale audit`: who did what, and whether the log of it is whole.
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { auditDecisions, type AuditEntry, type AuditFilter } from '@chorale/lib-client';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { formatTime } from '../format.ts';
import { readCount } from '../read-options.ts';
import { refuseExisting } from '../refuse-existing.ts';
import type { CommonOptions, Session } from '../session.ts';
import { harmless } from '../text-width.ts';
import { UsageError } from '../usage-error.ts';
import { verifyAudit, type VerifyOptions } from '../verify-audit.ts';

export function addAuditCommands(cli: Cli, program: Command): void {
  const audit = program.command('audit').description('who did what, and whether the log of it is whole');
  addList(cli, audit);
  const verify = cli
    .add(audit, 'verify [export]', "verify a log: the server's, that of a data directory, an export or a proof (.json)")
    .option('--keys <file>', 'the keys that must have signed it, as `chorale audit keys` prints them')
    .option('--data-dir <folder>', 'read the database there; a server may run beside it')
    .option('--tenant <tenant>', 'whose log, with --data-dir');
  cli.run<[string | undefined], CommonOptions & VerifyOptions>(verify, (session, { args: [path], options }) =>
    verifyAudit(session, path, options),
  );
  const keys = cli.add(audit, 'keys', 'print the keys that sign the log, for who is to verify it');
  cli.run<[], CommonOptions>(keys, async (session) => {
    const state = await session.client.getAuditLog();
    if (session.json) session.printJson({ origin: state.origin, keys: state.keys });
    else for (const line of state.keys) session.print(`${line}\n`);
  });
  const rotate = cli.add(keys, 'rotate', 'make new keys, which sign all logs from now on');
  cli.run<[], CommonOptions>(rotate, async (session) => {
    const state = await session.client.rotateAuditKeys();
    if (session.json) return session.printJson({ origin: state.origin, keys: state.keys });
    session.terminal.error(
      'the logs say so, signed by the keys before and the new ones; the old private keys are gone\n',
    );
    for (const line of state.keys) session.print(`${line}\n`);
  });
  const proof = cli
    .add(audit, 'proof <act>', 'get the proof that an entry is in the log')
    .option('-o, --output <file>', 'write it there, as a file that `chorale audit verify` reads; default: print it');
  cli.run<[string], CommonOptions & { readonly output?: string }>(proof, async (session, { args: [act], options }) => {
    const text = `${JSON.stringify(await session.client.proveAuditEntry(act), undefined, 2)}\n`;
    if (options.output === undefined) session.print(text);
    else await writeNew(options.output, text);
  });
  const erase = cli.add(audit, 'erase <subject>', 'erase what the log keeps of a person; entries and proofs stay');
  cli.run<[string], CommonOptions>(erase, async (session, { args: [subject] }) => {
    const { values } = await session.client.eraseAuditSubject(subject);
    if (session.json) session.printJson({ subject, values });
    else session.print(`${values} values of ${subject} were erased\n`);
  });
  const exporting = cli.add(audit, 'export <file>', 'get all files of the log in one tar archive');
  cli.run<[string], CommonOptions>(exporting, async (session, { args: [file] }) => {
    const { body } = await session.client.exportAuditLog();
    if (body === null) return;
    // Names and addresses of people may be in it.
    const target = createWriteStream(file, { flags: 'wx', mode: 0o600 });
    const bytes = Readable.fromWeb(body as ReadableStream<Uint8Array>);
    await refuseExisting(file, () => pipeline(bytes, target, { signal: session.signal }));
    session.terminal.error(`${file}: verify it with: chorale audit verify ${file}\n`);
  });
}

function writeNew(path: string, text: string): Promise<void> {
  return refuseExisting(path, () => writeFile(path, text, { flag: 'wx', mode: 0o600 }));
}

interface ListOptions extends CommonOptions {
  readonly who?: string;
  readonly on?: string;
  readonly what?: string;
  readonly decision?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit?: string;
}

function addList(cli: Cli, audit: Command): void {
  const list = cli
    .add(audit, 'list', 'list what was done, the newest first')
    .option('--who <id>', 'only what they did')
    .option('--on <id>', 'only what was done to that')
    .option('--what <act>', 'only such acts; with a dot at the end all of a kind, as in secret.')
    .option('--decision <decision>', auditDecisions.join(', '))
    .option('--since <time>', 'RFC 3339, as in 2026-03-01T08:00:00Z')
    .option('--until <time>')
    .option('--limit <count>', 'how many at most; default 50');
  cli.run<[], ListOptions>(list, async (session, { options }) => {
    const items = await listEntries(session, readFilter(options), readCount('--limit', options.limit ?? '50'));
    if (session.json) return session.printJson({ items });
    session.printTable(
      items,
      [
        { title: 'no', text: ({ no }) => String(no), align: 'right' },
        { title: 'at', text: ({ at }) => formatTime(at) },
        { title: 'who', text: ({ who }) => harmless(`${who.kind} ${who.id}`) },
        { title: 'did', text: ({ what }) => harmless(what) },
        { title: 'on', text: ({ on }) => harmless(`${on.kind} ${on.id}`), shrinks: true },
        {
          title: 'decision',
          text: ({ decision, reason }) => (reason === undefined ? decision : `${decision}: ${reason}`),
        },
        { title: 'act', text: ({ actId }) => actId },
      ],
      'nothing of that is in the log',
    );
  });
}

function readFilter({ who, on, what, decision, since, until }: ListOptions): AuditFilter {
  const known = auditDecisions.find((name) => name === decision);
  if (decision !== undefined && known === undefined)
    throw new UsageError(`--decision is one of ${auditDecisions.join(', ')}, found ${decision}`);
  const given = { who, on, what, decision: known, since, until };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** Pages may be short although more fits: the server looks at a part of the log at a time. */
async function listEntries({ client }: Session, filter: AuditFilter, count: number): Promise<readonly AuditEntry[]> {
  const items: AuditEntry[] = [];
  let after: string | undefined;
  do {
    const limit = Math.min(count - items.length, 1_000);
    const page = await client.listAuditEntries({ ...filter, limit, ...(after === undefined ? {} : { after }) });
    items.push(...page.items);
    after = page.next;
  } while (after !== undefined && items.length < count);
  return items;
}
