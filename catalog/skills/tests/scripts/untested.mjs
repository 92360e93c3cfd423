// Which parts of the source no test seems to know. A test knows a file when it is named after it, lies beside it, or names it.

import { compareText } from './lib/skill-run.mjs';

const directoryLinesMin = 300;
const depth = 2;
const packageDepth = 4;

/** The part of a file's name that its test repeats: `parse_url`, `parse-url.test` and `ParseUrlTest` all give `parseurl`. */
export function stemOf(path) {
  return path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/\.[^.]+$/, '')
    .replace(/^test[_-]|[._-](?:test|tests|spec|unit|e2e|it|tst|cy)s?$/i, '')
    .replace(/(?:Tests?|Spec|TestCase|IT)$/, '')
    .replace(/[_-](?:test|spec|unittest)s?$/i, '')
    .replaceAll(/[_.-]/g, '')
    .toLowerCase();
}

/** Per directory `{ directory, sourceLines, testLines, ratio, files, known }`, largest source first. */
export function compareDirectories(sources, tests, mentioned) {
  const testStems = new Set(tests.map((file) => stemOf(file.path)));
  const directories = new Map();
  const homeOfStem = new Map();
  for (const file of sources) {
    const entry = entryOf(directories, file.path);
    const stem = stemOf(file.path);
    entry.sourceLines += file.lines;
    entry.files++;
    homeOfStem.set(stem, homeOfStem.has(stem) && homeOfStem.get(stem) !== entry ? undefined : entry);
    if (file.hasInlineTests || testStems.has(stem) || mentioned.has(stem)) entry.known++;
  }
  for (const file of tests) {
    const entry = homeOfTest(file, directories, homeOfStem);
    if (entry !== undefined) entry.testLines += file.lines;
  }
  return [...directories.values()]
    .filter((entry) => entry.sourceLines >= directoryLinesMin)
    .map((entry) => ({ ...entry, ratio: Math.round((1000 * entry.testLines) / entry.sourceLines) / 10 }))
    .sort((a, b) => b.sourceLines - a.sourceLines || compareText(a.directory, b.directory));
}

/** Where the one file of that name is; else the folder it stands in or mirrors. Tests of the whole belong to no folder. */
function homeOfTest(file, directories, homeOfStem) {
  const named = homeOfStem.get(stemOf(file.path));
  if (named !== undefined) return named;
  const mirrored = file.path
    .replace('src/test/', 'src/main/')
    .replace(/(?:^|\/)(?:__tests__|tests?|specs?)\//, '/')
    .replace(/^\//, '');
  const directory = directoryOf(mirrored);
  return directory === '.' ? undefined : directories.get(directory);
}

function entryOf(directories, path) {
  const directory = directoryOf(path);
  const entry = directories.get(directory) ?? { directory, sourceLines: 0, testLines: 0, files: 0, known: 0 };
  directories.set(directory, entry);
  return entry;
}

/** Two levels; in Java's layout three more below the fixed beginning. */
function directoryOf(path) {
  const segments = path.split('/').slice(0, -1);
  const main = segments.indexOf('main');
  const levels = main > 0 && segments[main - 1] === 'src' ? main + 2 + packageDepth : depth;
  return segments.slice(0, levels).join('/') || '.';
}
