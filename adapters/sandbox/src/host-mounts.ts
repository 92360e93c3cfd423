// The mounts of the host as far as showing a path again needs them.
//
// In a user namespace a mount that came from outside cannot lose its flags, and a directory with other mounts below it
// can only be shown with them (mount_namespaces(7)).

import { readFileSync } from 'node:fs';

export interface HostMount {
  readonly mountPoint: string;
  readonly options: readonly string[];
}

function parseHostMounts(mountInfo: string): readonly HostMount[] {
  return mountInfo
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const fields = line.split(' ');
      const mountPoint = (fields[4] ?? '/').replace(/\\([0-7]{3})/g, (_, digits: string) =>
        String.fromCharCode(Number.parseInt(digits, 8)),
      );
      return { mountPoint, options: (fields[5] ?? '').split(',') };
    });
}

export const readHostMounts = (): readonly HostMount[] => parseHostMounts(readFileSync('/proc/self/mountinfo', 'utf8'));

const isBelow = (path: string, parent: string): boolean =>
  parent === '/' || path === parent || path.startsWith(`${parent}/`);

/** The mount a path lies in: the deepest, and of several at one point the last. */
export function findMountOf(mounts: readonly HostMount[], path: string): HostMount | undefined {
  return mounts
    .filter((mount) => isBelow(path, mount.mountPoint))
    .reduce<HostMount | undefined>(
      (best, mount) => (best === undefined || mount.mountPoint.length >= best.mountPoint.length ? mount : best),
      undefined,
    );
}

export function listMountsBelow(mounts: readonly HostMount[], path: string): readonly HostMount[] {
  return mounts.filter((mount) => mount.mountPoint !== path && isBelow(mount.mountPoint, path));
}

/** Flags that must be given again when a mount of ours over it changes others. */
export function keptFlags(mount: HostMount | undefined): readonly string[] {
  return (mount?.options ?? []).filter((option) => option === 'noexec');
}
