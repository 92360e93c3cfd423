// The driver suite on util-linux namespaces, which every Linux has.

import { afterAll } from 'vitest';
import { describeSandboxDriver } from '@chorale/module-agents/sandbox-driver-contract';
import { createHostFixture, removeMadeDirectories } from './host-fixture.ts';
import { openSandbox } from './open-sandbox.ts';

afterAll(removeMadeDirectories);

describeSandboxDriver(
  'namespaces',
  createHostFixture(() => openSandbox({ drivers: ['namespaces'] })),
);
