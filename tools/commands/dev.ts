// npm run dev [-- arguments of the server]: the server, started again at every change of its sources, and Vite's server
// for the page, which passes /v1 on to it. Ends when either ends.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from '../process/root.ts';

const serverArguments = process.argv.length > 2 ? process.argv.slice(2) : ['serve'];
const main = join(root, 'apps', 'server', 'src', 'main.ts');
const children: readonly ChildProcess[] = [
  spawn('node', ['--watch', '--conditions=chorale-source', main, ...serverArguments], { stdio: 'inherit' }),
  spawn('npm', ['run', 'dev', '--workspace=apps/web'], { stdio: 'inherit', cwd: root }),
];

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stopAll);
await Promise.race(children.map((child) => once(child, 'exit')));
stopAll();

function stopAll(): void {
  for (const child of children) child.kill();
}
