// Reads a log from its first entry to its last and makes its tree anew, beside the tree that its tiles claim.
//
// Owns:       the tree made from the entries; which values are there, and which are missing without a reason.
import type { TenantId } from '@chorale/lib-ids';
import { sameBytes, utf8Text } from '../bytes.ts';
import { commitTo, parseEntry, type AuditEntry } from './audit-entry.ts';
import type { LoggedValue } from './audit-store.ts';
import { expireWhat, eraseWhat } from './erasure-words.ts';
import { statementIn } from './key-statement.ts';
import { decodeValues, type LogFiles } from './log-files.ts';
import { appendLeaves, emptyEdge, hashLeaf, rootOf, type MerkleEdge, type Sha256 } from './merkle-tree.ts';
import {
  bundlePath,
  decodeBundle,
  decodeHashes,
  levelsOf,
  tilePath,
  tilesOf,
  tileWidth,
  valuesPath,
  type TilePlace,
} from './tile-paths.ts';
import type { LogDamage } from './verify-log.ts';

export interface Walk {
  readonly files: LogFiles;
  readonly sha256: Sha256;
  readonly size: number;
  readonly find: (code: LogDamage, message: string) => void;
}

interface MissingValue {
  readonly no: number;
  readonly field: string;
  readonly subject: string;
  readonly entry: AuditEntry;
}

export class WalkedLog {
  readonly #walk: Walk;
  #edge: MerkleEdge = emptyEdge;
  /** Hashes of each level above the leaves, as the entries make them. */
  readonly #levels: Uint8Array[][] = [];
  readonly #roots = new Map<number, Uint8Array>();
  #tenantId: TenantId | undefined;
  #values = 0;
  #valuesErased = 0;
  /** Those that say which keys sign from then on, in the order of the log. */
  readonly statements: { readonly no: number; readonly note: string }[] = [];
  readonly #missing: MissingValue[] = [];
  readonly #erasures: { readonly no: number; readonly entry: AuditEntry }[] = [];

  constructor(walk: Walk) {
    this.#walk = walk;
  }

  /** Remembers the roots at these sizes. */
  async walk(sizes: readonly number[]): Promise<void> {
    this.#noteRoot(sizes);
    for (const place of tilesOf(this.#walk.size, 0)) {
      const leaves = await this.#readLeaves(place);
      // Behind a gap every hash would be wrong: one finding says more than all of them.
      if (leaves === undefined) return;
      this.#append(leaves, sizes);
    }
    for (const level of levelsOf(this.#walk.size)) if (level > 0) await this.#compareLevel(level);
    this.#judgeMissing();
  }

  hasRoot(size: number, root: Uint8Array): boolean {
    const found = this.#roots.get(size);
    return found !== undefined && sameBytes(found, root);
  }

  counts(): { readonly entries: number; readonly values: number; readonly valuesErased: number } {
    return { entries: this.#edge.size, values: this.#values, valuesErased: this.#valuesErased };
  }

  /** In pieces that end where a root is wanted. */
  #append(leaves: readonly Uint8Array[], sizes: readonly number[]): void {
    for (let from = 0; from < leaves.length;) {
      const { size } = this.#edge;
      const next = sizes.filter((wanted) => wanted > size).reduce((a, b) => Math.min(a, b), Infinity);
      const piece = leaves.slice(from, from + Math.min(next - size, leaves.length));
      const { edge, completed } = appendLeaves(this.#walk.sha256, this.#edge, piece);
      this.#edge = edge;
      from += piece.length;
      for (const { level, hash } of completed) if (level > 0) (this.#levels[level] ??= []).push(hash);
      this.#noteRoot(sizes);
    }
  }

  #noteRoot(sizes: readonly number[]): void {
    if (sizes.includes(this.#edge.size)) this.#roots.set(this.#edge.size, rootOf(this.#walk.sha256, this.#edge));
  }

  /** The hashes of a bundle's entries; undefined where the bundle cannot be read. */
  async #readLeaves(place: TilePlace): Promise<readonly Uint8Array[] | undefined> {
    const { files, sha256, find } = this.#walk;
    const path = bundlePath(place);
    const bytes = await files.read(path);
    const entries = bytes === undefined ? undefined : decodeBundle(bytes);
    if (entries?.length !== place.width) {
      if (bytes === undefined) find('bundle-missing', `${path} is missing.`);
      else find('bundle-damaged', `${path} does not have ${place.width} entries.`);
      return undefined;
    }
    const leaves = entries.map((entry) => hashLeaf(sha256, entry));
    await this.#compareTile(place, leaves);
    await this.#readBundle(place, entries);
    return leaves;
  }

  async #compareLevel(level: number): Promise<void> {
    for (const place of tilesOf(this.#walk.size, level)) {
      const from = place.tile * tileWidth;
      await this.#compareTile(place, this.#levels[level]?.slice(from, from + place.width) ?? []);
    }
  }

  async #compareTile(place: TilePlace, hashes: readonly Uint8Array[]): Promise<void> {
    const { files, find } = this.#walk;
    const path = tilePath(place);
    const bytes = await files.read(path);
    if (bytes === undefined) return find('tile-missing', `${path} is missing.`);
    const found = decodeHashes(bytes, place.width);
    const wrong = found?.findIndex((hash, index) => !sameBytes(hash, hashes[index]!));
    if (found === undefined) find('tile-damaged', `${path} does not have ${place.width} hashes.`);
    else if (wrong !== -1) find('tile-damaged', `${path} has another hash at ${wrong} than the entries make.`);
  }

  async #readBundle(place: TilePlace, bundle: readonly Uint8Array[]): Promise<void> {
    const { find } = this.#walk;
    const first = place.tile * tileWidth;
    const entries = new Map<number, AuditEntry>();
    for (const [index, bytes] of bundle.entries()) {
      const no = first + index;
      const entry = parseEntry(utf8Text(bytes) ?? '');
      if (entry === undefined) find('entry-unreadable', `Entry ${no} is not one of an audit log.`);
      else entries.set(no, this.#checkEntry(no, entry));
    }
    this.#checkValues(entries, await this.#readValues(place));
  }

  #checkEntry(no: number, entry: AuditEntry): AuditEntry {
    this.#tenantId ??= entry.tenantId;
    if (entry.tenantId !== this.#tenantId)
      this.#walk.find('entry-of-another-tenant', `Entry ${no} is of tenant ${entry.tenantId}.`);
    if (entry.what === eraseWhat || entry.what === expireWhat) this.#erasures.push({ no, entry });
    const note = statementIn(entry);
    if (note !== undefined) this.statements.push({ no, note });
    return entry;
  }

  async #readValues(place: TilePlace): Promise<readonly LoggedValue[]> {
    const path = valuesPath(place);
    const bytes = await this.#walk.files.read(path);
    if (bytes === undefined) return [];
    const values = decodeValues(bytes);
    if (values === undefined) this.#walk.find('values-damaged', `${path} cannot be read.`);
    return values ?? [];
  }

  #checkValues(entries: ReadonlyMap<number, AuditEntry>, values: readonly LoggedValue[]): void {
    const { sha256, find } = this.#walk;
    const seen = new Set<string>();
    for (const value of values) {
      const key = `${value.no} ${value.field}`;
      const kept = entries.get(value.no)?.kept[value.field];
      if (kept === undefined || seen.has(key))
        find('value-unknown', `A value ${value.field} of entry ${value.no} is there that the entry does not refer to.`);
      else if (kept.subject !== value.subject || kept.hash !== commitTo(sha256, value))
        find('value-wrong', `The value ${value.field} of entry ${value.no} is not what the entry refers to.`);
      else this.#values += 1;
      seen.add(key);
    }
    for (const [no, entry] of entries)
      for (const [field, { subject }] of Object.entries(entry.kept))
        if (!seen.has(`${no} ${field}`)) this.#missing.push({ no, field, subject, entry });
  }

  /** A value may be missing only where a later entry says that it went. */
  #judgeMissing(): void {
    for (const { no, field, subject, entry } of this.#missing) {
      const isSaid = this.#erasures.some(({ no: erasedNo, entry: { what, on, detail } }) => {
        if (erasedNo <= no) return false;
        if (what === eraseWhat) return on.id === subject;
        return on.id === entry.retention && typeof detail.before === 'number' && entry.at < detail.before;
      });
      if (isSaid) this.#valuesErased += 1;
      else this.#walk.find('value-missing', `The value ${field} of entry ${no} is gone, and no entry says why.`);
    }
  }
}
