// From shared fingerprints to clones: pairs of places, joined into runs where many follow one another, and runs joined into groups.

import { certain, gram } from './fingerprints.mjs';

// A fingerprint that stands in more places than this is an idiom or a generated pattern, not a copy.
const placesMax = 40;
// Copies that were edited a little since stay one run while no more than this many tokens differ in a row.
const gapMax = 60;
// How much longer one side of a gap may be than the other.
const skewMax = 20;
const runsMax = 2_000_000;

/** `[{ a, b, length }]`: places (positions) that agree over about `length` tokens. Longest first. */
export function findRuns(store, fileOf) {
  const shared = keepShared(store);
  const pairs = pairUp(shared, fileOf);
  return joinPairs(pairs, fileOf).sort((x, y) => y.length - x.length || x.a - y.a || x.b - y.b);
}

/** Indexes of fingerprints whose hash occurs at least twice, grouped by hash. A table of small counters finds most singles cheaply. */
function keepShared(store) {
  const bits = 26;
  const once = new Uint8Array(1 << (bits - 3));
  const twice = new Uint8Array(1 << (bits - 3));
  for (let index = 0; index < store.length; index++) {
    const slot = store.hash(index) >>> (32 - bits);
    const mask = 1 << (slot & 7);
    if (once[slot >>> 3] & mask) twice[slot >>> 3] |= mask;
    else once[slot >>> 3] |= mask;
  }
  let count = 0;
  for (let index = 0; index < store.length; index++) {
    const slot = store.hash(index) >>> (32 - bits);
    if (twice[slot >>> 3] & (1 << (slot & 7))) count++;
  }
  // Hash and position packed in one double (32 + 32 bits do not fit, so the position is looked up by index).
  const order = new Float64Array(count);
  let at = 0;
  for (let index = 0; index < store.length; index++) {
    const hash = store.hash(index);
    const slot = hash >>> (32 - bits);
    if (twice[slot >>> 3] & (1 << (slot & 7))) order[at++] = (hash % 0x200000) * 0x100000000 + index;
  }
  order.sort();
  return groupByHash(order, store);
}

/** Sorted by 21 bits of the hash and then by index; inside such a run the full hash decides. */
function groupByHash(order, store) {
  const groups = [];
  for (let start = 0; start < order.length;) {
    const key = Math.floor(order[start] / 0x100000000);
    let end = start;
    while (end < order.length && Math.floor(order[end] / 0x100000000) === key) end++;
    splitGroup(order, { start, end, store, groups });
    start = end;
  }
  return groups;
}

function splitGroup(order, { start, end, store, groups }) {
  const byHash = new Map();
  for (let at = start; at < end; at++) {
    const index = order[at] % 0x100000000;
    const hash = store.hash(index);
    const places = byHash.get(hash);
    if (places === undefined) byHash.set(hash, [store.position(index)]);
    else if (places.length <= placesMax) places.push(store.position(index));
  }
  for (const places of byHash.values()) if (places.length > 1 && places.length <= placesMax) groups.push(places);
}

/** Each place with the next one that has the same fingerprint. Overlaps inside one file are repetition, not copies. */
function pairUp(groups, fileOf) {
  const pairs = [];
  for (const places of groups) {
    for (let index = 1; index < places.length; index++) {
      const [a, b] = [places[index - 1], places[index]];
      if (b - a < certain && fileOf(a) === fileOf(b)) continue;
      pairs.push({ a, b });
      if (pairs.length >= runsMax) return pairs;
    }
  }
  return pairs;
}

function joinPairs(pairs, fileOf) {
  pairs.sort((x, y) => x.a - y.a || x.b - y.b);
  const runs = [];
  const open = new Map();
  for (const { a, b } of pairs) {
    const key = fileOf(a) * 0x400000 + fileOf(b);
    const candidates = open.get(key) ?? [];
    const run = candidates.find((item) => continues(item, a, b));
    if (run !== undefined) {
      run.lastA = a;
      run.lastB = b;
      continue;
    }
    const fresh = { a, b, lastA: a, lastB: b };
    runs.push(fresh);
    open.set(key, [fresh, ...candidates].slice(0, 8));
  }
  return runs.flatMap((run) => finishRun(run, fileOf));
}

function continues(run, a, b) {
  const [stepA, stepB] = [a - run.lastA, b - run.lastB];
  return stepA <= certain + gapMax && stepB > 0 && Math.abs(stepA - stepB) <= skewMax;
}

/**
 * A row of like things in one file agrees with itself moved by one: then each of them is a copy of the one before, and not the
 * whole row of the row.
 */
function finishRun({ a, b, lastA, lastB }, fileOf) {
  const whole = Math.min(lastA - a, lastB - b) + gram;
  const step = b - a;
  if (fileOf(a) !== fileOf(b) || whole <= step)
    return [{ a, b, endA: lastA + gram, endB: lastB + gram, length: whole }];
  const runs = [];
  for (let shift = 0; shift + step / 2 <= whole && runs.length < placesMax; shift += step) {
    const length = Math.min(step, whole - shift);
    runs.push({ a: a + shift, b: b + shift, endA: a + shift + length, endB: b + shift + length, length });
  }
  return runs;
}

/**
 * Groups of places that hold the same code: runs that overlap by more than half in one file belong together.
 * `[{ tokens, places: [{ start, end }] }]`, largest first.
 */
export function groupRuns(runs, fileOf) {
  const groups = [];
  const byFile = new Map();
  for (const run of runs) {
    const sides = [
      { start: run.a, end: run.endA },
      { start: run.b, end: run.endB },
    ];
    const found = sides.map((side) => findGroup(byFile.get(fileOf(side.start)) ?? [], side));
    const group = found[0] ?? found[1] ?? { tokens: 0, places: [] };
    if (group.places.length === 0) groups.push(group);
    group.tokens = Math.max(group.tokens, run.length);
    for (const [index, side] of sides.entries()) {
      if (found[index] !== undefined) continue;
      group.places.push(side);
      const file = fileOf(side.start);
      byFile.set(file, [...(byFile.get(file) ?? []), { ...side, group }]);
    }
  }
  return groups.filter((group) => group.places.length > 1);
}

function findGroup(known, side) {
  const hit = known.find((item) => {
    const overlap = Math.min(item.end, side.end) - Math.max(item.start, side.start);
    return overlap * 2 > side.end - side.start;
  });
  return hit?.group;
}
