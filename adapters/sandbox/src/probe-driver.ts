// A driver is taken only after it has run something: that a program is installed says little about what the kernel,
// a container runtime or a security module lets it do.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SandboxDriver } from '@chorale/module-agents';

const expected = 'ready';
const probeWallMs = 20_000;

/** Undefined when the driver works; else what went wrong, in one line. */
export async function probeDriver(driver: SandboxDriver): Promise<string | undefined> {
  const workspace = mkdtempSync(join(tmpdir(), 'chorale-probe-'));
  try {
    const result = await driver.run({
      argv: ['/bin/sh', '-c', `echo ${expected} && cat /proc/self/status > status`],
      workspace,
      limits: { wallMs: probeWallMs },
    });
    if (result.exitCode === 0 && result.stdout.trim() === expected) return undefined;
    return `a test command ended with ${result.exitCode}: ${(result.stderr || result.stdout).trim().split('\n')[0] ?? ''}`;
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).split('\n')[0];
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}
