// Peers are measured beside Chorale and are no part of it: they live in `.bench/<name>`, which git ignores, in the
// exact versions that the benchmark names, with no lock file in the repository.

import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const exactVersion = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;
const outputBytesMax = 16 * 1024 * 1024;

export type Peers = Readonly<Record<string, string>>;

/** Installs what is not there yet. Peers run no install scripts. */
export async function installPeers(folder: string, peers: Peers): Promise<void> {
  for (const [name, version] of Object.entries(peers)) {
    if (exactVersion.test(version)) continue;
    throw new Error(`the peer ${name} is given as ${version}; name one exact version, so that a run can be repeated.`);
  }
  if (await areInstalled(folder, peers)) return;
  await mkdir(folder, { recursive: true });
  // Peers that depend on each other get the versions that are named here, too.
  const overrides = Object.fromEntries(Object.keys(peers).map((name) => [name, `$${name}`]));
  const manifest = { name: 'chorale-bench-peers', private: true, type: 'module', dependencies: peers, overrides };
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  process.stderr.write(`bench: installing ${Object.keys(peers).join(', ')} in ${folder}\n`);
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const args = ['install', '--prefix', folder, '--no-package-lock', '--ignore-scripts', ...quiet];
  await run('npm', args, { cwd: folder, maxBuffer: outputBytesMax });
  if (!(await areInstalled(folder, peers))) throw new Error(`npm did not install the peers in ${folder} as named.`);
}

async function areInstalled(folder: string, peers: Peers): Promise<boolean> {
  const checks = Object.entries(peers).map(async ([name, version]) => {
    const text = await readFile(join(folder, 'node_modules', name, 'package.json'), 'utf8').catch(() => undefined);
    return text !== undefined && (JSON.parse(text) as { version?: string }).version === version;
  });
  return (await Promise.all(checks)).every(Boolean);
}

/** Imports a package as a program in that folder would. */
export async function importPeer(folder: string, specifier: string): Promise<unknown> {
  const path = createRequire(join(folder, 'package.json')).resolve(specifier);
  return (await import(pathToFileURL(path).href)) as unknown;
}
