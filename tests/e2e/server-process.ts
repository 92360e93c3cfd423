// A server process as a person starts it, and what is left on the machine when it is gone.

import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const main = join('apps', 'server', 'src', 'main.ts');

export interface ServerOptions {
  readonly dataDir: string;
  readonly cwd: string;
  readonly args: readonly string[];
  readonly env?: { readonly [name: string]: string };
  /** Default: a port that is free. */
  readonly listen?: string;
  /** Through `npm start`, with all its processes, instead of the server's own program. */
  readonly npmStart?: boolean;
  /** Of another version: the root of its tree. Default: this one's. */
  readonly tree?: string;
}

export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #dataDir: string;
  readonly #waiting = new Set<() => void>();
  /** Everything it wrote so far. */
  output = '';
  /** Set when it has ended: the exit code, or -1 when a signal ended it. */
  code: number | undefined;

  constructor({ dataDir, cwd, args, env = {}, listen = '127.0.0.1:0', npmStart = false, tree = root }: ServerOptions) {
    this.#dataDir = dataDir;
    const flags = [...args, '--data-dir', dataDir, '--listen', listen, '--log-format', 'text'];
    const [program, ...programArgs] = npmStart
      ? ['npm', 'start', '--prefix', root, '--', ...flags]
      : [process.execPath, '--conditions=chorale-source', join(tree, main), ...flags];
    // A process group of its own, so that a kill takes all of it at once, as closing a terminal or a container does.
    this.#child = spawn(program, programArgs, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const onOutput = (chunk: Buffer) => {
      this.output += chunk.toString();
      this.#tell();
    };
    this.#child.stdout?.on('data', onOutput);
    this.#child.stderr?.on('data', onOutput);
    this.#child.on('close', (code) => {
      this.code = code ?? -1;
      this.#tell();
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Under which programs of this machine ask as its owner; there once it serves. */
  get key(): string {
    return readFileSync(join(this.#dataDir, 'access', 'local-key'), 'utf8').trim();
  }

  /** The first match in what it writes; fails when it ends, or says nothing like it in time. */
  async waitFor(pattern: RegExp, timeoutMs = 60_000): Promise<RegExpExecArray> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const found = pattern.exec(this.output);
      if (found !== null) return found;
      if (this.code !== undefined)
        throw new Error(`the server ended (${this.code}) and never said ${pattern}:\n${this.output}`);
      if (Date.now() > deadline) throw new Error(`the server did not say ${pattern} in time:\n${this.output}`);
      await this.#change(deadline);
    }
  }

  async waitForEnd(timeoutMs = 120_000): Promise<number> {
    const deadline = Date.now() + timeoutMs;
    while (this.code === undefined) {
      if (Date.now() > deadline) throw new Error(`the server did not end in time:\n${this.output}`);
      await this.#change(deadline);
    }
    return this.code;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  async kill(): Promise<void> {
    if (this.code === undefined) process.kill(-this.pid, 'SIGKILL');
    await this.waitForEnd();
  }

  #tell(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  #change(deadline: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(1, deadline - Date.now()));
      this.#waiting.add(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

/**
 * Processes that have to do with a folder: that name it in their command line, or see a part of it in their own view of
 * the file system, as everything in a sandbox does.
 */
export function findProcessesOf(folder: string): readonly string[] {
  const mine = readMounts('self').filter((line) => line.includes(folder));
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      const command = readText(join('/proc', pid, 'cmdline'))
        .replaceAll('\0', ' ')
        .trim();
      // A zombie has no command line and runs no more.
      if (command === '') return [];
      const mounted = readMounts(pid).filter((line) => line.includes(folder));
      return command.includes(folder) || mounted.length > mine.length ? [`${pid}: ${command.slice(0, 200)}`] : [];
    });
}

/** Waits until nothing is left, and gives what is left when that takes too long. */
export async function findOrphans(folder: string, withinMs = 5_000): Promise<readonly string[]> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = findProcessesOf(folder);
    if (found.length === 0 || Date.now() > deadline) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function readMounts(pid: string): readonly string[] {
  return readText(join('/proc', pid, 'mountinfo')).split('\n');
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
