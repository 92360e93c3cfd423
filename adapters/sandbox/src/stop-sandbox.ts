// Ends a sandbox: asks first where there is a grace period, then ends every process, and waits until none is left.

import { setTimeout as delay } from 'node:timers/promises';
import { broken } from '@chorale/lib-errors';
import type { Cgroup } from './cgroup.ts';
import { isGone, listProcessTree, signalQuietly } from './process-tree.ts';
import type { LaunchedSandbox } from './sandbox-launch.ts';

export type StopReason = 'wall' | 'cancelled' | 'memory' | 'pids' | 'disk';

export interface SandboxStopper {
  /** SIGTERM now, SIGKILL after the grace period. The first reason counts. */
  ask(reason: StopReason): void;
  /** SIGKILL now. */
  kill(reason: StopReason): void;
  /** Resolves when no process of the sandbox is left. Called once its launcher has exited. */
  finish(): Promise<void>;
  reason(): StopReason | undefined;
}

const goneWithinMsMax = 15_000;
const lookAgainMs = 2;

export function createStopper(
  launched: LaunchedSandbox,
  group: Cgroup,
  options: { readonly graceMs: number; readonly hasInit: boolean },
): SandboxStopper {
  let reason: StopReason | undefined;
  let graceTimer: NodeJS.Timeout | undefined;
  const { child, rootPid, rootStartTicks } = launched;
  const rootIsGone = (): boolean => isGone(rootPid, rootStartTicks);

  const killEverything = (): void => {
    // The launcher first: one that sees its child killed ends by itself, as if with an error of its own (unshare: code 1).
    child.kill('SIGKILL');
    // The kernel ends all members of a pid namespace with its init, and the init dies with its launcher.
    if (!rootIsGone()) signalQuietly(rootPid, 'SIGKILL');
    if (!options.hasInit && child.pid !== undefined) signalQuietly(-child.pid, 'SIGKILL');
    group.killAll();
  };
  return {
    ask: (why) => {
      if (reason !== undefined) return;
      reason = why;
      if (!rootIsGone()) {
        for (const pid of listProcessTree(rootPid)) {
          if (pid !== rootPid || !options.hasInit) signalQuietly(pid, 'SIGTERM');
        }
      }
      graceTimer = setTimeout(killEverything, options.graceMs);
    },
    kill: (why) => {
      reason ??= why;
      killEverything();
    },
    finish: async () => {
      clearTimeout(graceTimer);
      const giveUpMs = Date.now() + goneWithinMsMax;
      killEverything();
      while (!rootIsGone() || group.pids().length > 0) {
        if (Date.now() > giveUpMs) {
          throw broken(
            'sandbox-processes-survived',
            `processes ${group.pids().join(', ')} of sandbox ${rootPid} do not end on SIGKILL`,
            {
              action:
                'look at them with ps -o pid,stat,wchan: they wait inside the kernel, mostly for a file system that does not answer',
            },
          );
        }
        await delay(lookAgainMs);
        killEverything();
      }
    },
    reason: () => reason,
  };
}
