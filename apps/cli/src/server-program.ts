// Starts programs of the server app. The command knows them by where they are, not by import: it works with a server
// anywhere, and only what runs here needs the app.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from './usage-error.ts';

const apps = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The arguments for Node that run `name` of the server app: its source in a checkout, else what was built from it. */
function findServerProgram(name: string): readonly string[] {
  const source = join(apps, 'server', 'src', `${name}.ts`);
  if (existsSync(source)) return ['--conditions=chorale-source', source];
  const built = join(apps, 'server', 'dist', `${name}.js`);
  if (existsSync(built)) return [built];
  throw new UsageError(
    `this installation of the command holds no server (looked for ${source}); use --server to name one`,
  );
}

/** Runs it in this terminal until it ends, and passes on the signals that ask it to. */
export async function runServerProgram(name: string, args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [...findServerProgram(name), ...args], { stdio: 'inherit' });
  // Ctrl-C reaches the child from the terminal; a second signal would cut its farewell short.
  const stop = (): void => void child.kill('SIGTERM');
  process.on('SIGTERM', stop);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, killedBy) => {
      process.off('SIGTERM', stop);
      resolve(code ?? (killedBy === 'SIGINT' ? 130 : 143));
    });
  });
}

/** Runs it to its end with `input`, and gives what it printed as JSON. */
export async function askServerProgram<T>(name: string, args: readonly string[], input: string): Promise<T> {
  const child = spawn(process.execPath, [...findServerProgram(name), ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(input);
  child.stdout.setEncoding('utf8');
  let printed = '';
  child.stdout.on('data', (text: string) => {
    printed += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`${name} of the server app ended with ${code}`);
  return JSON.parse(printed) as T;
}
