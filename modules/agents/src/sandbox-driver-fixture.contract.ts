// What the SandboxDriver suite needs from an adapter's tests, and what each of its tests has at hand.

import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { SandboxCommand, SandboxDriver, SandboxResult, SandboxRunOptions } from './sandbox-driver.ts';
import type { ProbeTargets } from './sandbox-driver-probes.ts';

/** A directory of the host, as the suite needs to see and prepare it. */
export interface HostDirectory {
  readonly path: string;
  write(name: string, text: string): Promise<void>;
  link(name: string, target: string): Promise<void>;
  /** Undefined when there is no such plain file. */
  read(name: string): Promise<string | undefined>;
}

export interface SandboxFixture {
  open(): Promise<SandboxDriver>;
  /** A fresh, empty directory; the fixture removes it in the end. */
  makeDirectory(): Promise<HostDirectory>;
  /** What waits on the host to be reached; made once, and removed when the suite ends. */
  openTargets(): Promise<{ readonly targets: ProbeTargets; readonly close: () => Promise<void> }>;
  /** Host processes whose command line holds the text. */
  countProcesses(text: string): Promise<number>;
  makeAbort(): { readonly signal: NonNullable<SandboxRunOptions['signal']>; readonly abort: () => void };
  /** A text that no other test uses. */
  marker(): string;
}

/** What a test has at hand: the driver and a workspace of its own. */
export interface SandboxBench {
  readonly workspace: HostDirectory;
  readonly driver: SandboxDriver;
  run(
    argv: SandboxCommand['argv'],
    more?: Partial<SandboxCommand>,
    options?: SandboxRunOptions,
  ): Promise<SandboxResult>;
  shell(script: string, more?: Partial<SandboxCommand>, options?: SandboxRunOptions): Promise<SandboxResult>;
}

/** Opens the driver once and gives each test a workspace of its own. */
export function useBench(fixture: SandboxFixture): () => SandboxBench {
  let driver: SandboxDriver;
  let workspace: HostDirectory;
  beforeAll(async () => {
    driver = await fixture.open();
  });
  afterAll(() => driver.close());
  beforeEach(async () => {
    workspace = await fixture.makeDirectory();
  });
  return () => {
    const run: SandboxBench['run'] = (argv, more = {}, options = {}) =>
      driver.run({ argv, workspace: workspace.path, ...more }, options);
    return { workspace, driver, run, shell: (script, more, options) => run(['/bin/sh', '-c', script], more, options) };
  };
}
