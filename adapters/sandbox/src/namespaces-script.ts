// The shell script that makes a sandbox from the inside of fresh namespaces, with util-linux alone.
//
// It runs as process 1 and root of a new user namespace, builds a root directory from mounts, moves into it, and starts
// the command in a second user namespace as an ordinary user without capabilities. It stays as the sandbox's init;
// when the command ends it ends, and the kernel ends whatever the command left.

import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ProcMasks } from './bubblewrap-arguments.ts';
import { findMountOf, keptFlags, listMountsBelow, type HostMount } from './host-mounts.ts';
import type { PreparedCommand } from './prepare-command.ts';
import { gateDescriptor, infoDescriptor, inputDescriptorFirst, startedDescriptor } from './sandbox-launch.ts';
import { listSystemPaths, type ShownPath, type SystemView } from './system-view.ts';

export const scriptDescriptor = inputDescriptorFirst;
export const filterDescriptor = inputDescriptorFirst + 1;
export const commandDescriptor = inputDescriptorFirst + 2;
/** The script's own number, free again once it has been read. */
export const readyDescriptor = scriptDescriptor;

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const devices = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];
const sharedMemoryBytes = 64 * 1024 * 1024;
const rootBytes = 4 * 1024 * 1024;

export interface NamespacesParts {
  readonly command: PreparedCommand;
  readonly view: SystemView;
  readonly masks: ProcMasks;
  readonly hostMounts: readonly HostMount[];
  /** An empty directory of the host over which the root is built. */
  readonly root: string;
  /** The command that loads the filter and becomes the sandboxed program. */
  readonly enter: readonly string[];
}

function bind(parts: NamespacesParts, shown: ShownPath & { readonly writable: boolean }): readonly string[] {
  const { root, hostMounts } = parts;
  const target = (path: string): string => quote(root + shown.insidePath + path.slice(shown.hostPath.length));
  const flags = (mount: HostMount | undefined): string =>
    [shown.writable ? 'rw' : 'ro', 'nosuid', 'nodev', ...keptFlags(mount)].join(',');
  const below = listMountsBelow(hostMounts, shown.hostPath);
  const bindOption = below.length === 0 ? 'bind' : 'rbind';
  const own = flags(findMountOf(hostMounts, shown.hostPath));
  return [
    `mount -n -o ${bindOption},${own} ${quote(shown.hostPath)} ${target(shown.hostPath)}`,
    ...below.map((mount) => `mount -n -o remount,bind,${flags(mount)} ${target(mount.mountPoint)}`),
  ];
}

const tmpfs = (path: string, options: string): string =>
  `mount -n -t tmpfs -o nosuid,nodev,${options} tmpfs ${quote(path)}`;

function mountPoints(shown: readonly ShownPath[], root: string): readonly string[] {
  // What lies in the generated /etc has its mount point there.
  const own = shown.filter((path) => !path.insidePath.startsWith('/etc/'));
  const isDirectory = (path: ShownPath): boolean => statSync(path.hostPath).isDirectory();
  const directories = own.map((path) => root + (isDirectory(path) ? path.insidePath : dirname(path.insidePath)));
  const files = own.filter((path) => !isDirectory(path)).map((path) => root + path.insidePath);
  const base = ['/proc', '/dev/pts', '/dev/shm', '/tmp'].map((path) => root + path);
  return [
    `mkdir -p ${[...new Set([...base, ...directories])].map(quote).join(' ')}`,
    ...[...files, ...devices.map((name) => `${root}/dev/${name}`)].map((path) => `: > ${quote(path)}`),
  ];
}

function devicesAndProc({ root, masks }: NamespacesParts): readonly string[] {
  return [
    `mount -n -t proc -o nosuid,nodev,noexec proc ${quote(`${root}/proc`)}`,
    ...masks.files.map((path) => `mount -n --bind /dev/null ${quote(root + path)}`),
    ...masks.directories.map((path) => tmpfs(root + path, 'ro,size=0')),
    ...devices.map((name) => `mount -n --bind /dev/${name} ${quote(`${root}/dev/${name}`)}`),
    `mount -n -t devpts -o nosuid,noexec,newinstance,ptmxmode=0666,mode=620 devpts ${quote(`${root}/dev/pts`)}`,
    `ln -s pts/ptmx ${quote(`${root}/dev/ptmx`)}`,
    `ln -s /proc/self/fd ${quote(`${root}/dev/fd`)}`,
    ...['stdin', 'stdout', 'stderr'].map(
      (name, index) => `ln -s /proc/self/fd/${index} ${quote(`${root}/dev/${name}`)}`,
    ),
    tmpfs(`${root}/dev/shm`, `mode=1777,size=${sharedMemoryBytes}`),
  ];
}

/**
 * The command's user namespace needs a writable /proc to be made and must not have one afterwards. So its first program,
 * the loader, says on a named pipe that it is inside, and waits at the gate; then /proc and the root become read-only, and only then
 * is the sandbox announced to the host.
 */
function startCommand({ command, enter }: NamespacesParts): readonly string[] {
  return [
    'mkfifo /.ready',
    'exec 9<&0',
    `cd ${quote(command.cwd)}`,
    `${enter.map(quote).join(' ')} <&9 9<&- ${infoDescriptor}>&- ${readyDescriptor}> /.ready &`,
    'command=$!',
    'read -r ready < /.ready || exit 1',
    'rm /.ready',
    'mount -n -o remount,bind,ro,nosuid,nodev,noexec /proc',
    'mount -n -o remount,bind,ro,nosuid,nodev /',
    `echo "{\\"child-pid\\": $pid}" >&${infoDescriptor}`,
    // A shell tells on stderr of a child that a signal ended; that is not the command's output.
    `exec 2> /dev/null ${infoDescriptor}>&- ${gateDescriptor}<&- ${startedDescriptor}>&- 9<&-`,
    'code=0',
    'wait $command || code=$?',
    'exit $code',
  ];
}

export function namespacesScript(parts: NamespacesParts): string {
  const { command, view, root } = parts;
  const system = listSystemPaths(view, command.network);
  return [
    'set -eu',
    'umask 022',
    'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
    `exec ${scriptDescriptor}<&-`,
    // Still the host's /proc, so this is the number the host knows this process by.
    'read -r pid rest < /proc/self/stat',
    // The one more user namespace is the command's.
    'echo 1 > /proc/sys/user/max_user_namespaces',
    'hostname sandbox 2> /dev/null || :',
    ...(command.network === 'none' ? ['ip link set lo up 2> /dev/null || :'] : []),
    tmpfs(root, `mode=755,size=${rootBytes}`),
    ...mountPoints([...system, ...command.mounts], root),
    ...view.symlinks.map((link) => `ln -s ${quote(link.target)} ${quote(root + link.insidePath)}`),
    ...system.flatMap((path) => bind(parts, { ...path, writable: false })),
    ...view.hidden.map((path) => tmpfs(root + path, 'ro,size=0')),
    ...devicesAndProc(parts),
    tmpfs(`${root}/tmp`, `mode=1777,size=${command.limits.tmpBytes}`),
    ...command.mounts.flatMap((mount) => bind(parts, mount)),
    `cd ${quote(root)}`,
    'pivot_root . .',
    'umount -l .',
    ...startCommand(parts),
  ].join('\n');
}
