// No isolation at all: for machines that can have none, and only on an explicit wish. Commands run as plain processes
// of the user, with limits and clean-up as far as these go without namespaces.

import type { SandboxDriver } from '@chorale/module-agents';
import { randomUUID } from 'node:crypto';
import type { CgroupManager } from './cgroup.ts';
import { markerName, withMarkedProcesses } from './marked-processes.ts';
import { createOpenRuns } from './open-runs.ts';
import { prepareCommand, type PreparedCommand } from './prepare-command.ts';
import { processLimitArguments } from './process-limits.ts';
import { describeEnforcement } from './sandbox-facts.ts';
import { gateDescriptor, infoDescriptor, startScript } from './sandbox-launch.ts';
import { superviseSandbox } from './supervise-sandbox.ts';

const script = [
  `echo "{\\"child-pid\\": $$}" >&${infoDescriptor}`,
  `exec ${infoDescriptor}>&-`,
  `read -r go <&${gateDescriptor}`,
  `exec ${gateDescriptor}<&-`,
  startScript(),
].join('; ');

/** An argument or a variable that is an inside path, or lies in one, becomes the host path it stands for. */
function toHostPath(command: Pick<PreparedCommand, 'mounts'>, text: string): string {
  for (const mount of command.mounts) {
    if (text === mount.insidePath) return mount.hostPath;
    if (text.startsWith(`${mount.insidePath}/`)) return mount.hostPath + text.slice(mount.insidePath.length);
  }
  return text;
}

const warning =
  'commands run WITHOUT a sandbox: they can read, change and send whatever this user can; install bubblewrap and drop the flag';

/** `warn` is called now, so that the choice is seen at each start. */
export function openUnconfinedDriver(cgroups: CgroupManager, warn: (message: string) => void): SandboxDriver {
  const runs = createOpenRuns('unconfined');
  const enforcement = describeEnforcement(cgroups);
  warn(warning);
  return {
    name: 'unconfined',
    facts: {
      isolated: false,
      seccomp: false,
      cgroups: cgroups.version,
      enforcement: { ...enforcement, pids: enforcement.pids === 'cgroup' ? 'cgroup' : 'watchdog' },
      warnings: [warning, ...cgroups.warnings],
    },
    run: (command, options = {}) =>
      runs.track(options, (tracked) => {
        const prepared = prepareCommand(command);
        const argv = prepared.argv.map((argument) => toHostPath(prepared, argument));
        const marker = `${markerName}=${randomUUID()}`;
        const env = Object.entries(prepared.env).map(([name, value]) => `${name}=${toHostPath(prepared, value)}`);
        return superviseSandbox({
          plan: {
            file: '/usr/bin/prlimit',
            argv: [
              ...processLimitArguments(prepared.limits, cgroups.controllers),
              '--',
              '/bin/sh',
              '-c',
              script,
              'unconfined',
              '/usr/bin/env',
              '-i',
              marker,
              ...env,
              ...argv,
            ],
            inputs: [],
            hasInit: false,
            cwd: toHostPath(prepared, prepared.cwd),
          },
          limits: prepared.limits,
          cgroups: withMarkedProcesses(cgroups, marker),
          writableDirectories: prepared.mounts.filter((mount) => mount.writable).map((mount) => mount.hostPath),
          stdin: command.stdin,
          options: tracked,
        });
      }),
    close: () => runs.close(),
  };
}
