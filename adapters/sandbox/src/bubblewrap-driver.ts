// The default driver: bubblewrap (the tool Flatpak is built on) with our filter and cgroups.
//
// Layers, outermost first: an empty environment for the launcher; all namespaces new, the user namespace too, and
// closed for further ones; a root of read-only pieces; every capability dropped and no_new_privs; the filter;
// the cgroup.

import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import type { SandboxDriver } from '@chorale/module-agents';
import { bubblewrapArguments, bubblewrapCommandLine, type BubblewrapFeatures } from './bubblewrap-arguments.ts';
import type { CgroupManager } from './cgroup.ts';
import { createOpenRuns } from './open-runs.ts';
import { prepareCommand } from './prepare-command.ts';
import { findProcMasks } from './proc-masks.ts';
import { processCountLimit, processLimitArguments } from './process-limits.ts';
import { describeEnforcement } from './sandbox-facts.ts';
import { buildSeccompProgram } from './seccomp-policy.ts';
import { makeStateDirectory } from './state-directory.ts';
import { superviseSandbox } from './supervise-sandbox.ts';
import type { Architecture } from './syscall-numbers.ts';
import { openSystemView } from './system-view.ts';

const places = ['/usr/bin/bwrap', '/usr/local/bin/bwrap', '/bin/bwrap'];

/** Not looked up in PATH: whoever sets that could put their own program under our isolation. */
export function findBubblewrap(): string | undefined {
  return places.find((path) => existsSync(path));
}

function readFeatures(file: string): BubblewrapFeatures {
  const help = execFileSync(file, ['--help'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], env: {} });
  return { disableUserns: help.includes('--disable-userns'), size: help.includes('--size ') };
}

function describeFeatures(features: BubblewrapFeatures): readonly string[] {
  return features.size ? [] : ['this bubblewrap is older than 0.7: the size of /tmp is held by the memory limit alone'];
}

export interface DriverParts {
  readonly architecture: Architecture;
  readonly cgroups: CgroupManager;
}

export function openBubblewrapDriver(file: string, parts: DriverParts): SandboxDriver {
  const { architecture, cgroups } = parts;
  const features = readFeatures(file);
  const masks = findProcMasks();
  const stateDirectory = makeStateDirectory();
  const view = openSystemView(stateDirectory);
  const runs = createOpenRuns('bubblewrap');
  const filters = {
    none: buildSeccompProgram({ architecture, network: 'none' }),
    host: buildSeccompProgram({ architecture, network: 'host' }),
  };
  return {
    name: 'bubblewrap',
    facts: {
      isolated: true,
      seccomp: true,
      cgroups: cgroups.version,
      enforcement: describeEnforcement(cgroups),
      warnings: [...describeFeatures(features), ...cgroups.warnings],
    },
    run: (command, options = {}) =>
      runs.track(options, (tracked) => {
        const prepared = prepareCommand(command);
        return superviseSandbox({
          plan: {
            file: '/usr/bin/prlimit',
            argv: [
              ...processLimitArguments(prepared.limits, cgroups.controllers),
              '--',
              file,
              ...bubblewrapCommandLine(prepared, processCountLimit(prepared.limits, cgroups.controllers)),
            ],
            inputs: [bubblewrapArguments({ command: prepared, view, features, masks }), filters[prepared.network]],
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
