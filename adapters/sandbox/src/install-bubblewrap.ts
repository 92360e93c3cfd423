// Installs bubblewrap through the system's package manager, where that is allowed; for set-up, never behind a run.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findBubblewrap } from './bubblewrap-driver.ts';

export type InstallOutcome =
  | { readonly outcome: 'already-there' | 'installed' }
  /** Nothing was changed; `command` is what a person can run. */
  | {
      readonly outcome: 'not-allowed' | 'no-package-manager' | 'failed';
      readonly reason: string;
      readonly command: string;
    };

export interface InstallOptions {
  /** Told what is about to be done, and what the package manager says. */
  readonly say: (line: string) => void;
  /** For tests; by default this machine. */
  readonly machine?: InstallMachine;
}

export interface InstallMachine {
  readonly isRoot: boolean;
  exists(path: string): boolean;
  /** The exit code; 127 when there is no such program. */
  run(argv: readonly string[], onLine?: (line: string) => void): Promise<number>;
}

const aptGet = '/usr/bin/apt-get';
const sudo = '/usr/bin/sudo';
const manual = 'sudo apt-get install -y bubblewrap';

const thisMachine: InstallMachine = {
  isRoot: process.getuid?.() === 0,
  exists: (path) => existsSync(path),
  run: (argv, onLine) =>
    new Promise((resolve) => {
      const [file = '', ...rest] = argv;
      const child = spawn(file, rest, {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      });
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          for (const line of text.split('\n')) if (line.trim() !== '') onLine?.(line);
        });
      }
      child.on('error', () => resolve(127));
      child.on('close', (code) => resolve(code ?? 1));
    }),
};

/** How to become root without asking anybody; undefined when that is not possible. */
async function rootPrefix(machine: InstallMachine): Promise<readonly string[] | undefined> {
  if (machine.isRoot) return [];
  const mayAlready = machine.exists(sudo) && (await machine.run([sudo, '-n', 'true'])) === 0;
  return mayAlready ? [sudo, '-n'] : undefined;
}

export async function installBubblewrap(options: InstallOptions): Promise<InstallOutcome> {
  const { say, machine = thisMachine } = options;
  const isThere = (): boolean =>
    options.machine === undefined ? findBubblewrap() !== undefined : machine.exists('/usr/bin/bwrap');
  if (isThere()) return { outcome: 'already-there' };
  if (!machine.exists(aptGet)) {
    return {
      outcome: 'no-package-manager',
      reason: 'there is no apt-get here',
      command: 'install the package bubblewrap with your package manager',
    };
  }
  const prefix = await rootPrefix(machine);
  if (prefix === undefined) {
    return { outcome: 'not-allowed', reason: 'this needs root, and sudo asks for a password', command: manual };
  }
  const install = [...prefix, aptGet, 'install', '-y', '--no-install-recommends', 'bubblewrap'];
  say(`installing bubblewrap, the sandbox for everything that executes: ${install.join(' ')}`);
  if ((await machine.run(install, say)) !== 0) {
    // A fresh image has no package lists yet.
    say('trying again with fresh package lists');
    await machine.run([...prefix, aptGet, 'update'], say);
    const code = await machine.run(install, say);
    if (code !== 0) return { outcome: 'failed', reason: `apt-get ended with ${code}`, command: manual };
  }
  if (!isThere()) return { outcome: 'failed', reason: 'apt-get ended well, yet there is no bwrap', command: manual };
  return { outcome: 'installed' };
}
