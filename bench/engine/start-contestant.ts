// Starts a contestant's program and speaks to it. Each runs in a process group of its own, with the servers that it
// starts, so that nothing of it is left when it is closed or when it dies.

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { AnswerMessage, CallName, Calls, CallMessage } from './contestant.ts';

const closeWithinMs = 20_000;
const complaintsMax = 8_000;

export interface StartedContestant {
  readonly processId: number;
  call<Name extends CallName>(name: Name, argument: Calls[Name]['argument']): Promise<Calls[Name]['result']>;
  /** Ends it whatever state it is in. */
  end(): Promise<void>;
}

export function startContestant(program: string): StartedContestant {
  const child = fork(program, [], {
    execArgv: ['--conditions=chorale-source'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  });
  let complaints = '';
  const keep = (chunk: Buffer): void => {
    complaints = (complaints + chunk.toString()).slice(-complaintsMax);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  if (child.pid === undefined) throw new Error(`${program} could not be started.`);
  return {
    processId: child.pid,
    call: async (call, argument) => {
      const answer = await ask(child, { call, argument }, () => complaints);
      if ('error' in answer) throw new Error(`${program}: ${call} failed: ${answer.error}\n${complaints}`.trim());
      return answer.result as never;
    },
    end: () => end(child),
  };
}

function ask(child: ChildProcess, message: CallMessage, complaints: () => string): Promise<AnswerMessage> {
  return new Promise((resolve) => {
    const onMessage = (answer: AnswerMessage): void => {
      child.off('exit', onExit);
      resolve(answer);
    };
    const onExit = (code: number | null, signal: string | null): void => {
      child.off('message', onMessage);
      resolve({ error: `the program ended (${signal ?? `exit code ${code}`}).\n${complaints()}` });
    };
    child.once('message', onMessage);
    child.once('exit', onExit);
    child.send(message);
  });
}

async function end(child: ChildProcess): Promise<void> {
  const gone = child.exitCode !== null || child.signalCode !== null;
  const ended = gone ? Promise.resolve() : once(child, 'exit');
  if (child.connected) child.disconnect();
  const forced = setTimeout(() => killGroup(child), closeWithinMs);
  await ended;
  clearTimeout(forced);
  killGroup(child);
}

function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group is empty: everything in it has ended.
  }
}
