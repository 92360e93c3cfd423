// Fingerprints of token sequences by winnowing (Schleimer, Wilkerson, Aiken 2003): of the hashes of every `gram` tokens in a row, the
// smallest of each `window` is kept. Any two sequences that agree in gram + window - 1 tokens then share a fingerprint, while only
// about one in `window / 2` is stored.
//
// Invariants: F1 the store holds hash and position of each fingerprint in order of position.
//             F2 positions count tokens over all files; `fileOf` maps them back.

export const gram = 40;
export const window = 30;
/** The longest agreement that may be missed. */
export const certain = gram + window - 1;

const chunkLength = 1 << 20;
const base = 0x01000193;
// Tables of numbers and lists of calls that differ only in a literal repeat a few tokens over and over; that is data, not copied code.
const distinctMin = 10;
const noise = 0xffffffff;

/** Two growing columns of 32-bit numbers, in chunks so that growing never copies. */
export class FingerprintStore {
  constructor() {
    this.hashChunks = [];
    this.positionChunks = [];
    this.length = 0;
  }

  push(hash, position) {
    const at = this.length % chunkLength;
    if (at === 0) {
      this.hashChunks.push(new Uint32Array(chunkLength));
      this.positionChunks.push(new Uint32Array(chunkLength));
    }
    this.hashChunks[this.hashChunks.length - 1][at] = hash;
    this.positionChunks[this.positionChunks.length - 1][at] = position;
    this.length++;
  }

  hash(index) {
    return this.hashChunks[Math.floor(index / chunkLength)][index % chunkLength];
  }

  position(index) {
    return this.positionChunks[Math.floor(index / chunkLength)][index % chunkLength];
  }
}

// base ** gram, to take the oldest token out of a rolling hash.
let leaving = 1;
for (let index = 0; index < gram; index++) leaving = Math.imul(leaving, base);

/** Adds the fingerprints of one file. `codes` are its tokens' hashes up to `count`; `offset` is the position of its first token. */
export function winnow(store, codes, { count, offset }) {
  if (count < gram) return;
  const ring = new Uint32Array(window);
  const variety = new Variety();
  let hash = 0;
  let smallest = -1;
  for (let index = 0; index < count; index++) {
    hash = (Math.imul(hash, base) + codes[index]) | 0;
    variety.add(codes[index]);
    if (index >= gram) {
      hash = (hash - Math.imul(leaving, codes[index - gram])) | 0;
      variety.remove(codes[index - gram]);
    }
    if (index < gram - 1) continue;
    const start = index - gram + 1;
    // Mixed, because the low bits of a rolling hash hang on the last tokens only, and the smallest must be arbitrary.
    ring[start % window] = variety.distinct >= distinctMin ? mix(hash) : noise;
    if (start < window - 1) continue;
    const next = smallestIn(ring, start, smallest);
    if (next !== smallest) {
      if (ring[next % window] !== noise) store.push(ring[next % window], offset + next);
      smallest = next;
    }
  }
}

/** The position of the smallest hash in the window that ends at `end`; the rightmost of equals, looked for only when it may have changed. */
function smallestIn(ring, end, before) {
  const first = end - window + 1;
  if (before >= first) return ring[end % window] <= ring[before % window] ? end : before;
  let best = first;
  for (let at = first + 1; at <= end; at++) if (ring[at % window] <= ring[best % window]) best = at;
  return best;
}

/** How many different tokens the current ones are, counted by the low bits of their codes. */
class Variety {
  constructor() {
    this.counts = new Uint8Array(4096);
    this.distinct = 0;
  }

  add(code) {
    if (this.counts[code & 4095]++ === 0) this.distinct++;
  }

  remove(code) {
    if (--this.counts[code & 4095] === 0) this.distinct--;
  }
}

function mix(value) {
  let hash = Math.imul(value ^ (value >>> 16), 0x45d9f3b);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return (hash ^ (hash >>> 16)) >>> 0;
}
