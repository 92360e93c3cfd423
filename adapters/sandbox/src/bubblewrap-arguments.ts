// A prepared command as bubblewrap's arguments. The order is the order in which bubblewrap acts.

import { gateDescriptor, infoDescriptor, inputDescriptorFirst, startScript } from './sandbox-launch.ts';
import type { PreparedCommand } from './prepare-command.ts';
import { listSystemPaths, type SystemView } from './system-view.ts';

const argumentsDescriptor = inputDescriptorFirst;
const filterDescriptor = inputDescriptorFirst + 1;

/** What this machine's bubblewrap knows; read from its --help, as distributions differ by years. */
export interface BubblewrapFeatures {
  /** --disable-userns, since 0.8. */
  readonly disableUserns: boolean;
  /** --size, since 0.7. */
  readonly size: boolean;
}

const sharedMemoryBytes = 64 * 1024 * 1024;

/** Parts of /proc that tell about the machine; a tmpfs or /dev/null over them, where the kernel has them. */
export interface ProcMasks {
  readonly files: readonly string[];
  readonly directories: readonly string[];
}

export interface BubblewrapParts {
  readonly command: PreparedCommand;
  readonly view: SystemView;
  readonly features: BubblewrapFeatures;
  readonly masks: ProcMasks;
}

function isolation(command: PreparedCommand, features: BubblewrapFeatures): readonly string[] {
  return [
    '--unshare-all',
    '--unshare-user',
    ...(command.network === 'host' ? ['--share-net'] : []),
    ...(features.disableUserns ? ['--disable-userns'] : []),
    '--uid',
    '1000',
    '--gid',
    '1000',
    '--hostname',
    'sandbox',
    '--die-with-parent',
    '--new-session',
    '--cap-drop',
    'ALL',
    '--info-fd',
    String(infoDescriptor),
    '--block-fd',
    String(gateDescriptor),
    '--seccomp',
    String(filterDescriptor),
  ];
}

function fileSystems({ command, view, features, masks }: BubblewrapParts): readonly string[] {
  const size = (bytes: number): readonly string[] => (features.size ? ['--size', String(bytes)] : []);
  return [
    ...listSystemPaths(view, command.network).flatMap((file) => ['--ro-bind', file.hostPath, file.insidePath]),
    ...view.symlinks.flatMap((link) => ['--symlink', link.target, link.insidePath]),
    ...view.hidden.flatMap((path) => ['--tmpfs', path, '--remount-ro', path]),
    '--proc',
    '/proc',
    ...masks.files.flatMap((path) => ['--ro-bind', '/dev/null', path]),
    ...masks.directories.flatMap((path) => ['--tmpfs', path, '--remount-ro', path]),
    '--remount-ro',
    '/proc',
    '--dev',
    '/dev',
    ...size(sharedMemoryBytes),
    '--perms',
    '1777',
    '--tmpfs',
    '/dev/shm',
    '--remount-ro',
    '/dev',
    ...size(command.limits.tmpBytes),
    '--perms',
    '1777',
    '--tmpfs',
    '/tmp',
    ...command.mounts.flatMap((mount) => [mount.writable ? '--bind' : '--ro-bind', mount.hostPath, mount.insidePath]),
    '--remount-ro',
    '/',
  ];
}

/** What bubblewrap takes on its command line only. */
export function bubblewrapCommandLine(command: PreparedCommand, processesMax: number | undefined): readonly string[] {
  return [
    '--args',
    String(argumentsDescriptor),
    '--',
    '/bin/sh',
    '-c',
    startScript(processesMax),
    'sandbox',
    ...command.argv,
  ];
}

/** NUL-separated, as --args takes them: on the command line every user of the host could read the environment. */
export function bubblewrapArguments(parts: BubblewrapParts): Uint8Array {
  const { command, features } = parts;
  const all = [
    ...isolation(command, features),
    ...fileSystems(parts),
    ...Object.entries(command.env).flatMap(([name, value]) => ['--setenv', name, value]),
    '--chdir',
    command.cwd,
  ];
  return new TextEncoder().encode(all.map((argument) => `${argument}\0`).join(''));
}
