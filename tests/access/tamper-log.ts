// Ways to change a log behind the back of who wrote it, chosen by chance from a seed. Each returns files that differ from
// the ones it was given.
import type { Random } from '@chorale/lib-ids';
import {
  appendLeaves,
  bundlePath,
  checkpointPath,
  decodeBundle,
  emptyEdge,
  encodeBundle,
  encodeHashes,
  formatCheckpoint,
  hashLeaf,
  levelsOf,
  parseCheckpoint,
  rootOf,
  sameBytes,
  signNote,
  tilePath,
  tilesOf,
  tileWidth,
  utf8Bytes,
  utf8Text,
  type NoteSigner,
  type Sha256,
} from '@chorale/module-access';

export type Files = ReadonlyMap<string, Uint8Array>;

export interface Tampering {
  readonly files: Files;
  readonly random: Random;
  readonly sha256: Sha256;
  /** Keys of the attacker, who may have the log's own: then only what was remembered helps. */
  readonly signers: readonly NoteSigner[];
}

export type TamperKind = 'bit' | 'truncate-file' | 'truncate-log' | 'reorder' | 'fork' | 'drop' | 'insert';

type Tamper = (tampering: Tampering) => Files | Promise<Files>;

const tampers: { readonly [Kind in TamperKind]: Tamper } = {
  bit: ({ files, random }) => {
    const [path, bytes] = pick([...files], random);
    const at = Math.floor(random() * bytes.length);
    return replaced(files, path, bytes.with(at, bytes[at]! ^ (1 << Math.floor(random() * 8))));
  },
  'truncate-file': ({ files, random }) => {
    const [path, bytes] = pick([...files], random);
    return replaced(files, path, bytes.slice(0, Math.floor(random() * bytes.length)));
  },
  // A shorter log that is whole in itself, signed with keys at hand.
  'truncate-log': async (tampering) => {
    const entries = entriesOf(tampering.files);
    return rebuild(tampering, entries.slice(0, 1 + Math.floor(tampering.random() * (entries.length - 1))));
  },
  reorder: async (tampering) => {
    const entries = [...entriesOf(tampering.files)];
    const [a, b] = twoOf(entries.length, tampering.random);
    [entries[a], entries[b]] = [entries[b]!, entries[a]!];
    return tampering.random() < 0.5 ? rebuild(tampering, entries) : rebundle(tampering.files, entries);
  },
  // Another history of the same length, whole in itself, signed with keys at hand.
  fork: async (tampering) => {
    const entries = [...entriesOf(tampering.files)];
    const at = Math.floor(tampering.random() * entries.length);
    const text = utf8Text(entries[at]!)!;
    entries[at] = utf8Bytes(
      text.replace(/"decision":"(\w+)"/, (_, was) => `"decision":"${was === 'done' ? 'failed' : 'done'}"`),
    );
    return rebuild(tampering, entries);
  },
  drop: async (tampering) => {
    if (tampering.random() < 0.5) {
      const files = new Map(tampering.files);
      files.delete(pick([...files.keys()], tampering.random));
      return files;
    }
    const entries = [...entriesOf(tampering.files)];
    entries.splice(Math.floor(tampering.random() * entries.length), 1);
    return rebuild(tampering, entries);
  },
  insert: async (tampering) => {
    const entries = [...entriesOf(tampering.files)];
    const at = Math.floor(tampering.random() * entries.length);
    entries.splice(Math.floor(tampering.random() * entries.length), 0, entries[at]!);
    return rebuild(tampering, entries);
  },
};

export const tamperKinds = Object.keys(tampers) as readonly TamperKind[];

export async function tamperWith(kind: TamperKind, tampering: Tampering): Promise<Files> {
  for (;;) {
    const changed = await tampers[kind](tampering);
    if (!areSame(changed, tampering.files)) return changed;
  }
}

function entriesOf(files: Files): readonly Uint8Array[] {
  const { size } = parseCheckpoint(utf8Text(files.get(checkpointPath)!)!)!.checkpoint;
  return [...tilesOf(size, 0)].flatMap((place) => decodeBundle(files.get(bundlePath(place))!)!);
}

/** Only the entries change places, as with a careless hand. */
function rebundle(files: Files, entries: readonly Uint8Array[]): Files {
  const changed = new Map(files);
  for (const place of tilesOf(entries.length, 0)) {
    const from = place.tile * tileWidth;
    changed.set(bundlePath(place), encodeBundle(entries.slice(from, from + place.width)));
  }
  return changed;
}

/** A whole log of other entries, with the values that were there, signed anew: a careful hand. */
async function rebuild({ files, sha256, signers }: Tampering, entries: readonly Uint8Array[]): Promise<Files> {
  const leaves = entries.map((entry) => hashLeaf(sha256, entry));
  const { edge, completed } = appendLeaves(sha256, emptyEdge, leaves);
  const { origin } = parseCheckpoint(utf8Text(files.get(checkpointPath)!)!)!.checkpoint;
  const text = formatCheckpoint({ origin, size: edge.size, root: rootOf(sha256, edge) });
  const made = new Map<string, Uint8Array>([[checkpointPath, utf8Bytes(await signNote(sha256, text, signers))]]);
  for (const level of levelsOf(edge.size)) {
    const hashes = completed.filter((one) => one.level === level).map(({ hash }) => hash);
    for (const place of tilesOf(edge.size, level)) {
      const from = place.tile * tileWidth;
      made.set(tilePath(place), encodeHashes(hashes.slice(from, from + place.width)));
    }
  }
  for (const [path, bytes] of files) if (path.startsWith('values/')) made.set(path, bytes);
  return rebundle(made, entries);
}

function replaced(files: Files, path: string, bytes: Uint8Array): Files {
  return new Map(files).set(path, bytes);
}

function pick<T>(all: readonly T[], random: Random): T {
  return all[Math.floor(random() * all.length)]!;
}

function twoOf(count: number, random: Random): readonly [number, number] {
  const a = Math.floor(random() * count);
  return [a, (a + 1 + Math.floor(random() * (count - 1))) % count];
}

function areSame(a: Files, b: Files): boolean {
  return a.size === b.size && [...a].every(([path, bytes]) => sameBytes(bytes, b.get(path) ?? new Uint8Array()));
}
