// What of the host's system a sandbox sees: programs, libraries and the few files in /etc they cannot do without.
// Everything is read-only. The host's /etc is not shown: it holds keys and passwords, and whoever runs us may be root.
//
// An /etc is made once, with copies of what is small and constant; what the package manager changes while we run is
// mounted over it. (A mount for each file took bubblewrap twice the time of all the rest.)

import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

export interface ShownPath {
  readonly hostPath: string;
  readonly insidePath: string;
}

export interface SystemView {
  /** In the order in which they are to be mounted. */
  readonly readOnly: readonly ShownPath[];
  /** Mounted after `readOnly` for commands with the host's network: how names are resolved there. */
  readonly readOnlyWithNetwork: readonly ShownPath[];
  readonly symlinks: readonly { readonly target: string; readonly insidePath: string }[];
  /** Directories of the shown system that are hidden again. */
  readonly hidden: readonly string[];
}

const topDirectories = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];

/** Systems that keep programs outside /usr (Nix, Guix); world-readable by design. */
const stores = ['/nix/store', '/gnu/store'];

const etcCopied = [
  'debian_version',
  'ld.so.conf',
  'localtime',
  'mime.types',
  'os-release',
  'ssl/openssl.cnf',
  'timezone',
];
const etcMounted = ['alternatives', 'ld.so.cache', 'pki/ca-trust', 'pki/tls/certs', 'ssl/certs'];

/** Local configuration in a tree that is otherwise shown whole. */
const hiddenDirectories = ['/usr/local/etc'];

const etcWritten: Readonly<Record<string, string>> = {
  passwd: 'sandbox:x:1000:1000::/tmp:/bin/sh\nnobody:x:65534:65534::/nonexistent:/usr/sbin/nologin\n',
  group: 'sandbox:x:1000:\nnogroup:x:65534:\n',
  hosts: '127.0.0.1 localhost sandbox\n::1 localhost\n',
  'resolv.conf': '',
  'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n',
};

const same = (path: string): ShownPath => ({ hostPath: path, insidePath: path });

function makeParent(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
}

/** Fills `directory` and returns what is to be mounted for /etc, the directory first. */
function makeEtc(directory: string): readonly ShownPath[] {
  mkdirSync(directory, { recursive: true });
  for (const [name, text] of Object.entries(etcWritten)) writeFileSync(join(directory, name), text, { mode: 0o644 });
  for (const name of etcCopied.filter((candidate) => existsSync(`/etc/${candidate}`))) {
    makeParent(join(directory, name));
    copyFileSync(`/etc/${name}`, join(directory, name));
  }
  const mounted = etcMounted.filter((name) => existsSync(`/etc/${name}`));
  for (const name of mounted) {
    const mountPoint = join(directory, name);
    makeParent(mountPoint);
    if (statSync(`/etc/${name}`).isDirectory()) mkdirSync(mountPoint);
    else writeFileSync(mountPoint, '');
  }
  return [{ hostPath: directory, insidePath: '/etc' }, ...mounted.map((name) => same(`/etc/${name}`))];
}

/** The real path, as systemd-resolved and others put a link to /run there. */
function findNameFiles(): readonly ShownPath[] {
  return ['/etc/hosts', '/etc/resolv.conf']
    .filter((path) => existsSync(path))
    .map((path) => ({ hostPath: realpathSync(path), insidePath: path }));
}

/** `stateDirectory` is the driver's own and holds the /etc that is made. */
export function openSystemView(stateDirectory: string): SystemView {
  const isLink = (path: string): boolean => lstatSync(path).isSymbolicLink();
  const top = topDirectories.filter((path) => existsSync(path));
  return {
    readOnly: [
      same('/usr'),
      ...top.filter((path) => !isLink(path)).map(same),
      ...stores.filter((path) => existsSync(path)).map(same),
      ...makeEtc(join(stateDirectory, 'etc')),
    ],
    readOnlyWithNetwork: findNameFiles(),
    symlinks: top.filter(isLink).map((path) => ({ target: readlinkSync(path), insidePath: path })),
    hidden: hiddenDirectories.filter((path) => existsSync(path)),
  };
}

export function listSystemPaths(view: SystemView, network: 'none' | 'host'): readonly ShownPath[] {
  return network === 'host' ? [...view.readOnly, ...view.readOnlyWithNetwork] : view.readOnly;
}
