// The driver for machines without bubblewrap: the same layers from the tools every Linux has (util-linux, sh, Perl's base).
// Slower to start, as each mount is a program of its own.

import { accessSync, constants, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { SandboxDriver } from '@chorale/module-agents';
import type { DriverParts } from './bubblewrap-driver.ts';
import { encodeCommand, filterLoader, perl } from './filter-loader.ts';
import { readHostMounts } from './host-mounts.ts';
import {
  commandDescriptor,
  filterDescriptor,
  namespacesScript,
  readyDescriptor,
  scriptDescriptor,
} from './namespaces-script.ts';
import { createOpenRuns } from './open-runs.ts';
import { prepareCommand, type PreparedCommand } from './prepare-command.ts';
import { findProcMasks } from './proc-masks.ts';
import { processCountLimit, processLimitArguments } from './process-limits.ts';
import { describeEnforcement } from './sandbox-facts.ts';
import { gateDescriptor, startScript } from './sandbox-launch.ts';
import { buildSeccompProgram } from './seccomp-policy.ts';
import { makeStateDirectory } from './state-directory.ts';
import { superviseSandbox } from './supervise-sandbox.ts';
import { openSystemView } from './system-view.ts';

const programs = {
  setpriv: '/usr/bin/setpriv',
  prlimit: '/usr/bin/prlimit',
  unshare: '/usr/bin/unshare',
  sh: '/bin/sh',
  perl,
};

function requirePrograms(): void {
  for (const file of Object.values(programs)) {
    try {
      accessSync(file, constants.X_OK);
    } catch {
      throw new Error(`${file} is not installed`);
    }
  }
}

/** The outer namespaces. `--kill-child` and the death signal make the chain end with us, however we end. */
function launcherArguments(command: PreparedCommand, limits: readonly string[]): readonly string[] {
  const namespaces = ['--user', '--mount', '--pid', '--ipc', '--uts', '--cgroup'];
  return ['--pdeathsig', 'KILL', '--', programs.prlimit, ...limits, '--', programs.unshare].concat(
    command.network === 'none' ? [...namespaces, '--net'] : namespaces,
    ['--map-root-user', '--propagation', 'private', '--fork', '--kill-child=KILL', '--'],
    [programs.sh, '-c', `eval "$(cat <&${scriptDescriptor})"`],
  );
}

function enterArguments(loader: string): readonly string[] {
  return [programs.unshare, '--user', '--map-user=1000', '--map-group=1000', '--keep-caps', '--'].concat(
    [programs.setpriv, '--no-new-privs', '--bounding-set=-all', '--inh-caps=-all', '--ambient-caps=-all', '--'],
    [programs.perl, '-e', loader],
  );
}

export function openNamespacesDriver({ architecture, cgroups }: DriverParts): SandboxDriver {
  requirePrograms();
  const stateDirectory = makeStateDirectory();
  const root = join(stateDirectory, 'root');
  mkdirSync(root);
  const view = openSystemView(stateDirectory);
  const masks = findProcMasks();
  const runs = createOpenRuns('namespaces');
  const enter = enterArguments(
    filterLoader(architecture, {
      filter: filterDescriptor,
      command: commandDescriptor,
      ready: readyDescriptor,
      gate: gateDescriptor,
    }),
  );
  const filters = {
    none: buildSeccompProgram({ architecture, network: 'none' }),
    host: buildSeccompProgram({ architecture, network: 'host' }),
  };
  return {
    name: 'namespaces',
    facts: {
      isolated: true,
      seccomp: true,
      cgroups: cgroups.version,
      enforcement: describeEnforcement(cgroups),
      warnings: cgroups.warnings,
    },
    run: (command, options = {}) =>
      runs.track(options, (tracked) => {
        const prepared = prepareCommand(command);
        const script = namespacesScript({ command: prepared, view, masks, hostMounts: readHostMounts(), root, enter });
        const processesMax = processCountLimit(prepared.limits, cgroups.controllers);
        return superviseSandbox({
          plan: {
            file: programs.setpriv,
            argv: launcherArguments(prepared, processLimitArguments(prepared.limits, cgroups.controllers)),
            inputs: [
              new TextEncoder().encode(script),
              filters[prepared.network],
              encodeCommand(prepared.env, [programs.sh, '-c', startScript(processesMax), 'sandbox', ...prepared.argv]),
            ],
            hasInit: true,
          },
          limits: prepared.limits,
          cgroups,
          writableDirectories: prepared.mounts.filter((mount) => mount.writable).map((mount) => mount.hostPath),
          stdin: command.stdin,
          options: tracked,
        });
      }),
    close: async () => {
      await runs.close();
      rmSync(stateDirectory, { recursive: true, force: true });
    },
  };
}
