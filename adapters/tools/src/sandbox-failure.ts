// Why a sandboxed command did not do its work, as an error whose family says whether to try again.

import { refused, temporary } from '@chorale/lib-errors';
import type { SandboxResult } from '@chorale/module-agents';

const tailLength = 2_000;

const tail = (text: string): string => (text.length <= tailLength ? text : `…${text.slice(-tailLength)}`);

const dataOf = (result: SandboxResult): Readonly<Record<string, unknown>> => ({
  exitCode: result.exitCode,
  signal: result.signal,
  limitsHit: result.limitsHit,
  stderr: tail(result.stderr),
});

export function throwIfCancelled(result: SandboxResult, what: string): void {
  if (result.cancelled) throw temporary('command-cancelled', `${what} was cancelled.`, { data: dataOf(result) });
}

/** Throws unless the command ended with 0. `what` begins the sentence: "The script scripts/a.mjs". */
export function requireSuccess(result: SandboxResult, what: string): void {
  const data = dataOf(result);
  throwIfCancelled(result, what);
  if (result.timedOut) {
    throw temporary('command-timed-out', `${what} did not end within its time.`, {
      action: 'Give it more time or less to do.',
      data,
    });
  }
  if (result.exitCode === 0) return;
  const limits = result.limitsHit.filter((name) => name !== 'output');
  if (limits.length > 0) {
    const met = limits.join(' and ');
    throw refused(
      'command-limit-met',
      `${what} ended with ${String(result.exitCode)} after it met its limit of ${met}.`,
      {
        action: 'Raise the limit or give it less to do.',
        data,
      },
    );
  }
  const said = tail(result.stderr.trim() || result.stdout.trim());
  const end = result.signal ?? String(result.exitCode);
  throw refused('command-failed', `${what} ended with ${end}${said === '' ? '' : `: ${said}`}`, { data });
}
