// What is in this repository: files, languages, sizes, tooling, and the things that should not be in a repository.

import { isUtf8 } from 'node:buffer';
import { FileChecks, fileRules } from './file-checks.mjs';
import { listRepository, runGit, scanRepository } from './lib/repository.mjs';
import { compareText, Findings, percent, plural, runSkill } from './lib/skill-run.mjs';
import { findTooling } from './tooling.mjs';

const largestShown = 25;
const directoriesShown = 40;

await runSkill('inventory', ({ input, repository, progress, writeArtifact }) => {
  const findings = new Findings('inventory', fileRules);
  const checks = new FileChecks(findings);
  const onText = (file, text, buffer) => checks.onText(file, text, isUtf8(buffer));
  const listed =
    input.files === undefined
      ? scanRepository(repository, progress, onText)
      : listRepository({ input, repository, progress });
  checks.onList(listed.files, listed.source);
  writeArtifact('files.json', filesJson(listed.files));
  const languages = countLanguages(listed.files);
  progress(`${plural(listed.files.length, 'file')}, ${plural(languages.length, 'language')}`);
  const finished = findings.finish();
  return {
    summary: summarize(listed, languages, readHead(repository)),
    ...finished,
    metrics: {
      languages,
      roles: countRoles(listed.files),
      directories: countDirectories(listed.files),
      largest: largestFiles(listed.files),
      tooling: findTooling(listed.files),
    },
    notes: [...listed.notes, ...finished.notes],
    artifacts: { files: 'files.json' },
  };
});

/** One file per line: still JSON, and readable by people and by `grep`. */
function filesJson(files) {
  return `{"version":1,"files":[\n${files.map((file) => JSON.stringify(file)).join(',\n')}\n]}\n`;
}

function readHead(repository) {
  try {
    const [commit, date, subject] = runGit(repository, ['log', '-1', '--format=%H%x00%cI%x00%s']).trim().split('\0');
    return { commit, date, subject };
  } catch {
    return undefined;
  }
}

function summarize({ files, source }, languages, head) {
  const main = languages.filter((item) => item.kind === 'code');
  const mainLanguage = main[0]?.language ?? languages[0]?.language ?? 'none';
  const own =
    main.length === 0 ? 'no source code' : `${plural(sum(main, 'lines'), 'line')} of own code, mostly ${mainLanguage}`;
  return {
    headline: `${plural(files.length, 'file')}, ${own}.`,
    source,
    ...(head === undefined ? {} : { head }),
    files: files.length,
    lines: sum(files, 'lines'),
    bytes: sum(files, 'bytes'),
    codeLines: sum(main, 'lines'),
    mainLanguage,
    languages: main.length,
  };
}

/** Own files only: what is vendored or generated would drown what people wrote. */
function countLanguages(files) {
  const byLanguage = new Map();
  for (const file of files) {
    if (file.language === undefined || file.vendored || file.generated || file.binary || file.skipped === 'link')
      continue;
    const entry = byLanguage.get(file.language) ?? {
      language: file.language,
      kind: file.kind,
      files: 0,
      lines: 0,
      bytes: 0,
    };
    entry.files++;
    entry.lines += file.lines;
    entry.bytes += file.bytes;
    byLanguage.set(file.language, entry);
  }
  const all = [...byLanguage.values()].sort((a, b) => b.lines - a.lines || compareText(a.language, b.language));
  const codeLines = sum(
    all.filter((item) => item.kind === 'code'),
    'lines',
  );
  return all.map((item) => (item.kind === 'code' ? { ...item, share: percent(item.lines, codeLines) } : item));
}

function roleOf(file) {
  if (file.vendored) return 'vendored';
  if (file.generated) return 'generated';
  if (file.binary) return 'binary';
  if (file.kind === 'code') return file.test ? 'tests' : file.example ? 'examples' : 'source';
  return file.kind === 'prose' ? 'documentation' : 'data and other';
}

function countRoles(files) {
  const roles = new Map();
  for (const file of files) {
    const role = roleOf(file);
    const entry = roles.get(role) ?? { role, files: 0, lines: 0, bytes: 0 };
    entry.files++;
    entry.lines += file.lines;
    entry.bytes += file.bytes;
    roles.set(role, entry);
  }
  return [...roles.values()].sort((a, b) => b.lines - a.lines || compareText(a.role, b.role));
}

function countDirectories(files) {
  const directories = new Map();
  for (const file of files) {
    const slash = file.path.indexOf('/');
    const directory = slash === -1 ? '.' : file.path.slice(0, slash);
    const entry = directories.get(directory) ?? { directory, files: 0, lines: 0, bytes: 0 };
    entry.files++;
    entry.lines += file.lines;
    entry.bytes += file.bytes;
    directories.set(directory, entry);
  }
  return [...directories.values()]
    .sort((a, b) => b.lines - a.lines || compareText(a.directory, b.directory))
    .slice(0, directoriesShown);
}

function largestFiles(files) {
  return files
    .toSorted((a, b) => b.bytes - a.bytes || compareText(a.path, b.path))
    .slice(0, largestShown)
    .map(({ path, bytes, lines }) => ({ path, bytes, lines }));
}

function sum(items, key) {
  return items.reduce((total, item) => total + item[key], 0);
}
