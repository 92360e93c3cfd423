// @generated from catalog/shared/repository.mjs by catalog/copy-shared.mjs; change it there.

// What files a repository holds, and what each one is. One pass, bounded reads, no symbolic link ever followed.
//
// Owns:       the list of files and their classification.
// Invariants: R1 a path in the list is relative, uses `/`, and stays inside the repository.
//             R2 at most `fileSizeBytesMax` of a file is read; larger files are listed with `skipped: 'size'`.
//             R3 the list is sorted by path and depends on the content only.

import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
} from 'node:fs';
import { join } from 'node:path';
import { kindOfLanguage, languageOfContent, languageOfName } from './languages.mjs';
import { compareText } from './skill-run.mjs';

export const fileSizeBytesMax = 1024 * 1024;
const filesMax = 300_000;
const gitOutputBytesMax = 1024 * 1024 * 1024;
const headLength = 4096;
const foldersNeverWalked = new Set([
  '.git',
  '.hg',
  '.svn',
  'node_modules',
  '.venv',
  'venv',
  '__pycache__',
  '.tox',
  '.mypy_cache',
  '.pytest_cache',
  '.ruff_cache',
  '.gradle',
  '.next',
  '.cache',
  '.chorale',
]);

/**
 * The files of a repository: the `files` the caller was given (a list, or the path of a `files.json`), else one scan.
 * Returns `{ files, source, notes }`.
 */
export function listRepository({ input, repository, progress }) {
  const given = typeof input.files === 'string' ? readGivenList(input.files) : input.files;
  if (Array.isArray(given)) return { files: given, source: 'given', notes: [] };
  if (Array.isArray(given?.files)) return { files: given.files, source: 'given', notes: given.notes ?? [] };
  return scanRepository(repository, progress);
}

function readGivenList(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`the file list ${path} is not readable JSON: ${error.message}`, { cause: error });
  }
}

/** Lists and classifies every file. `onText(file, text)` is called for each file that was read, while it is at hand. */
export function scanRepository(root, progress = () => {}, onText = undefined) {
  if (!lstatSync(root, { throwIfNoEntry: false })?.isDirectory())
    throw new Error(`the repository ${root} is not a folder that can be read`);
  const { paths, source, notes } = listPaths(root);
  progress(`${paths.length} paths from ${source === 'git' ? 'git' : 'the folder'}`);
  const files = [];
  for (const path of paths) {
    const file = inspectFile({ root, source, onText }, path);
    if (file !== undefined) files.push(file);
    if (files.length % 20_000 === 0 && files.length > 0) progress(`${files.length} files read`);
  }
  const large = files.filter((file) => file.skipped === 'size').length;
  if (large > 0) notes.push(`${large} files over 1 MiB were counted but not read.`);
  const unreadable = files.filter((file) => file.skipped === 'unreadable').length;
  if (unreadable > 0) notes.push(`${unreadable} files could not be read.`);
  return { files, source, notes };
}

function listPaths(root) {
  const notes = [];
  let source = 'git';
  let paths = listByGit(root);
  if (paths === undefined) {
    source = 'folder';
    paths = listByWalk(root);
    notes.push(
      `Not a git repository: every file under the folder was taken, except inside ${[...foldersNeverWalked].slice(3, 7).join(', ')} and similar folders.`,
    );
  }
  paths.sort(compareText);
  if (paths.length > filesMax) {
    notes.push(`The repository holds ${paths.length} files; the first ${filesMax} by path were reviewed.`);
    paths.length = filesMax;
  }
  return { paths, source, notes };
}

function listByGit(root) {
  if (lstatSync(join(root, '.git'), { throwIfNoEntry: false }) === undefined) return undefined;
  try {
    const listed = runGit(root, ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate']);
    return [...new Set(listed.split('\0'))].filter(
      (path) => path !== '' && !path.startsWith('/') && !path.split('/').includes('..'),
    );
  } catch {
    return undefined;
  }
}

/** Runs git and returns what it says. Throws when git is missing, refuses, or says more than `gitOutputBytesMax`. */
export function runGit(root, args) {
  const { command, argv, options } = gitInvocation(root, args);
  return execFileSync(command, argv, { ...options, encoding: 'utf8', maxBuffer: gitOutputBytesMax });
}

/**
 * How to run git on a repository nobody vouches for: its configuration must not start programs, ask questions or fetch.
 * `{ command, argv, options }` for `node:child_process`.
 */
export function gitInvocation(root, args) {
  const settings = ['safe.directory=*', 'core.fsmonitor=false', 'core.hooksPath=/dev/null', 'log.showSignature=false'];
  const argv = [...settings.flatMap((setting) => ['-c', setting]), '-C', root, '--no-pager', ...args];
  const env = {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: '/nonexistent',
    LC_ALL: 'C.UTF-8',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
  };
  return { command: 'git', argv, options: { stdio: ['ignore', 'pipe', 'ignore'], env } };
}

function listByWalk(root) {
  const paths = [];
  const pending = [''];
  while (pending.length > 0 && paths.length <= filesMax) {
    const folder = pending.pop();
    let entries;
    try {
      entries = readdirSync(join(root, folder), { withFileTypes: true });
    } catch {
      continue;
    }
    for (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!foldersNeverWalked.has(entry.name)) pending.push(path);
      } else if (entry.isFile() || entry.isSymbolicLink()) paths.push(path);
    }
  }
  return paths;
}

function inspectFile({ root, source, onText }, path) {
  const stat = lstatSync(join(root, path), { throwIfNoEntry: false });
  if (stat === undefined || stat.isDirectory()) return undefined;
  if (stat.isSymbolicLink()) return { path, bytes: 0, lines: 0, skipped: 'link', target: readLink(join(root, path)) };
  if (!stat.isFile()) return undefined;
  const file = { path, bytes: stat.size, lines: 0, ...classifyPath(path, source) };
  const guess = languageOfName(path);
  if (guess !== undefined) file.language = guess;
  if (stat.size > fileSizeBytesMax) return { ...file, ...kindOf(guess), skipped: 'size' };
  const buffer = readBounded(join(root, path));
  if (buffer === undefined) return { ...file, skipped: 'unreadable' };
  if (buffer.subarray(0, 8000).includes(0)) return { ...file, kind: 'binary', binary: true };
  return inspectText(file, buffer, onText);
}

function inspectText(file, buffer, onText) {
  const text = buffer.toString('utf8');
  const language = languageOfContent(file.path, text.slice(0, headLength), file.language);
  delete file.language;
  if (language !== undefined) file.language = language;
  Object.assign(file, kindOf(language));
  file.lines = countLines(buffer);
  if (file.generated !== true && looksGenerated(file, text.slice(0, headLength))) file.generated = true;
  onText?.(file, text, buffer);
  return file;
}

function kindOf(language) {
  return { kind: kindOfLanguage.get(language) ?? (language === undefined ? 'other' : 'code') };
}

function readLink(path) {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** The file's bytes, or undefined when it is gone, not a plain file, unreadable or too large. */
function readBounded(path, sizeBytesMax = fileSizeBytesMax) {
  let handle;
  try {
    // O_NONBLOCK so that a named pipe put in the file's place between lstat and open cannot hold us.
    handle = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stat = fstatSync(handle);
    if (!stat.isFile() || stat.size > sizeBytesMax) return undefined;
    const buffer = Buffer.allocUnsafe(stat.size);
    let length = 0;
    while (length < stat.size) {
      const read = readSync(handle, buffer, length, stat.size - length, length);
      if (read === 0) break;
      length += read;
    }
    return buffer.subarray(0, length);
  } catch {
    return undefined;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

/** The text of a listed file, decoded as UTF-8 with replacement characters; undefined when it cannot be read. */
export function readText(root, file) {
  if (file.skipped !== undefined || file.binary === true) return undefined;
  return readBounded(join(root, file.path))?.toString('utf8');
}

/** The text of any path inside the repository by the same rules; for manifests and the like, which have known names. */
export function readTextAt(root, path, sizeBytesMax = fileSizeBytesMax) {
  return readBounded(join(root, path), sizeBytesMax)?.toString('utf8');
}

function countLines(buffer) {
  let count = 0;
  // A plain loop: a search for each line feed costs more than looking at every byte.
  for (let index = 0; index < buffer.length; index++) if (buffer[index] === 10) count++;
  return buffer.length > 0 && buffer[buffer.length - 1] !== 10 ? count + 1 : count;
}

const vendoredPath =
  /(?:^|\/)(?:node_modules|bower_components|vendor|vendored|_vendor|third[_-]?party|3rdparty|external|externals|extern|deps|Pods|Carthage|Godeps|site-packages|\.yarn|jspm_packages|contrib\/(?:vendor|libs)|gradle\/wrapper)\//;
const generatedPath =
  /(?:^|\/)(?:dist|coverage|\.next|__generated__|generated|autogen)\/|(?:\.min\.(?:js|css|mjs)|\.bundle\.js|\.map|\.pb\.(?:go|cc|h)|_pb2(?:_grpc)?\.pyi?|\.g\.(?:cs|dart)|\.designer\.cs|\.generated\.\w+|_generated\.\w+|\.snap)$|(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|Cargo\.lock|poetry\.lock|uv\.lock|Pipfile\.lock|composer\.lock|Gemfile\.lock|go\.sum|flake\.lock|bun\.lock|configure|aclocal\.m4|ltmain\.sh|config\.guess|config\.sub|Makefile\.in|depcomp|install-sh|missing|compile|test-driver|ylwrap|mkinstalldirs|ltversion\.m4|libtool\.m4|ltoptions\.m4|gradlew(?:\.bat)?|mvnw(?:\.cmd)?)$/;
// Outside version control nothing says that these are build output, but they nearly always are; inside, they may hold sources.
const buildOutputPath = /(?:^|\/)(?:build|out|target|bin|obj)\//;
const testPath =
  /(?:^|\/)(?:tests?|__tests__|specs?|testing|testsuite|test[-_]?data|e2e|it|androidTest|unittests?|t)\/|(?:^|\/)(?:test_[^/]*|conftest)\.py$|(?:^|\/)[^/]*(?:[._-](?:test|tests|spec|e2e|cy)\.[a-z]+|_test\.(?:go|py|rs|c|cc|cpp|dart|exs)|_spec\.rb|_unittest\.cc|Tests?\.(?:java|kt|cs|php|swift|scala)|Spec\.(?:scala|groovy|kt)|TestCase\.(?:java|php)|\.t)$/;
const examplePath =
  /(?:^|\/)(?:examples?|samples?|demos?|fixtures?|__fixtures__|mocks?|__mocks__|test[-_]?data|docs?|documentation|tutorials?|playground|benchmarks?|snippets)\//i;

/** What the path alone says: `{ vendored?, generated?, test?, example? }`, only those that are true. */
export function classifyPath(path, source = 'git') {
  const flags = {};
  if (vendoredPath.test(path)) flags.vendored = true;
  if (generatedPath.test(path) || (source === 'folder' && buildOutputPath.test(path))) flags.generated = true;
  if (testPath.test(path)) flags.test = true;
  if (examplePath.test(path)) flags.example = true;
  return flags;
}

const generatedMarker =
  /^\W{0,6}\s*(?:@generated\b|code generated\b.{0,120}\bdo not edit|(?:(?:this|the) (?:file|code|module) (?:is|was|has been) )?(?:auto-?matically |auto-?|machine[- ])generated\b|(?:(?:this|the) (?:file|code|module) (?:is|was|has been) )?generated (?:automatically )?(?:by|from)\b.{0,80})/im;

function looksGenerated(file, head) {
  if (file.kind === 'prose' || file.kind === 'other') return false;
  if (generatedMarker.test(head.slice(0, 1200))) return true;
  const mayBeMinified = file.language === 'JavaScript' || file.language === 'CSS' || file.language === 'HTML';
  return mayBeMinified && file.bytes > 5000 && file.bytes / Math.max(file.lines, 1) > 400;
}

/** Hand-written source: what quality metrics should speak about. */
export function isOwnCode(file) {
  return file.kind === 'code' && file.vendored !== true && file.generated !== true && file.skipped === undefined;
}
