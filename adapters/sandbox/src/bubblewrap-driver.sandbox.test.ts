// The driver suite on bubblewrap. Needs it installed: apt-get install bubblewrap.

import { afterAll } from 'vitest';
import { describeSandboxDriver } from '@chorale/module-agents/sandbox-driver-contract';
import { createHostFixture, removeMadeDirectories } from './host-fixture.ts';
import { openSandbox } from './open-sandbox.ts';

afterAll(removeMadeDirectories);

describeSandboxDriver(
  'bubblewrap',
  createHostFixture(() => openSandbox({ drivers: ['bubblewrap'] })),
);
