// Checks a command against the rules of the port and fills in what it leaves open.

import { existsSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, normalize } from 'node:path';
import { refused } from '@chorale/lib-errors';
import {
  sandboxLimitsDefault,
  workspaceInsidePath,
  type SandboxCommand,
  type SandboxLimits,
  type SandboxMount,
} from '@chorale/module-agents';

/** A command with every choice made. */
export interface PreparedCommand {
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** The workspace first. Host paths are real paths. */
  readonly mounts: readonly Required<SandboxMount>[];
  readonly network: 'none' | 'host';
  readonly limits: SandboxLimits;
}

const environmentDefault = {
  PATH: '/usr/local/bin:/usr/bin:/bin',
  HOME: '/tmp',
  TMPDIR: '/tmp',
  LANG: 'C.UTF-8',
} as const;

/** Inside, these belong to the sandbox itself. */
const reservedInside = [
  '/bin',
  '/dev',
  '/etc',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/proc',
  '/sbin',
  '/sys',
  '/tmp',
  '/usr',
];
/** On the host, these hand out control of the machine. */
const reservedOnHost = ['/dev', '/proc', '/run', '/sys', '/boot'];

const invalid = (message: string, action: string): Error => refused('sandbox-command-invalid', message, { action });

const isWithin = (path: string, parent: string): boolean => path === parent || path.startsWith(`${parent}/`);

function checkInsidePath(path: string): void {
  if (!isAbsolute(path) || normalize(path) !== path || path === '/' || path.endsWith('/')) {
    throw invalid(
      `the inside path ${JSON.stringify(path)} is not absolute and plain`,
      'give a path such as /workspace',
    );
  }
  const reserved = reservedInside.find((candidate) => isWithin(path, candidate));
  if (reserved !== undefined) {
    throw invalid(
      `nothing can be mounted at ${path}: ${reserved} belongs to the sandbox`,
      'choose another inside path',
    );
  }
}

function resolveHostPath(path: string): string {
  if (!isAbsolute(path))
    throw invalid(`the host path ${JSON.stringify(path)} is not absolute`, 'give an absolute path');
  if (!existsSync(path)) throw invalid(`the host path ${path} does not exist`, 'create it before the run');
  const real = realpathSync(path);
  const reserved = real === '/' ? '/' : reservedOnHost.find((candidate) => isWithin(real, candidate));
  if (reserved !== undefined)
    throw invalid(`${path} may not be mounted: it lies in ${reserved}`, 'mount a directory with plain files');
  return real;
}

function prepareMounts(command: SandboxCommand): readonly Required<SandboxMount>[] {
  const workspace = {
    hostPath: command.workspace,
    insidePath: command.workspaceInside ?? workspaceInsidePath,
    writable: true,
  };
  const mounts = [workspace, ...(command.mounts ?? [])].map((mount) => {
    checkInsidePath(mount.insidePath);
    return {
      hostPath: resolveHostPath(mount.hostPath),
      insidePath: mount.insidePath,
      writable: mount.writable ?? false,
    };
  });
  mounts.forEach((mount, index) => {
    // One inside another would make the launcher create its mount point in a directory the command can prepare with links.
    const outer = mounts.find((other, at) => at !== index && isWithin(mount.insidePath, other.insidePath));
    if (outer !== undefined) {
      throw invalid(
        `the mount at ${mount.insidePath} lies in the mount at ${outer.insidePath}`,
        'mount them side by side',
      );
    }
  });
  if (!statSync(command.workspace).isDirectory())
    throw invalid(`the workspace ${command.workspace} is no directory`, 'give a directory');
  return mounts;
}

const environmentName = /^[A-Za-z_][A-Za-z0-9_]*$/;

function checkText(what: string, text: string): void {
  if (text.includes('\0')) throw invalid(`${what} holds a NUL character`, 'pass such data in a file or on stdin');
}

function prepareEnvironment(command: SandboxCommand): Readonly<Record<string, string>> {
  const env: Record<string, string> = { ...environmentDefault, ...command.env };
  for (const [name, value] of Object.entries(env)) {
    if (!environmentName.test(name))
      throw invalid(`the environment name ${JSON.stringify(name)} is not usable`, 'use letters, digits and _');
    checkText(`the environment variable ${name}`, value);
  }
  return env;
}

function prepareLimits(command: SandboxCommand): SandboxLimits {
  const limits = { ...sandboxLimitsDefault, ...command.limits };
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isFinite(value) || value <= 0 || (name !== 'cpus' && !Number.isInteger(value))) {
      throw invalid(`the limit ${name} is ${value}`, 'give a positive number, whole but for cpus');
    }
  }
  return limits;
}

export function prepareCommand(command: SandboxCommand): PreparedCommand {
  const mounts = prepareMounts(command);
  const cwd = command.cwd ?? command.workspaceInside ?? workspaceInsidePath;
  if (!isAbsolute(cwd))
    throw invalid(`the working directory ${JSON.stringify(cwd)} is not absolute`, 'give an inside path');
  command.argv.forEach((argument, index) => checkText(`argument ${index}`, argument));
  if (command.argv[0] === '' || command.argv[0].startsWith('-')) {
    throw invalid(`the program name ${JSON.stringify(command.argv[0])} is not usable`, 'give a path or a plain name');
  }
  return {
    argv: command.argv,
    env: prepareEnvironment(command),
    cwd,
    mounts,
    network: command.network ?? 'none',
    limits: prepareLimits(command),
  };
}
