// Starts a sandbox and holds it at its gate until it has been put under its limits.
//
// What every driver's launcher does with the descriptors it is given:
//   3  writes {"child-pid": n}: the host pid of the process from which all others of the sandbox descend
//   4  waits for one byte before it executes anything of the command's
//   5  writes one byte when everything is set up and the command is next, then closes it
//   6… reads its inputs (arguments, filter, environment) to their end

import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { broken } from '@chorale/lib-errors';
import { withMaskedDescriptors } from './inherited-descriptors.ts';
import { readProcessStat } from './process-tree.ts';

export const infoDescriptor = 3;
export const gateDescriptor = 4;
export const startedDescriptor = 5;
export const inputDescriptorFirst = 6;

export interface LaunchPlan {
  readonly file: string;
  readonly argv: readonly string[];
  /** What descriptors 6, 7, ... deliver. */
  readonly inputs: readonly Uint8Array[];
  /** True when the announced process is the sandbox's own init, which signals for the command must spare. */
  readonly hasInit: boolean;
  /** Where the launcher itself starts; only matters where paths are not changed. */
  readonly cwd?: string;
}

export interface LaunchedSandbox {
  readonly child: ChildProcess;
  readonly rootPid: number;
  readonly rootStartTicks: number;
  /** Lets the command run. */
  release(): void;
  /** True once the set-up is over and the command was next. */
  hasStarted(): boolean;
}

/** Last in every launcher: says that all is ready, then becomes the command; a missing program gives 127. */
export function startScript(processesMax?: number): string {
  const limit = processesMax === undefined ? '' : `/usr/bin/prlimit --nproc=${processesMax} -- `;
  return `echo >&${startedDescriptor}; exec ${startedDescriptor}>&-; exec ${limit}"$@"`;
}

const outputOf = (child: ChildProcess, descriptor: number): Readable => child.stdio[descriptor] as Readable;
const inputOf = (child: ChildProcess, descriptor: number): Writable => child.stdio[descriptor] as Writable;

function feed(stream: Writable, bytes: Uint8Array): void {
  // The launcher may die before it has read everything; its exit tells.
  stream.on('error', () => undefined);
  stream.end(bytes);
}

function readRootPid(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = '';
    const fail = (error: unknown): void => {
      reject(error instanceof Error ? error : new Error('the launcher ended before the sandbox was made'));
    };
    child.once('error', fail);
    outputOf(child, infoDescriptor)
      .on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1');
        const match = /"child-pid": *(\d+)[^\d]/.exec(text);
        if (match !== null) resolve(Number(match[1]));
      })
      .on('end', fail)
      .on('error', fail);
  });
}

/** `onSpawn` is called before anything can be written, so that no output is missed. */
export async function launchSandbox(
  plan: LaunchPlan,
  onSpawn: (child: ChildProcess) => void,
): Promise<LaunchedSandbox> {
  const pipes = ['pipe', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe', ...plan.inputs.map(() => 'pipe' as const)] as const;
  const child = withMaskedDescriptors(pipes, (stdio) =>
    spawn(plan.file, plan.argv, {
      // The launcher is process 1 inside, and what it was started with can be read there.
      env: {},
      stdio,
      // A session of its own: no terminal to type into, and the terminal's Ctrl-C does not reach it past us.
      detached: true,
      ...(plan.cwd === undefined ? {} : { cwd: plan.cwd }),
    }),
  );
  onSpawn(child);
  let started = false;
  const rootPidRead = readRootPid(child);
  if (child.pid !== undefined) {
    plan.inputs.forEach((bytes, index) => feed(inputOf(child, inputDescriptorFirst + index), bytes));
    outputOf(child, startedDescriptor)
      .on('data', () => (started = true))
      .on('error', () => undefined);
    inputOf(child, gateDescriptor).on('error', () => undefined);
  }
  const rootPid = await rootPidRead;
  const stat = readProcessStat(rootPid);
  if (stat === undefined)
    throw broken('sandbox-start-failed', `the sandbox's process ${rootPid} ended before it was set up`);
  return {
    child,
    rootPid,
    rootStartTicks: stat.startTicks,
    release: () => {
      inputOf(child, gateDescriptor).end('\n');
    },
    hasStarted: () => started,
  };
}
