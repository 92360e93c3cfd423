// Verifies a log, or the proof of one entry. A program of its own, started by `chorale audit verify`: it needs no server, and
// believes none. Which keys count: those that are given, else those of the last time, else those that come with the log.
import { text } from 'node:stream/consumers';
import { sha256, verifySignature } from '@chorale/adapter-crypto';
import { refused, toErrorRecord } from '@chorale/lib-errors';
import {
  checkpointPath,
  formatNoteKey,
  fromBase64,
  parseCheckpoint,
  parseNoteKey,
  sameKeys,
  toBase64,
  utf8Text,
  verifyEntryProof,
  verifyLog,
  type EntryProof,
  type LogFiles,
  type LogReport,
} from '@chorale/module-access';
import { readHeads, rememberHead, type RememberedHead } from './remembered-heads.ts';
import { openSource, type LogSource } from './verify-source.ts';

interface Given {
  readonly source?: LogSource;
  readonly proof?: EntryProof;
  /** Lines of keys that whoever verifies trusts. */
  readonly keys?: readonly string[];
  /** Those that the server says are its own: trusted where nothing better is known. */
  readonly offered?: readonly string[];
  /** The file in which heads are remembered. */
  readonly heads: string;
}

interface Answer extends Partial<Omit<LogReport, 'ok' | 'findings' | 'checkpoint' | 'keys'>> {
  readonly ok: boolean;
  readonly findings: LogReport['findings'];
  readonly origin: string;
  /** How far the log went when it was verified last. */
  readonly rememberedSize?: number;
  /** The keys were seen for the first time: that they are the right ones is for a person to say. */
  readonly keysAreNew: boolean;
  /** Other keys sign it now than those that were trusted, which have signed that they do. */
  readonly keysChanged?: boolean;
}

async function verify(given: Given): Promise<Answer> {
  if (given.proof !== undefined) {
    const origin = parseCheckpoint(given.proof.checkpoint)?.checkpoint.origin ?? '';
    const { trust, keysAreNew } = trustIn(given, origin, []);
    const findings = verifyEntryProof(given.proof, trust);
    return { ok: findings.length === 0, findings, origin, keysAreNew };
  }
  const { files, keys, close } = await openSource(given.source!);
  try {
    return await verifyFiles(given, files, keys);
  } finally {
    await close();
  }
}

async function verifyFiles(given: Given, files: LogFiles, found: readonly string[]): Promise<Answer> {
  const note = utf8Text((await files.read(checkpointPath)) ?? new Uint8Array()) ?? '';
  const origin = parseCheckpoint(note)?.checkpoint.origin ?? '';
  const { trust, known, keysAreNew } = trustIn(given, origin, found);
  const remembered =
    known === undefined ? [] : [{ size: known.size, root: fromBase64(known.root) ?? new Uint8Array() }];
  const report = await verifyLog(files, { ...trust, remembered });
  if (report.ok && report.checkpoint !== undefined) {
    const { size, root } = report.checkpoint;
    // What the log itself says of its keys, signed by those that were trusted, is what the next reading trusts.
    const keys = report.keys.map((key) => formatNoteKey(sha256, { ...key, name: trust.origin }));
    rememberHead(given.heads, origin, { keys, size, root: toBase64(root) });
    return { ...answerOf(report, known), origin, keysAreNew, keysChanged: !sameKeys(trust.keys, report.keys) };
  }
  return { ...answerOf(report, known), origin, keysAreNew };
}

function answerOf({ ok, findings, entries, values, valuesErased }: LogReport, known: RememberedHead | undefined) {
  const before = known === undefined ? {} : { rememberedSize: known.size };
  return { ok, findings, entries, values, valuesErased, ...before };
}

function trustIn(given: Given, origin: string, found: readonly string[]) {
  const known = readHeads(given.heads)[origin];
  const lines = [given.keys, known?.keys, given.offered, found].find((keys) => (keys ?? []).length > 0);
  if (lines === undefined)
    throw refused('audit-keys-missing', `Nothing says which keys sign the log ${origin || 'at hand'}.`, {
      action: 'Give them with --keys FILE; `chorale audit keys` prints them where the server is.',
    });
  const keys = lines.map((line) => parseNoteKey(sha256, line));
  // Keys that are given say whose log it is to be; those that came with it are its own.
  const trust = { sha256, verify: verifySignature, keys, origin: keys[0]!.name };
  return { trust, known, keysAreNew: lines !== given.keys && lines !== known?.keys };
}

const given = JSON.parse(await text(process.stdin)) as Given;
const answer = await verify(given).catch((error: unknown) => ({ error: toErrorRecord(error) }));
process.stdout.write(JSON.stringify(answer));
