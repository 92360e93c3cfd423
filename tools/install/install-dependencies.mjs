// Brings node_modules to what package-lock.json says, when it is not there already.
//
// Does not own the lock file: a clone without one, or one that disagrees with package.json, is npm's to refuse.

import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { withLock } from './with-lock.mjs';

/** npm says why at one end of its output or the other. */
const outputShownLines = 15;

/** @param {string} root */
export async function installDependencies(root) {
  if (isInstalled(root)) return;
  await withLock(join(root, '.install.lock'), async () => {
    // Another start may have finished the work while this one waited for the lock.
    if (isInstalled(root)) return;
    // `npm ci` begins by removing node_modules, under the feet of whatever runs from it. So it is for the first time,
    // and for an installation that was cut short and is beyond mending in place.
    const fresh = !existsSync(join(root, 'node_modules'));
    if (fresh || !(await changeInPlace(root))) await npm(root, ['ci']);
    if (!existsSync(pinnedNode(root))) throw new Error('npm finished without installing Node; see package-lock.json.');
  });
}

/** @param {string} root */
async function changeInPlace(root) {
  try {
    await npm(root, ['install', '--no-save']);
    return true;
  } catch {
    process.stderr.write('chorale: node_modules cannot be changed in place; installing anew\n');
    return false;
  }
}

/** @param {string} root */
function pinnedNode(root) {
  return join(root, 'node_modules', '.bin', 'node');
}

/**
 * npm keeps its own account of what it put into node_modules, written last: comparing it with the lock file needs no
 * stamp of ours and sees an installation that was cut short.
 * @param {string} root
 */
export function isInstalled(root) {
  const installed = readPackages(join(root, 'node_modules', '.package-lock.json'));
  const locked = readPackages(join(root, 'package-lock.json'));
  if (installed === undefined || locked === undefined) return false;
  for (const [path, wanted] of Object.entries(locked)) {
    if (path === '') continue;
    const found = installed[path];
    // Optional packages are often built for another platform; npm leaves those out.
    if (found === undefined && !wanted.optional) return false;
    if (found !== undefined && found.version !== wanted.version) return false;
  }
  return existsSync(pinnedNode(root));
}

/**
 * @param {string} path
 * @returns {Record<string, { version?: string, optional?: boolean }> | undefined}
 */
function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/**
 * @param {string} root
 * @param {string[]} command
 */
async function npm(root, command) {
  const startMs = Date.now();
  process.stderr.write(`chorale: installing dependencies (npm ${command.join(' ')})\n`);
  // Development packages are always wanted: the pinned Node is one, even where NODE_ENV says production.
  const commandArguments = [...command, '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const { code, output } = await collect('npm', commandArguments, { cwd: root, env: outsideEnvironment(root) });
  if (code !== 0) {
    throw new Error(`npm ${command.join(' ')} failed (exit code ${code}):\n${shorten(output.trim().split('\n'))}`);
  }
  process.stderr.write(`chorale: dependencies installed in ${Math.round((Date.now() - startMs) / 1000)} s\n`);
}

/** @param {string[]} lines */
function shorten(lines) {
  if (lines.length <= 2 * outputShownLines) return lines.join('\n');
  return [...lines.slice(0, outputShownLines), '...', ...lines.slice(-outputShownLines)].join('\n');
}

/**
 * The pinned Node lives in the folder that npm is about to replace, so npm and its install scripts must not use it.
 * @param {string} root
 */
function outsideEnvironment(root) {
  const inside = join(root, 'node_modules');
  const path = (process.env.PATH ?? '').split(delimiter).filter((entry) => !entry.startsWith(inside));
  return { ...process.env, PATH: path.join(delimiter) };
}

/**
 * @param {string} command
 * @param {string[]} commandArguments
 * @param {import('node:child_process').SpawnOptions} options
 * @returns {Promise<{ code: number | null, output: string }>}
 */
function collect(command, commandArguments, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, commandArguments, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (/** @type {Buffer} */ chunk) => (output += chunk.toString());
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('error', (error) => reject(new Error(`cannot run ${command}: ${error.message}. Is npm installed?`)));
    child.on('close', (code) => resolve({ code, output }));
  });
}
