// Code that stands in several places.

import { findRuns, groupRuns } from './clones.mjs';
import { measureCoverage } from './coverage.mjs';
import { FingerprintStore, certain, gram, winnow } from './fingerprints.mjs';
import { isOwnCode, listRepository, readText } from './lib/repository.mjs';
import { compareText, Findings, percent, plural, runSkill } from './lib/skill-run.mjs';
import { profileOf } from './lib/token-profiles.mjs';
import { TokenScanner } from './lib/tokens.mjs';
import { CodeBuffer, encodeTokens } from './token-codes.mjs';

const tokensMax = 400_000_000;
const linesMin = 10;
const groupsLocated = 600;
const groupsShown = 60;
const directoriesShown = 30;

const rules = {
  clone: {
    title: 'Copied code',
    why: 'A mistake in one copy is a mistake in all, and mending one leaves the others.',
    fix: 'Move what they share into one function or module, if they change for the same reason.',
  },
};

await runSkill('duplication', ({ input, repository, progress }) => {
  const listed = listRepository({ input, repository, progress });
  const index = indexFiles(repository, listed.files, progress);
  const runs = findRuns(index.store, index.fileOf);
  progress(`${plural(index.files.length, 'file')}, ${plural(runs.length, 'run')} of equal code`);
  const coverage = measureCoverage(index.files, runs, index.fileOf);
  const groups = locateGroups(repository, index, groupRuns(runs, index.fileOf));
  const findings = new Findings('duplication', rules);
  for (const group of groups) report(findings, group);
  const finished = findings.finish();
  const share = percent(coverage.source.duplicated, coverage.source.total);
  const inTests = percent(coverage.tests.duplicated, coverage.tests.total);
  return {
    summary: {
      headline:
        index.files.length === 0
          ? 'No code in a language that is compared was found.'
          : `${share} % of the source code stands in more than one place${coverage.tests.total === 0 ? '' : `, of the tests ${inTests} %`}.${largest(groups)}`,
      ...(index.files.length === 0 ? { empty: true } : {}),
      percent: share,
      testsPercent: inTests,
      files: index.files.length,
      tokens: coverage.source.total + coverage.tests.total,
      groups: groups.length,
    },
    ...finished,
    metrics: {
      groups: groups.slice(0, groupsShown).map(publicForm),
      directories: coverage.directories.slice(0, directoriesShown),
    },
    notes: [...listed.notes, ...index.notes, ...finished.notes],
  };
});

/** Scans every file once; what stays in memory is about three bytes a token. */
function indexFiles(repository, files, progress) {
  const scanner = new TokenScanner();
  const buffer = new CodeBuffer();
  const store = new FingerprintStore();
  const indexed = [];
  const notes = [];
  let offset = 0;
  for (const file of files) {
    const profile = profileOf(file.language);
    if (profile === undefined || !isOwnCode(file)) continue;
    const text = readText(repository, file);
    if (text === undefined) continue;
    scanner.scan(text, profile);
    const count = encodeTokens(scanner, buffer);
    if (count < gram) continue;
    if (offset + count > tokensMax) {
      notes.push(
        `Only the first ${plural(indexed.length, 'file')} were compared: the repository holds more than ${tokensMax} tokens.`,
      );
      break;
    }
    winnow(store, buffer.codes, { count, offset });
    indexed.push({
      path: file.path,
      test: file.test === true || file.example === true,
      language: file.language,
      offset,
      tokens: count,
    });
    offset += count;
    if (indexed.length % 10_000 === 0) progress(`${indexed.length} files scanned`);
  }
  return { files: indexed, store, notes, fileOf: fileFinder(indexed) };
}

function fileFinder(files) {
  const offsets = Float64Array.from(files, (file) => file.offset);
  return (position) => {
    let low = 0;
    let high = offsets.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (offsets[middle] <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  };
}

/** Turns positions into lines by scanning once more the files that hold the largest groups. */
function locateGroups(repository, index, groups) {
  const chosen = groups.slice(0, groupsLocated);
  const wanted = new Map();
  for (const group of chosen) {
    for (const place of group.places) {
      const file = index.fileOf(place.start);
      wanted.set(file, [...(wanted.get(file) ?? []), place]);
    }
  }
  const scanner = new TokenScanner();
  const buffer = new CodeBuffer();
  for (const [fileIndex, places] of wanted) {
    const file = index.files[fileIndex];
    const text = readText(repository, { path: file.path });
    if (text === undefined) continue;
    scanner.scan(text, profileOf(file.language));
    encodeTokens(scanner, buffer);
    for (const place of places) {
      place.file = file.path;
      place.test = file.test;
      place.line = buffer.lines[place.start - file.offset];
      place.endLine = buffer.lines[Math.min(place.end - file.offset, file.tokens) - 1];
    }
  }
  return chosen
    .map(finishGroup)
    .filter((group) => group.places.length > 1 && group.lines >= linesMin && group.tokens >= certain)
    .sort(
      (a, b) => b.lines * (b.copies - 1) - a.lines * (a.copies - 1) || compareText(a.places[0].file, b.places[0].file),
    );
}

function finishGroup({ tokens, places }) {
  const located = places
    .filter((place) => place.line !== undefined)
    .sort((a, b) => compareText(a.file, b.file) || a.line - b.line);
  const lines = Math.min(...located.map((place) => place.endLine - place.line + 1), Infinity);
  return { tokens, lines: Number.isFinite(lines) ? lines : 0, copies: located.length, places: located };
}

function publicForm({ tokens, lines, copies, places }) {
  return {
    tokens,
    lines,
    copies,
    places: places.slice(0, 12).map(({ file, line, endLine }) => ({ file, line, endLine })),
  };
}

function largest(groups) {
  const first = groups.find((group) => !group.places.every((place) => place.test));
  return first === undefined
    ? ''
    : ` The weightiest clone has ${plural(first.lines, 'line')} in ${first.copies} places.`;
}

function report(findings, group) {
  const [first, ...others] = group.places;
  const inTests = group.places.every((place) => place.test);
  const extra = group.lines * (group.copies - 1);
  const acrossFiles = new Set(group.places.map((place) => place.file)).size > 1;
  const severity = inTests ? 'info' : extra >= 300 ? 'medium' : extra >= 40 ? 'low' : 'info';
  const shown = others.slice(0, 5).map((place) => `${place.file}:${place.line}–${place.endLine}`);
  const detail = `Lines ${first.line}–${first.endLine} stand again at ${shown.join(', ')}${others.length > 5 ? ` and ${others.length - 5} more places` : ''}.${inTests ? ' All of them are tests or examples.' : ''}`;
  findings.add({
    rule: 'clone',
    severity,
    title: `${plural(group.lines, 'line')} in ${group.copies} places${acrossFiles ? '' : ' of one file'}`,
    file: first.file,
    line: first.line,
    detail,
    confidence: extra >= 100 ? 'high' : 'medium',
    key: others.map((place) => place.file).join('\n'),
    weight: extra,
  });
}
