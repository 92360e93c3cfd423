// Starts a program that serves until it is ended, in a process group of its own: nothing of it is left behind.

import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface StartedProgram {
  readonly processId: number;
  /** What it said when it was ready. */
  readonly said: RegExpExecArray;
  end(): Promise<void>;
}

export interface ProgramOptions {
  readonly args: readonly string[];
  readonly cwd: string;
  /** What it says when it serves. */
  readonly ready: RegExp;
  readonly env?: Readonly<Record<string, string>>;
}

const startMsMax = 60_000;
const complaintsMax = 8_000;

export async function startProgram({ args, cwd, ready, env = {} }: ProgramOptions): Promise<StartedProgram> {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, ...env },
    // Some serve until their input ends.
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const processId = child.pid;
  if (processId === undefined) throw new Error(`${args.join(' ')} could not be started.`);
  const exited = once(child, 'exit');
  const end = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-processId, 'SIGKILL');
    await exited;
  };
  let output = '';
  const said = new Promise<RegExpExecArray>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${args[0]} did not say ${ready} in time:\n${output}`)), startMsMax);
    void exited.then(() => reject(new Error(`${args[0]} ended and never said ${ready}:\n${output}`)));
    const onOutput = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-complaintsMax);
      const found = ready.exec(output);
      if (found === null) return;
      clearTimeout(late);
      resolve(found);
    };
    child.stdout.on('data', onOutput);
    child.stderr.on('data', onOutput);
  });
  try {
    return { processId, said: await said, end };
  } catch (error) {
    await end();
    throw error;
  }
}
