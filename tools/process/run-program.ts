// Programs started by the tools: shown to the person, or collected for the tool to read.

import { spawn, type SpawnOptions } from 'node:child_process';

export interface ProgramResult {
  /** The exit code; 127 when the program could not be started, 128 when a signal ended it. */
  readonly code: number;
  /** Standard output and standard error together, as they came. Empty when they were shown. */
  readonly output: string;
}

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly uid?: number;
  readonly gid?: number;
}

/** Runs a program with this terminal as its own. */
export function showProgram(command: string, args: readonly string[], options?: ProgramOptions): Promise<number> {
  return run(command, args, { ...spawnOptions(options), stdio: 'inherit' }).then(({ code }) => code);
}

/** Runs a program that cannot ask questions (no input) and gives back what it wrote. */
export function collectProgram(
  command: string,
  args: readonly string[],
  options?: ProgramOptions,
): Promise<ProgramResult> {
  return run(command, args, { ...spawnOptions(options), stdio: ['ignore', 'pipe', 'pipe'] });
}

function spawnOptions(options: ProgramOptions = {}): SpawnOptions {
  return { ...options, env: { ...process.env, ...options.env } };
}

function run(command: string, args: readonly string[], options: SpawnOptions): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, options);
    let output = '';
    const keep = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('error', (error) => resolve({ code: 127, output: `${command}: ${error.message}` }));
    child.on('close', (code, signal) => resolve({ code: code ?? (signal === null ? 1 : 128), output }));
  });
}
