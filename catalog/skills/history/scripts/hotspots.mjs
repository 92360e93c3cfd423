// Files that change often and are complex: where changes cost most and mistakes are likeliest.

import { isOwnCode, readText } from './lib/repository.mjs';
import { compareText } from './lib/skill-run.mjs';

const commitsMin = 3;
const candidatesMax = 3_000;
const spacesPerLevel = 4;

/** `[{ path, commits, authors, linesChanged, lines, complexity, score }]`, foremost first; scores from 0 to 100. */
export function findHotspots(root, current, activity) {
  const candidates = [...activity.files.values()]
    .filter((file) => file.commits >= commitsMin && isOwnCode(current.get(file.path)) && !current.get(file.path).test)
    .sort((a, b) => b.commits - a.commits || compareText(a.path, b.path))
    .slice(0, candidatesMax);
  const measured = [];
  for (const file of candidates) {
    const entry = current.get(file.path);
    const text = readText(root, entry);
    if (text === undefined) continue;
    measured.push({
      path: file.path,
      commits: file.commits,
      authors: file.by.size,
      linesChanged: file.added + file.deleted,
      lines: entry.lines,
      complexity: indentationComplexity(text),
    });
  }
  const highest = Math.max(1, ...measured.map((file) => file.commits * file.complexity));
  return measured
    .map((file) => ({ ...file, score: Math.round((1000 * file.commits * file.complexity) / highest) / 10 }))
    .sort((a, b) => b.score - a.score || compareText(a.path, b.path));
}

/** The sum of indentation levels; a tab, or the file's own step of spaces, is one level. */
export function indentationComplexity(text) {
  const step = indentationStep(text);
  let total = 0;
  for (const match of text.matchAll(/^([ \t]+)(?=[^\s*#/])/gm)) {
    const tabs = match[1].split('\t').length - 1;
    total += tabs + (match[1].length - tabs) / step;
  }
  return Math.round(total);
}

function indentationStep(text) {
  const counts = new Map();
  let previous = 0;
  let seen = 0;
  for (const match of text.matchAll(/^( *)(?=[^\s*#/])/gm)) {
    const deeper = match[1].length - previous;
    if (deeper === 2 || deeper === 3 || deeper === 4 || deeper === 8) counts.set(deeper, (counts.get(deeper) ?? 0) + 1);
    previous = match[1].length;
    if (++seen > 2_000) break;
  }
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0] ?? spacesPerLevel;
}
