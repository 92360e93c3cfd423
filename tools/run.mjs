// Every npm script enters here: node tools/run.mjs <command> [arguments]
//
// This file and tools/install/ are plain JavaScript, because on a fresh clone they run on whatever Node the machine
// has (20 or newer) with nothing installed. They install what package-lock.json names, then hand over to the pinned
// Node 24, which runs the command's TypeScript as it stands.

import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serverEnvironment, serverFlags } from './built-server.mjs';
import { installDependencies } from './install/install-dependencies.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [command = '', ...commandArguments] = process.argv.slice(2);
const file = join(root, 'tools', 'commands', `${command}.ts`);

if (!/^[a-z][a-z-]*$/.test(command) || !existsSync(file)) {
  const known = readdirSync(join(root, 'tools', 'commands'))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => name.slice(0, -'.ts'.length));
  console.error(`chorale: there is no command '${command}'. Commands: ${known.join(', ')}.`);
  process.exit(2);
}

try {
  await installDependencies(root);
} catch (error) {
  console.error(`chorale: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}

const bin = join(root, 'node_modules', '.bin');
// The server runs as it was built, if it was; everything else from sources.
const flags = command === 'start' ? serverFlags(root) : ['--conditions=chorale-source'];
const child = spawn(join(bin, 'node'), [...flags, file, ...commandArguments], {
  stdio: 'inherit',
  env: { ...(command === 'start' ? serverEnvironment : {}), ...process.env, PATH: `${bin}:${process.env.PATH ?? ''}` },
});

// A terminal's Ctrl-C reaches the child by itself (same process group); this process only has to outlive it, so that
// the shell gets its prompt back when the work has really ended. A signal sent to this process alone is passed on.
process.on('SIGINT', () => {});
for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));

child.on('error', (error) => {
  console.error(`chorale: cannot start ${join(bin, 'node')}: ${error.message}. Remove node_modules and try again.`);
  process.exit(1);
});
child.on('exit', (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)));
