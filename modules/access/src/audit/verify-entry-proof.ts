// Whether an entry is in a log, for somebody who has its keys and nothing else.
import { fromBase64, utf8Bytes } from '../bytes.ts';
import type { EntryProof } from './audit-log.ts';
import { parseCheckpoint } from './checkpoint.ts';
import { followStatements } from './key-statement.ts';
import { hashLeaf } from './merkle-tree.ts';
import { findUnsigned } from './signed-note.ts';
import type { LogFinding, LogTrust } from './verify-log.ts';
import { verifyInclusion } from './verify-proof.ts';

/** What is wrong with it; nothing where it proves what it says. */
export function verifyEntryProof(
  { no, entry, inclusion, checkpoint, statements = [] }: EntryProof,
  trust: Omit<LogTrust, 'remembered'>,
): readonly LogFinding[] {
  const read = parseCheckpoint(checkpoint);
  if (read === undefined)
    return [{ code: 'checkpoint-unreadable', message: 'The checkpoint is no signed note with origin, size and root.' }];
  const { checkpoint: head, note } = read;
  const findings: LogFinding[] = [];
  if (head.origin !== trust.origin)
    findings.push({ code: 'origin-wrong', message: `The log is ${head.origin}, not ${trust.origin}.` });
  // A proof may be older than what the log says of its keys since.
  const isSigned = followStatements(trust, statements).some((found) => {
    const keys = found.map((key) => ({ ...key, name: trust.origin }));
    return keys.length > 0 && findUnsigned(note, { ...trust, keys }) === undefined;
  });
  if (!isSigned)
    findings.push({ code: 'signature-wrong', message: 'The checkpoint is not signed by the keys of the log.' });
  const proof = inclusion.map((hash) => fromBase64(hash) ?? new Uint8Array());
  const leafHash = hashLeaf(trust.sha256, utf8Bytes(entry));
  if (!verifyInclusion(trust.sha256, { leaf: no, leafHash, head, proof }))
    findings.push({ code: 'root-wrong', message: `Entry ${no} does not lead to the root that is signed.` });
  return findings;
}
