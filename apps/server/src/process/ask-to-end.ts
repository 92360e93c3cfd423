// How the process is asked to end: by a signal, or by the end of those that started it.

import cluster from 'node:cluster';
import { readFileSync } from 'node:fs';
import { identifyProcess, isRunning, type ProcessIdentity } from '../platform/process-identity.ts';

export interface EndRequests {
  /** Resolves with the reason at the first request. */
  readonly asked: Promise<string>;
  /** Resolves at the second: whoever asks twice will not wait. */
  readonly urged: Promise<void>;
  ask(reason: string): void;
}

const starterPollMs = 500;

/**
 * `starters` are processes that only exist to have started this one. When one of them is killed, its own signal handlers
 * do not run and nobody tells us: without this look, a killed `npm start` would leave its server behind.
 */
export function watchForEnd(starters: readonly number[]): EndRequests {
  let resolveAsked: (reason: string) => void = () => {};
  let resolveUrged: () => void = () => {};
  let requests = 0;
  const asked = new Promise<string>((resolve) => (resolveAsked = resolve));
  const urged = new Promise<void>((resolve) => (resolveUrged = resolve));
  const ask = (reason: string) => {
    requests += 1;
    if (requests === 1) resolveAsked(reason);
    else resolveUrged();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // Under nohup the end of the terminal is to be ignored; a listener would undo that.
    if (signal !== 'SIGHUP' || !isHangupIgnored()) process.on(signal, () => ask(signal));
  }
  // Of several processes: a key press has reached this one already, and must not count twice.
  if (cluster.isWorker)
    process.on('message', (said) => {
      if (said === 'urge') resolveUrged();
      else if (said === 'end' && requests === 0) ask('the processes of this server are to end');
    });
  const identities = starters.flatMap((pid) => identifyProcess(pid) ?? []);
  if (starters.length > 0) watchStarters(identities, { missing: identities.length < starters.length, ask });
  return { asked, urged, ask };
}

function isHangupIgnored(): boolean {
  try {
    const [, ignored = '0'] = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    return (BigInt(`0x${ignored}`) & 1n) === 1n;
  } catch {
    return false;
  }
}

function watchStarters(
  starters: readonly ProcessIdentity[],
  { missing, ask }: { readonly missing: boolean; readonly ask: (reason: string) => void },
): void {
  const timer = setInterval(() => {
    if (!missing && starters.every(isRunning)) return;
    clearInterval(timer);
    ask('the process that started this one is gone');
  }, starterPollMs);
  timer.unref();
}
