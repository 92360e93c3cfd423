// One run from launch to result, the same for every driver: a driver only says how its sandbox is launched.
//
// Order matters: group first, then the launcher, then the process into the group, then the gate opens (rule C1);
// at the end everything is killed and seen gone before the result is given (rule SB30).

import { constants } from 'node:os';
import type { ChildProcess } from 'node:child_process';
import { Readable, type Writable } from 'node:stream';
import type {
  SandboxCommand,
  SandboxLimitName,
  SandboxLimits,
  SandboxResult,
  SandboxRunOptions,
  SandboxUsage,
} from '@chorale/module-agents';
import { broken, type ChoraleError } from '@chorale/lib-errors';
import type { Cgroup, CgroupManager, CgroupUsage } from './cgroup.ts';
import { watchDisk } from './disk-watch.ts';
import { collectOutput, type CollectedOutput } from './output-collector.ts';
import { listProcessTree } from './process-tree.ts';
import { watchProcesses } from './process-watch.ts';
import { launchSandbox, type LaunchedSandbox, type LaunchPlan } from './sandbox-launch.ts';
import { createStopper, type SandboxStopper } from './stop-sandbox.ts';

export interface SupervisedRun {
  readonly plan: LaunchPlan;
  readonly limits: SandboxLimits;
  readonly cgroups: CgroupManager;
  readonly writableDirectories: readonly string[];
  readonly stdin: SandboxCommand['stdin'];
  readonly options: SandboxRunOptions;
}

const graceMsDefault = 2_000;

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

interface Outputs {
  readonly stdout: CollectedOutput;
  readonly stderr: CollectedOutput;
  readonly exit: Promise<Exit>;
  readonly closed: Promise<void>;
}

function feed(child: ChildProcess, stdin: Writable, given: SandboxCommand['stdin']): void {
  if (given === undefined || typeof given === 'string' || given instanceof Uint8Array) {
    stdin.end(given ?? '');
    return;
  }
  const pieces = Readable.from(given, { objectMode: false });
  pieces.on('error', () => stdin.end());
  child.once('exit', () => pieces.destroy());
  pieces.pipe(stdin);
}

function attach(child: ChildProcess, run: SupervisedRun): Outputs {
  const { outputBytes } = run.limits;
  const stdin = child.stdin as Writable;
  stdin.on('error', () => undefined);
  feed(child, stdin, run.stdin);
  return {
    stdout: collectOutput(child.stdout as Readable, outputBytes, run.options.onStdout),
    stderr: collectOutput(child.stderr as Readable, outputBytes, run.options.onStderr),
    exit: new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        resolve({ code, signal });
      });
      child.once('error', () => {
        resolve({ code: 127, signal: null });
      });
    }),
    closed: new Promise((resolve) => {
      child.once('close', () => {
        resolve();
      });
    }),
  };
}

const startFailed = (detail: string, cause?: unknown): ChoraleError =>
  broken('sandbox-start-failed', `the sandbox could not be set up: ${detail}`, {
    action: 'run `chorale doctor`, which tries each part of the sandbox by itself',
    ...(cause === undefined ? {} : { cause }),
  });

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export async function superviseSandbox(run: SupervisedRun): Promise<SandboxResult> {
  const startMs = performance.now();
  if (run.options.signal?.aborted === true) return resultOfNoRun();
  let group: Cgroup;
  try {
    group = await run.cgroups.create(run.limits);
  } catch (error) {
    throw startFailed(`its cgroup was refused (${textOf(error)})`, error);
  }
  try {
    return await runInGroup(run, group, startMs);
  } finally {
    await group.remove();
  }
}

async function runInGroup(run: SupervisedRun, group: Cgroup, startMs: number): Promise<SandboxResult> {
  let outputs: Outputs | undefined;
  let launched: LaunchedSandbox;
  try {
    launched = await launchSandbox(run.plan, (child) => {
      outputs = attach(child, run);
    });
  } catch (error) {
    if (outputs !== undefined) await outputs.exit;
    throw startFailed(outputs?.stderr.text().trim() || textOf(error), error);
  }
  const attached = outputs as unknown as Outputs;
  const stopper = createStopper(launched, group, {
    graceMs: run.options.graceMs ?? graceMsDefault,
    hasInit: run.plan.hasInit,
  });
  try {
    // More than one where the launcher had to start the command's first program before it could announce itself.
    for (const pid of listProcessTree(launched.rootPid)) await group.add(pid);
  } catch (error) {
    stopper.kill('cancelled');
    await attached.exit;
    await stopper.finish();
    throw startFailed(attached.stderr.text().trim() || `its cgroup did not take it (${textOf(error)})`, error);
  }
  const seen = await watchRun({ run, launched, stopper, exit: attached.exit });
  await attached.closed;
  if (!launched.hasStarted() && stopper.reason() === undefined && group.usage().oomKills === 0) {
    throw startFailed(attached.stderr.text().trim() || 'it ended before the command was reached');
  }
  return makeResult({ seen, outputs: attached, usage: group.usage(), stopper, wallMs: performance.now() - startMs });
}

interface Seen {
  readonly exit: Exit;
  readonly sampled: { readonly cpuMs?: number; readonly memoryBytesMax?: number };
}

/** From the opening of the gate to the moment no process is left. */
async function watchRun(parts: {
  readonly run: SupervisedRun;
  readonly launched: LaunchedSandbox;
  readonly stopper: SandboxStopper;
  readonly exit: Promise<Exit>;
}): Promise<Seen> {
  const { run, launched, stopper } = parts;
  const { limits, cgroups, options } = run;
  const cancel = (): void => stopper.ask('cancelled');
  const has = (name: 'memory' | 'pids'): boolean => cgroups.controllers.has(name);
  const disk = await watchDisk(run.writableDirectories, limits.diskBytes, () => stopper.kill('disk'));
  const processes =
    cgroups.version === 'none' || !has('memory') || !has('pids')
      ? watchProcesses(
          launched.rootPid,
          { memoryBytes: has('memory') ? undefined : limits.memoryBytes, pids: has('pids') ? undefined : limits.pids },
          (limit) => stopper.kill(limit),
        )
      : undefined;
  const wallTimer = setTimeout(() => stopper.ask('wall'), limits.wallMs);
  options.signal?.addEventListener('abort', cancel);
  if (options.signal?.aborted === true) cancel();
  launched.release();
  const exit = await parts.exit;
  clearTimeout(wallTimer);
  options.signal?.removeEventListener('abort', cancel);
  const sampled = processes?.stop() ?? {};
  await stopper.finish();
  if (await disk.finish()) stopper.kill('disk');
  return { exit, sampled };
}

const signalNames = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

function makeResult(parts: {
  readonly seen: Seen;
  readonly outputs: Outputs;
  readonly usage: CgroupUsage;
  readonly stopper: SandboxStopper;
  readonly wallMs: number;
}): SandboxResult {
  const { seen, outputs, stopper } = parts;
  const reason = stopper.reason();
  const exitCode = seen.exit.signal === null ? (seen.exit.code ?? 1) : 128 + constants.signals[seen.exit.signal];
  const signal = exitCode > 128 ? (signalNames.get(exitCode - 128) ?? null) : null;
  const truncated = outputs.stdout.truncated() || outputs.stderr.truncated();
  const oomKilled = parts.usage.oomKills > 0 || reason === 'memory';
  const hit: Readonly<Record<SandboxLimitName, boolean>> = {
    memory: oomKilled,
    pids: parts.usage.pidsRefused > 0 || reason === 'pids',
    wall: reason === 'wall',
    output: truncated,
    disk: reason === 'disk' || signal === 'SIGXFSZ',
  };
  const cpuMs = parts.usage.cpuMs ?? seen.sampled.cpuMs;
  const memoryBytesMax = parts.usage.memoryBytesMax ?? seen.sampled.memoryBytesMax;
  const usage: SandboxUsage = {
    wallMs: parts.wallMs,
    ...(cpuMs === undefined ? {} : { cpuMs }),
    ...(memoryBytesMax === undefined ? {} : { memoryBytesMax }),
  };
  return {
    exitCode,
    signal,
    stdout: outputs.stdout.text(),
    stderr: outputs.stderr.text(),
    truncated,
    timedOut: hit.wall,
    cancelled: reason === 'cancelled',
    oomKilled,
    limitsHit: (Object.keys(hit) as SandboxLimitName[]).filter((name) => hit[name]),
    usage,
  };
}

function resultOfNoRun(): SandboxResult {
  return {
    exitCode: null,
    signal: null,
    stdout: '',
    stderr: '',
    truncated: false,
    timedOut: false,
    cancelled: true,
    oomKilled: false,
    limitsHit: [],
    usage: { wallMs: 0 },
  };
}
