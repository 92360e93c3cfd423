// What holds each limit, given the cgroups of this machine.

import type { SandboxFacts } from '@chorale/module-agents';
import type { CgroupManager } from './cgroup.ts';

export function describeEnforcement(cgroups: CgroupManager): SandboxFacts['enforcement'] {
  const has = (name: 'memory' | 'pids' | 'cpu'): boolean => cgroups.controllers.has(name);
  return {
    memory: has('memory') ? 'cgroup' : 'watchdog',
    // The kernel's count for each user does not bind root.
    pids: has('pids') ? 'cgroup' : process.getuid?.() === 0 ? 'watchdog' : 'rlimit',
    cpu: has('cpu') ? 'cgroup' : 'none',
    disk: 'watchdog',
  };
}
