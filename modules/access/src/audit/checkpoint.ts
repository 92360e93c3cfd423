// Checkpoints as C2SP specifies them (c2sp.org/tlog-checkpoint): the head of a tree as the text of a signed note. No
// extension lines: no monitor could check them.
import { fromBase64, toBase64 } from '../bytes.ts';
import { hashBytes } from './merkle-tree.ts';
import { parseNote, type SignedNote } from './signed-note.ts';
import type { TreeHead } from './verify-proof.ts';

export interface Checkpoint extends TreeHead {
  /** Names the log, as in `chorale.example.com/audit/default`. */
  readonly origin: string;
}

export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

export interface ReadCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly note: SignedNote;
}

/** Undefined where it is none. Signatures are not verified yet. */
export function parseCheckpoint(signed: string): ReadCheckpoint | undefined {
  const note = parseNote(signed);
  const [origin = '', sizeText = '', rootText = '', ...rest] = note?.text.split('\n') ?? [];
  const root = fromBase64(rootText);
  const size = Number(sizeText);
  if (note === undefined || origin === '' || rest.length !== 1) return undefined;
  if (!/^(0|[1-9]\d*)$/.test(sizeText) || !Number.isSafeInteger(size) || root?.length !== hashBytes) return undefined;
  return { checkpoint: { origin, size, root }, note };
}
