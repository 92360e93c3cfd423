// Chooses the best driver this machine can really run: bubblewrap, else util-linux namespaces, else a refusal.

import { refused } from '@chorale/lib-errors';
import type { SandboxDriver } from '@chorale/module-agents';
import { findBubblewrap, openBubblewrapDriver } from './bubblewrap-driver.ts';
import type { CgroupManager } from './cgroup.ts';
import { reapCgroups } from './cgroup-reaper.ts';
import { openNamespacesDriver } from './namespaces-driver.ts';
import { openCgroups } from './open-cgroups.ts';
import { probeDriver } from './probe-driver.ts';
import { findArchitecture } from './seccomp-policy.ts';
import { reapStateDirectories } from './state-directory.ts';
import { openUnconfinedDriver } from './unconfined-driver.ts';
import { findUserNamespaceBlock } from './user-namespace-block.ts';

export type SandboxDriverName = 'bubblewrap' | 'namespaces';

export interface OpenSandboxOptions {
  /** Run commands as plain processes where no sandbox can be had. Default false. */
  readonly allowUnsandboxed?: boolean;
  /** The drivers to try, in this order. Default all. */
  readonly drivers?: readonly SandboxDriverName[];
  /** Where the warning of an unsandboxed start goes. Default stderr. */
  readonly warn?: (message: string) => void;
}

const installCommand = 'sudo apt-get install -y bubblewrap';

type Attempt = { readonly driver: SandboxDriver } | { readonly failure: string };

async function attempt(open: () => SandboxDriver): Promise<Attempt> {
  let driver: SandboxDriver;
  try {
    driver = open();
  } catch (error) {
    return { failure: (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '' };
  }
  const failure = await probeDriver(driver);
  if (failure === undefined) return { driver };
  await driver.close();
  return { failure };
}

function openByName(name: SandboxDriverName, cgroups: CgroupManager): SandboxDriver {
  const architecture = findArchitecture(process.arch);
  if (architecture === undefined) throw new Error(`there is no system call filter for ${process.arch}`);
  switch (name) {
    case 'bubblewrap': {
      const file = findBubblewrap();
      if (file === undefined) throw new Error('bubblewrap is not installed');
      return openBubblewrapDriver(file, { architecture, cgroups });
    }
    case 'namespaces':
      return openNamespacesDriver({ architecture, cgroups });
  }
}

/**
 * Opens the sandbox of this process. Throws refused `sandbox-unavailable`, naming what each driver met and the command
 * that mends it, when there is none and `allowUnsandboxed` is not set.
 */
export async function openSandbox(options: OpenSandboxOptions = {}): Promise<SandboxDriver> {
  const cgroups = openCgroups();
  reapCgroups(cgroups.bases);
  reapStateDirectories();
  const failures: string[] = [];
  for (const name of options.drivers ?? (['bubblewrap', 'namespaces'] as const)) {
    const outcome = await attempt(() => openByName(name, cgroups));
    if ('driver' in outcome) return outcome.driver;
    failures.push(`${name}: ${outcome.failure}`);
  }
  const warn = options.warn ?? ((message: string) => process.stderr.write(`warning: ${message}\n`));
  if (options.allowUnsandboxed === true) return openUnconfinedDriver(cgroups, warn);
  const block = findUserNamespaceBlock();
  throw refused(
    'sandbox-unavailable',
    `no sandbox can be had here (${[...failures, ...(block ? [block.reason] : [])].join('; ')})`,
    {
      action:
        block === undefined || findBubblewrap() === undefined
          ? `${installCommand}${block ? ` && ${block.remedy}` : ''}`
          : block.remedy,
      data: { failures },
    },
  );
}
