// That other keys sign a log from now on: a note which the keys before and the keys after have signed, in an entry of the log.
// Whoever trusts the old keys is led to the new ones, without a server and without asking anybody.
//
// Invariants: KS1 a statement counts when all keys that were trusted before it have signed it, and all that it names.
import { concatBytes, fromBase64, toBase64, utf8Bytes, utf8Text } from '../bytes.ts';
import type { AuditEntry } from './audit-entry.ts';
import { keysRotateWhat } from './erasure-words.ts';
import type { Sha256 } from './merkle-tree.ts';
import { findUnsigned, formatNoteKey, parseNote, parseNoteKey, signNote, type NoteSigner } from './signed-note.ts';
import type { LogKey, LogTrust } from './verify-log.ts';

/** What an entry with a statement is about. */
export const auditKeysParty = { kind: 'audit-keys', id: 'audit-keys' } as const;

const title = 'audit keys from now on';

export interface KeyChange {
  readonly origin: string;
  readonly before: readonly Omit<NoteSigner, 'name'>[];
  readonly after: readonly Omit<NoteSigner, 'name'>[];
}

export function makeKeyStatement(sha256: Sha256, { origin, before, after }: KeyChange): Promise<string> {
  const named = (signers: KeyChange['after']): readonly NoteSigner[] =>
    signers.map((key) => ({ ...key, name: origin }));
  const lines = named(after).map((key) => formatNoteKey(sha256, key));
  return signNote(sha256, `${title}\n${origin}\n${lines.join('\n')}\n`, [...named(before), ...named(after)]);
}

/** As a field of an entry: those have one line. */
export const encodeStatement = (statement: string): string => toBase64(utf8Bytes(statement));

/** The statement that an entry has; undefined for any other entry. */
export function statementIn({ what, detail }: Pick<AuditEntry, 'what' | 'detail'>): string | undefined {
  const encoded = what === keysRotateWhat ? detail['statement'] : undefined;
  const bytes = typeof encoded === 'string' ? fromBase64(encoded) : undefined;
  return bytes === undefined ? undefined : utf8Text(bytes);
}

type Trust = Pick<LogTrust, 'sha256' | 'verify' | 'origin'>;

/** The keys that are trusted behind these statements, each set in turn; the first are those that were given. */
export function followStatements(
  trust: Trust & Pick<LogTrust, 'keys'>,
  statements: readonly string[],
): readonly (readonly LogKey[])[] {
  const trusted = [trust.keys];
  for (const statement of statements) {
    const next = readStatement(trust, trusted.at(-1)!, statement);
    if (next !== undefined) trusted.push(next);
  }
  return trusted;
}

function readStatement(trust: Trust, keys: readonly LogKey[], statement: string): readonly LogKey[] | undefined {
  const note = parseNote(statement);
  const [found, origin, ...lines] = note?.text.slice(0, -1).split('\n') ?? [];
  if (note === undefined || found !== title || origin !== trust.origin || keys.length === 0) return undefined;
  let next: readonly LogKey[];
  try {
    next = lines.map((line) => parseNoteKey(trust.sha256, line));
  } catch {
    return undefined;
  }
  const all = [...keys, ...next].map((key) => ({ ...key, name: origin }));
  return next.length === 0 || findUnsigned(note, { ...trust, keys: all }) !== undefined ? undefined : next;
}

/** Whether these are the same keys, in any order. */
export function sameKeys(left: readonly LogKey[], right: readonly LogKey[]): boolean {
  const textOf = (keys: readonly LogKey[]): string =>
    keys
      .map(({ algorithm, publicKey }) => concatBytes(utf8Bytes(algorithm), publicKey).join())
      .toSorted()
      .join(' ');
  return textOf(left) === textOf(right);
}
