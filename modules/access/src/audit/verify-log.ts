// Verifies a whole log from its files alone: every signature, entry, hash and value. Needs no server and no store, only
// the keys; with what was remembered of an earlier visit it also sees a log that was cut off or replaced by its owner.
//
// Invariants: VL1 nothing is believed that does not lead to the signed root, or, in a live log, to its newest one.
//             VL2 whatever is wrong is a finding, and nothing that was read makes it throw.
import { utf8Text } from '../bytes.ts';
import { parseCheckpoint, type Checkpoint } from './checkpoint.ts';
import type { LogFiles } from './log-files.ts';
import { pathsOf } from './log-files.ts';
import type { Sha256 } from './merkle-tree.ts';
import { followStatements } from './key-statement.ts';
import { findUnsigned, type NoteAlgorithm, type SignedNote, type VerifySignature } from './signed-note.ts';
import { checkpointPath } from './tile-paths.ts';
import { WalkedLog } from './walk-log.ts';
import type { TreeHead } from './verify-proof.ts';

export type LogDamage =
  | 'checkpoint-missing'
  | 'checkpoint-unreadable'
  | 'signature-wrong'
  | 'origin-wrong'
  | 'log-truncated'
  | 'log-forked'
  | 'root-wrong'
  | 'bundle-missing'
  | 'bundle-damaged'
  | 'tile-missing'
  | 'tile-damaged'
  | 'entry-unreadable'
  | 'entry-of-another-tenant'
  | 'values-damaged'
  | 'value-unknown'
  | 'value-wrong'
  | 'value-missing'
  | 'file-unknown';

export interface LogFinding {
  readonly code: LogDamage;
  /** What was found, and where. Never a value. */
  readonly message: string;
}

/** Keys without a name: for a log they are named after its origin. */
export interface LogKey {
  readonly algorithm: NoteAlgorithm;
  readonly publicKey: Uint8Array;
}

export interface LogTrust {
  readonly sha256: Sha256;
  readonly verify: VerifySignature;
  readonly origin: string;
  /**
   * Each of them must have signed the checkpoint, or the first of the statements in the log that lead to the keys which have; at
   * least one.
   */
  readonly keys: readonly LogKey[];
  /** Heads that were seen before, here or by a witness: the log must still begin with each. */
  readonly remembered?: readonly TreeHead[];
}

export interface LogReport {
  readonly ok: boolean;
  /** As far as it is signed. */
  readonly checkpoint: Checkpoint | undefined;
  /** Those that sign the log now, as the statements in it say. */
  readonly keys: readonly LogKey[];
  /** Entries verified. */
  readonly entries: number;
  /** Values that are there and are what the entries refer to. */
  readonly values: number;
  /** Values that went, as entries of the log say. */
  readonly valuesErased: number;
  /** The first hundred. */
  readonly findings: readonly LogFinding[];
}

const findingsMax = 100;

export async function verifyLog(files: LogFiles, trust: LogTrust): Promise<LogReport> {
  const findings: LogFinding[] = [];
  const find = (code: LogDamage, message: string): void => {
    if (findings.length < findingsMax) findings.push({ code, message });
  };
  const { checkpoint, note } = readCheckpoint(await files.read(checkpointPath), trust, find);
  const head = await files.head?.();
  // The newest head first: between two readings a log only grows.
  const heads = [...(trust.remembered ?? []), ...(checkpoint === undefined ? [] : [checkpoint])];
  const size = Math.max(checkpoint?.size ?? 0, head?.size ?? 0);
  for (const { size: before } of heads)
    if (before > size) find('log-truncated', `The log has ${size} entries; it had ${before} before.`);
  if (head !== undefined && checkpoint !== undefined && head.size < checkpoint.size)
    find('log-truncated', `The log has ${head.size} entries; ${checkpoint.size} are signed.`);
  const walked = new WalkedLog({ files, sha256: trust.sha256, size, find });
  await walked.walk([...heads, ...(head === undefined ? [] : [head])].map((one) => one.size));
  for (const { size: at, root } of trust.remembered ?? [])
    if (!walked.hasRoot(at, root)) find('log-forked', `At ${at} entries the log had another root before.`);
  if (checkpoint !== undefined && !walked.hasRoot(checkpoint.size, checkpoint.root))
    find('root-wrong', `The ${checkpoint.size} entries do not make up the root that is signed.`);
  if (head !== undefined && !walked.hasRoot(head.size, head.root))
    find('root-wrong', `The ${head.size} entries do not make up the root of the log.`);
  // Who signs after a statement is said by it; what stands behind the checkpoint says nothing of it.
  const statements = walked.statements.filter(({ no }) => no < (checkpoint?.size ?? 0)).map(({ note: text }) => text);
  const keys = followStatements(trust, statements).at(-1)!;
  if (note !== undefined) checkSignatures(note, { ...trust, keys }, find);
  await findUnknownFiles(files, size, find);
  return { ok: findings.length === 0, checkpoint, keys, ...walked.counts(), findings };
}

type Find = (code: LogDamage, message: string) => void;

interface FoundCheckpoint {
  readonly checkpoint?: Checkpoint;
  readonly note?: SignedNote;
}

function readCheckpoint(bytes: Uint8Array | undefined, trust: LogTrust, find: Find): FoundCheckpoint {
  if (bytes === undefined) {
    find('checkpoint-missing', 'The log has no checkpoint: nobody has signed it.');
    return {};
  }
  const read = parseCheckpoint(utf8Text(bytes) ?? '');
  if (read === undefined) {
    find('checkpoint-unreadable', 'The checkpoint is no signed note with origin, size and root.');
    return {};
  }
  if (read.checkpoint.origin !== trust.origin)
    find('origin-wrong', `The log is ${read.checkpoint.origin}, not ${trust.origin}.`);
  return read;
}

function checkSignatures(note: SignedNote, trust: LogTrust, find: Find): void {
  if (trust.keys.length === 0) find('signature-wrong', 'No key was given to verify the checkpoint with.');
  const keys = trust.keys.map((key) => ({ ...key, name: trust.origin }));
  const unsigned = findUnsigned(note, { ...trust, keys });
  if (unsigned !== undefined)
    find('signature-wrong', `The checkpoint has no good ${unsigned.algorithm} signature of ${unsigned.name}.`);
}

async function findUnknownFiles(files: LogFiles, size: number, find: Find): Promise<void> {
  const found = await files.list?.();
  if (found === undefined) return;
  const known = new Set(pathsOf(size));
  for (const path of found) if (!known.has(path)) find('file-unknown', `${path} is no file of this log.`);
}
