// The suite of runs, limits and ends where there are no cgroups: process limits and sampling stand in.

import { afterAll } from 'vitest';
import { describeSandboxRuns } from '@chorale/module-agents/sandbox-driver-contract';
import { findBubblewrap, openBubblewrapDriver } from './bubblewrap-driver.ts';
import { noCgroups } from './cgroup.ts';
import { createHostFixture, removeMadeDirectories } from './host-fixture.ts';
import { openCgroups } from './open-cgroups.ts';
import { findArchitecture } from './seccomp-policy.ts';

afterAll(removeMadeDirectories);

describeSandboxRuns(
  'bubblewrap without cgroups',
  createHostFixture(async () => {
    const architecture = findArchitecture(process.arch);
    const file = findBubblewrap();
    if (file === undefined || architecture === undefined)
      throw new Error('install bubblewrap: sudo apt-get install -y bubblewrap');
    return openBubblewrapDriver(file, { architecture, cgroups: noCgroups(openCgroups([]).warnings) });
  }),
);
