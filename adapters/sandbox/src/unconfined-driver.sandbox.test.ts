// Without isolation: what runs do in any case, and that the probes of the suite really reach something.

import { afterAll, expect, test } from 'vitest';
import { describeProbesOutside, describeSandboxRuns } from '@chorale/module-agents/sandbox-driver-contract';
import { createHostFixture, removeMadeDirectories } from './host-fixture.ts';
import { openSandbox } from './open-sandbox.ts';

afterAll(removeMadeDirectories);

const fixture = createHostFixture(() => openSandbox({ drivers: [], allowUnsandboxed: true, warn: () => undefined }));

describeSandboxRuns('unconfined', fixture);
describeProbesOutside(fixture, process.getuid?.() === 0 ? 'root' : 'anyone');

test('[SB41] an unsandboxed start warns each time and says so in its facts', async () => {
  const warnings: string[] = [];
  for (let start = 0; start < 2; start++) {
    const driver = await openSandbox({
      drivers: [],
      allowUnsandboxed: true,
      warn: (message) => warnings.push(message),
    });
    expect(driver.facts).toMatchObject({ isolated: false, seccomp: false });
    expect(driver.facts.warnings[0]).toMatch(/WITHOUT a sandbox/);
    await driver.close();
  }
  expect(warnings).toHaveLength(2);
});
