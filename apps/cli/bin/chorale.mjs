#!/usr/bin/env node
// Starts the command with the Node that the project brings along, whatever the machine has. Plain JavaScript, because an
// old Node must be able to read it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const app = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const root = resolve(app, '..', '..');
const oldestMajor = 24;

const brought = join(root, 'node_modules', 'node', 'bin', 'node');
const node = existsSync(brought) ? brought : process.execPath;
if (node === process.execPath && Number(process.versions.node.split('.')[0]) < oldestMajor) {
  process.stderr.write(
    `chorale needs Node ${oldestMajor}, found ${process.version}. Run \`npm install\` in ${root}: it brings one.\n`,
  );
  process.exit(2);
}

// A checkout runs its sources; an installation holds only what was built from them.
const source = join(app, 'src', 'main.ts');
const program = existsSync(source) ? ['--conditions=chorale-source', source] : [join(app, 'dist', 'main.js')];
// Keeps what Node made of the sources: measured, 0.30 s of CPU a call without it, 0.12 s with it. In a folder of this
// installation, not in a shared one, where others could put code of theirs.
const env = { NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'chorale'), ...process.env };
const child = spawn(node, [...program, ...process.argv.slice(2)], { stdio: 'inherit', env });
// The terminal sends Ctrl-C to both; this one only waits for the other's answer to it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => signal === 'SIGINT' || child.kill(signal));
child.on('error', (error) => {
  process.stderr.write(`chorale could not start ${node}: ${error.message}\n`);
  process.exitCode = 2;
});
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
});
