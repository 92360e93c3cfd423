// The port through which everything that executes gets its isolation.
//
// A driver runs one command at a time in a fresh sandbox: nothing of the host is visible but what the command names,
// nothing outlives it, and what it used is reported. Its rules are numbered in adapters/sandbox/SPEC.md, and
// `describeSandboxDriver` (see ./sandbox-driver.contract.ts) holds every implementation to them.

import type { CancelSignal } from '@chorale/lib-time';

/** Who makes a limit hold: the kernel for the whole sandbox, the kernel for each process, our own sampling, or nobody. */
export type Enforcement = 'cgroup' | 'rlimit' | 'watchdog' | 'none';

/** What a driver really gives on this machine, found out when it was opened; shown by `chorale doctor`. */
export interface SandboxFacts {
  /** False only for the driver that runs commands as plain processes. */
  readonly isolated: boolean;
  /** True when a system call filter is in force. */
  readonly seccomp: boolean;
  readonly cgroups: 'v1' | 'v2' | 'hybrid' | 'none';
  readonly enforcement: Readonly<Record<'memory' | 'pids' | 'cpu' | 'disk', Enforcement>>;
  /** What an operator should know, one sentence each. */
  readonly warnings: readonly string[];
}

export interface SandboxMount {
  readonly hostPath: string;
  readonly insidePath: string;
  /** Read-only unless this says otherwise. */
  readonly writable?: boolean;
}

export interface SandboxLimits {
  /** All processes together, the private /tmp included. */
  readonly memoryBytes: number;
  /** Processor time per second of wall time; 0.5 is half a processor. */
  readonly cpus: number;
  /** Processes and threads. */
  readonly pids: number;
  readonly wallMs: number;
  /** Of each of stdout and stderr; what comes after is read and dropped. */
  readonly outputBytes: number;
  /** How much the writable directories may grow in one run, and the largest single file. */
  readonly diskBytes: number;
  /** Size of the private /tmp. */
  readonly tmpBytes: number;
}

export const sandboxLimitsDefault: SandboxLimits = {
  memoryBytes: 1024 * 1024 * 1024,
  cpus: 1,
  pids: 256,
  wallMs: 10 * 60_000,
  outputBytes: 1024 * 1024,
  diskBytes: 1024 * 1024 * 1024,
  tmpBytes: 256 * 1024 * 1024,
};

/** Where the workspace appears unless a command says otherwise. */
export const workspaceInsidePath = '/workspace';

export interface SandboxCommand {
  /** The program (a path inside, or a name looked up in PATH) and its arguments. */
  readonly argv: readonly [string, ...string[]];
  /** The whole environment but for PATH, HOME, TMPDIR and LANG, which have fixed values unless set here. */
  readonly env?: Readonly<Record<string, string>>;
  /** The host directory the command may write to. */
  readonly workspace: string;
  /** Default `/workspace`. */
  readonly workspaceInside?: string;
  /** Inside path; default the workspace. */
  readonly cwd?: string;
  readonly mounts?: readonly SandboxMount[];
  /** `none` (the default): a loopback of its own. `host`: the host's network, which needs a grant. */
  readonly network?: 'none' | 'host';
  readonly limits?: Partial<SandboxLimits>;
  /** The whole, or pieces as they come: it ends when they do, and is not read past the end of the command. */
  readonly stdin?: string | Uint8Array | AsyncIterable<Uint8Array>;
}

export interface SandboxRunOptions {
  /** Asks every process to end (SIGTERM), then ends them all when `graceMs` has passed. */
  readonly signal?: CancelSignal;
  /** Default 2,000. Also used when the wall time is over. */
  readonly graceMs?: number;
  /** Called with output as it comes, until the output limit. */
  readonly onStdout?: (chunk: Uint8Array) => void;
  readonly onStderr?: (chunk: Uint8Array) => void;
}

export type SandboxLimitName = 'memory' | 'pids' | 'wall' | 'output' | 'disk';

export interface SandboxUsage {
  readonly wallMs: number;
  /** Unknown when a run was too short for sampling and there are no cgroups. */
  readonly cpuMs?: number;
  readonly memoryBytesMax?: number;
}

export interface SandboxResult {
  /** As a shell reports it: 128 + n when signal n ended the command; 127 when there is no such program. Null when it never ran. */
  readonly exitCode: number | null;
  /** The signal's name when `exitCode` says one ended it. */
  readonly signal: string | null;
  /** UTF-8; what is not is replaced. Binary results belong in files. */
  readonly stdout: string;
  readonly stderr: string;
  /** True when output passed its limit. */
  readonly truncated: boolean;
  readonly timedOut: boolean;
  readonly cancelled: boolean;
  readonly oomKilled: boolean;
  /** Every limit that was met, also those the command survived. */
  readonly limitsHit: readonly SandboxLimitName[];
  readonly usage: SandboxUsage;
}

export interface SandboxDriver {
  readonly name: string;
  readonly facts: SandboxFacts;
  /**
   * Runs one command to its end. Resolves only when no process of it is left, whatever the command did; a command that
   * fails, is cancelled or meets a limit is a result, not an error.
   *
   * Throws refused `sandbox-command-invalid` for a command that breaks the port's rules (a path that may not be mounted,
   * a missing workspace) and broken `sandbox-start-failed` when the sandbox itself could not be made.
   */
  run(command: SandboxCommand, options?: SandboxRunOptions): Promise<SandboxResult>;
  /** Ends what still runs and removes what the driver keeps on disk. */
  close(): Promise<void>;
}

export type SandboxErrorCode =
  | 'sandbox-unavailable'
  | 'sandbox-command-invalid'
  | 'sandbox-start-failed'
  | 'sandbox-processes-survived'
  | 'sandbox-closed';
