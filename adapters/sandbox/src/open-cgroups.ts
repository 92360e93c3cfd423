// Chooses where groups can be made on this machine: v2, v1, or v1 controllers with a v2 tree beside them (hybrid).

import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { mkdir, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { SandboxLimits } from '@chorale/module-agents';
import { noCgroups, type Cgroup, type CgroupController, type CgroupManager } from './cgroup.ts';
import { readCgroupLocations, type CgroupLocation } from './cgroup-location.ts';
import { cgroupSettings, readCgroupUsage, type CgroupDirectories } from './cgroup-settings.ts';
import { readProcessStat, signalQuietly } from './process-tree.ts';

const wanted: readonly CgroupController[] = ['memory', 'pids', 'cpu'];

/** A directory in which groups are made, and the controllers that hold there. */
interface CgroupBase {
  readonly version: 1 | 2;
  readonly directory: string;
  readonly controllers: readonly CgroupController[];
  /** v1 keeps the account of processor time in a hierarchy of its own. */
  readonly accountsCpu: boolean;
}

function isWritable(directory: string): boolean {
  const probe = join(directory, `chorale-probe-${process.pid}`);
  try {
    mkdirSync(probe);
    rmdirSync(probe);
    return true;
  } catch {
    return false;
  }
}

const words = (path: string): readonly string[] => {
  try {
    return readFileSync(path, 'utf8')
      .split(/\s+/)
      .filter((word) => word !== '');
  } catch {
    return [];
  }
};

function findV1Bases(locations: readonly CgroupLocation[]): readonly CgroupBase[] {
  return locations
    .filter((location) => location.version === 1)
    .map((location) => ({
      version: 1 as const,
      directory: location.directory,
      controllers: wanted.filter((name) => location.controllers.includes(name)),
      accountsCpu: location.controllers.includes('cpuacct'),
    }))
    .filter((base) => (base.controllers.length > 0 || base.accountsCpu) && isWritable(base.directory));
}

/** The root of the machine's hierarchy alone may hold processes and groups with controllers at once. */
const isMachineRoot = (directory: string): boolean => !existsSync(join(directory, 'cgroup.type'));

function enableControllers(directory: string): void {
  for (const controller of wanted) {
    try {
      writeFileSync(join(directory, 'cgroup.subtree_control'), `+${controller}`);
    } catch {
      // Used by v1 here, or not ours to give: what is missing is reported.
    }
  }
}

/**
 * On v2 a group that holds processes cannot hand controllers to groups inside it, so ours are made beside our own group:
 * in the nearest ancestor that hands them down and lets us move a process (its cgroup.procs must be writable).
 */
function findV2Base(location: CgroupLocation): CgroupBase | undefined {
  const candidates: string[] = [];
  for (let directory = location.directory; ; directory = dirname(directory)) {
    if (directory !== location.directory || isMachineRoot(directory)) candidates.push(directory);
    if (directory === location.mountPoint || directory === dirname(directory)) break;
  }
  let best: CgroupBase | undefined;
  for (const directory of candidates) {
    try {
      accessSync(join(directory, 'cgroup.procs'), constants.W_OK);
    } catch {
      continue;
    }
    if (isMachineRoot(directory)) enableControllers(directory);
    const handedDown = words(join(directory, 'cgroup.subtree_control'));
    const controllers = wanted.filter((name) => handedDown.includes(name));
    if (controllers.length <= (best?.controllers.length ?? -1) || !isWritable(directory)) continue;
    best = { version: 2, directory, controllers, accountsCpu: true };
  }
  if (best !== undefined && best.controllers.length > 0) return best;
  return openDelegated(location.directory) ?? best ?? withoutControllers(location.directory);
}

/** What serves to kill and to account, even where no limit can be set. */
function withoutControllers(directory: string): CgroupBase | undefined {
  return isWritable(directory) ? { version: 2, directory, controllers: [], accountsCpu: true } : undefined;
}

const leafName = 'chorale-main';

/**
 * A group that was handed to us whole (Delegate=yes of a service, a container's own tree): what runs in it moves into a
 * group inside, as only then may it hand controllers down.
 */
function openDelegated(directory: string): CgroupBase | undefined {
  const offered = words(join(directory, 'cgroup.controllers'));
  if (!wanted.some((name) => offered.includes(name)) || !isWritable(directory)) return undefined;
  const leaf = join(directory, leafName);
  try {
    for (const file of ['cgroup.procs', 'cgroup.subtree_control']) accessSync(join(directory, file), constants.W_OK);
    mkdirSync(leaf, { recursive: true });
    for (const pid of words(join(directory, 'cgroup.procs'))) writeFileSync(join(leaf, 'cgroup.procs'), pid);
  } catch {
    return undefined; // Not ours after all, or a process of another's is in it.
  }
  enableControllers(directory);
  const handedDown = words(join(directory, 'cgroup.subtree_control'));
  const controllers = wanted.filter((name) => handedDown.includes(name));
  return controllers.length === 0 ? undefined : { version: 2, directory, controllers, accountsCpu: true };
}

let groupsMade = 0;

/** Names the process that made a group, so that a later one can tell whether it still lives. */
function nextGroupName(): string {
  const startTicks = readProcessStat(process.pid)?.startTicks ?? 0;
  groupsMade += 1;
  return `chorale-${process.pid}-${startTicks}-${groupsMade}`;
}

async function applySettings(base: CgroupBase, directory: string, limits: SandboxLimits): Promise<void> {
  for (const controller of base.controllers) {
    for (const setting of cgroupSettings(base.version, controller, limits)) {
      try {
        await writeFile(join(directory, setting.file), setting.value);
      } catch (error) {
        if (!setting.optional) throw error;
      }
    }
  }
}

const removeWithinMsMax = 2_000;

async function removeDirectory(directory: string): Promise<void> {
  for (let pauseMs = 1, waitedMs = 0; waitedMs < removeWithinMsMax; waitedMs += pauseMs, pauseMs *= 2) {
    try {
      await rmdir(directory);
      return;
    } catch (error) {
      // EBUSY: the last member is dead but not yet out. Everything else will not mend by waiting.
      if ((error as NodeJS.ErrnoException).code !== 'EBUSY') return;
      await delay(pauseMs);
    }
  }
}

function groupDirectories(bases: readonly CgroupBase[], name: string): CgroupDirectories {
  const of = (matches: (base: CgroupBase) => boolean): string | undefined => {
    const base = bases.find(matches);
    return base === undefined ? undefined : join(base.directory, name);
  };
  const memory = of((base) => base.version === 1 && base.controllers.includes('memory'));
  const pids = of((base) => base.version === 1 && base.controllers.includes('pids'));
  const cpuacct = of((base) => base.version === 1 && base.accountsCpu);
  const unified = of((base) => base.version === 2);
  return {
    ...(memory === undefined ? {} : { memory }),
    ...(pids === undefined ? {} : { pids }),
    ...(cpuacct === undefined ? {} : { cpuacct }),
    ...(unified === undefined ? {} : { unified }),
  };
}

async function createGroup(bases: readonly CgroupBase[], limits: SandboxLimits): Promise<Cgroup> {
  const name = nextGroupName();
  const directories = bases.map((base) => join(base.directory, name));
  const roles = groupDirectories(bases, name);
  const remove = async (): Promise<void> => {
    await Promise.all(directories.map(removeDirectory));
  };
  try {
    await Promise.all(
      bases.map(async (base) => {
        const directory = join(base.directory, name);
        await mkdir(directory);
        await applySettings(base, directory, limits);
      }),
    );
  } catch (error) {
    await remove();
    throw error;
  }
  const pids = (): readonly number[] => [
    ...new Set(directories.flatMap((directory) => words(join(directory, 'cgroup.procs')).map(Number))),
  ];
  return {
    add: async (pid) => {
      await Promise.all(directories.map((directory) => writeFile(join(directory, 'cgroup.procs'), String(pid))));
    },
    killAll: () => {
      try {
        if (roles.unified === undefined) throw new Error('no v2 tree');
        writeFileSync(join(roles.unified, 'cgroup.kill'), '1');
      } catch {
        for (const pid of pids()) signalQuietly(pid, 'SIGKILL');
      }
    },
    pids,
    usage: () => readCgroupUsage(roles),
    remove,
  };
}

function missingControllers(controllers: ReadonlySet<CgroupController>): readonly string[] {
  const missing = wanted.filter((name) => !controllers.has(name));
  if (missing.length === 0) return [];
  const warnings = [
    `no cgroup limits ${missing.join(', ')} for this user: process limits and sampling stand in; ` +
      'start under `systemd-run --user --scope -p Delegate=yes` or as a service with Delegate=yes to have them',
  ];
  if (missing.includes('pids') && process.getuid?.() === 0) {
    warnings.push(
      'the kernel does not count the processes of root, so a command that makes more and more of itself can take the ' +
        'machine down before sampling sees it: run as an ordinary user, or make the pids controller of cgroups writable',
    );
  }
  return warnings;
}

/** `locations` is for tests; by default this process's own. */
export function openCgroups(locations: readonly CgroupLocation[] = readCgroupLocations()): CgroupManager {
  const v1 = findV1Bases(locations);
  const unified = locations.find((location) => location.version === 2);
  const v2 = unified === undefined ? undefined : findV2Base(unified);
  const bases = v2 === undefined ? v1 : [...v1, v2];
  const controllers = new Set(bases.flatMap((base) => base.controllers));
  const warnings = missingControllers(controllers);
  if (controllers.size === 0) return noCgroups(warnings);
  return {
    version: v1.length === 0 ? 'v2' : v2 === undefined ? 'v1' : 'hybrid',
    controllers,
    warnings,
    create: (limits) => createGroup(bases, limits),
    bases: bases.map((base) => base.directory),
  };
}
