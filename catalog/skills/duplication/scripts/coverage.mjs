// How much of each file and directory is part of a clone, in tokens.

import { compareText, percent } from './lib/skill-run.mjs';

const directoryTokensMin = 2_000;

/** Fills in `duplicated` for each file and returns `{ source, tests, directories }`, the first two as `{ total, duplicated }`. */
export function measureCoverage(files, runs, fileOf) {
  const intervals = new Map();
  for (const run of runs) {
    for (const [start, end] of [
      [run.a, run.endA],
      [run.b, run.endB],
    ]) {
      const file = fileOf(start);
      const list = intervals.get(file);
      if (list === undefined) intervals.set(file, [[start, end]]);
      else list.push([start, end]);
    }
  }
  for (const [file, list] of intervals) files[file].duplicated = unionLength(list);
  const sumUp = (part) => ({
    total: part.reduce((sum, file) => sum + file.tokens, 0),
    duplicated: part.reduce((sum, file) => sum + (file.duplicated ?? 0), 0),
  });
  return {
    source: sumUp(files.filter((file) => !file.test)),
    tests: sumUp(files.filter((file) => file.test)),
    directories: byDirectory(files),
  };
}

function unionLength(list) {
  list.sort((a, b) => a[0] - b[0]);
  let length = 0;
  let reached = 0;
  for (const [start, end] of list) {
    length += Math.max(0, end - Math.max(start, reached));
    reached = Math.max(reached, end);
  }
  return length;
}

function byDirectory(files) {
  const directories = new Map();
  for (const file of files) {
    const directory = file.path.split('/').slice(0, -1).slice(0, 2).join('/') || '.';
    const entry = directories.get(directory) ?? { directory, tokens: 0, duplicated: 0 };
    entry.tokens += file.tokens;
    entry.duplicated += file.duplicated ?? 0;
    directories.set(directory, entry);
  }
  return [...directories.values()]
    .filter((entry) => entry.tokens >= directoryTokensMin && entry.duplicated > 0)
    .map((entry) => ({ ...entry, percent: percent(entry.duplicated, entry.tokens) }))
    .sort((a, b) => b.percent - a.percent || compareText(a.directory, b.directory));
}
