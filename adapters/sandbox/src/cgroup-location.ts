// Finds where this process stands in each cgroup hierarchy, from /proc/self/mountinfo and /proc/self/cgroup.

import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export interface CgroupLocation {
  readonly version: 1 | 2;
  /** v1 only; on v2 the controllers are listed in the directory itself. */
  readonly controllers: readonly string[];
  readonly mountPoint: string;
  /** This process's own group. */
  readonly directory: string;
}

interface CgroupMount {
  readonly version: 1 | 2;
  readonly root: string;
  readonly mountPoint: string;
  readonly options: readonly string[];
}

/** Mountinfo writes space, tab, newline and backslash as octal. */
const unescapeOctal = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

function parseMounts(mountInfo: string): readonly CgroupMount[] {
  const mounts: CgroupMount[] = [];
  for (const line of mountInfo.split('\n')) {
    const [before, after] = line.split(' - ');
    if (before === undefined || after === undefined) continue;
    const [type, , options] = after.split(' ');
    if (type !== 'cgroup' && type !== 'cgroup2') continue;
    const fields = before.split(' ');
    mounts.push({
      version: type === 'cgroup2' ? 2 : 1,
      root: unescapeOctal(fields[3] ?? '/'),
      mountPoint: unescapeOctal(fields[4] ?? '/'),
      options: (options ?? '').split(','),
    });
  }
  return mounts;
}

/** Where a group's path leads in this mount; a container may see only a part of the hierarchy, or none of its own. */
function locate(mount: CgroupMount, path: string): string {
  const inside = relative(mount.root, path);
  return inside.startsWith('..') ? mount.mountPoint : join(mount.mountPoint, inside);
}

/** @internal Exported for its tests. */
export function parseCgroupLocations(mountInfo: string, ownCgroups: string): readonly CgroupLocation[] {
  const mounts = parseMounts(mountInfo);
  const locations: CgroupLocation[] = [];
  for (const line of ownCgroups.split('\n')) {
    const match = /^(\d+):([^:]*):(\/.*)$/.exec(line);
    if (!match) continue;
    const controllers = (match[2] ?? '').split(',').filter((name) => name !== '');
    const version = match[1] === '0' && controllers.length === 0 ? 2 : 1;
    const mount = mounts.find(
      (candidate) => candidate.version === version && controllers.every((name) => candidate.options.includes(name)),
    );
    if (mount === undefined) continue;
    locations.push({ version, controllers, mountPoint: mount.mountPoint, directory: locate(mount, match[3] ?? '/') });
  }
  return locations;
}

export function readCgroupLocations(): readonly CgroupLocation[] {
  try {
    return parseCgroupLocations(
      readFileSync('/proc/self/mountinfo', 'utf8'),
      readFileSync('/proc/self/cgroup', 'utf8'),
    );
  } catch {
    return [];
  }
}
