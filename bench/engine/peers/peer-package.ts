// Peers are installed outside the workspaces, so that no engine is ever a dependency of the product. Programs beside
// this file load them by name from there, typed by the few members that they use.

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const peersFolder = join(dirname(dirname(dirname(import.meta.dirname))), '.bench', 'engine');
const requireFromThere = createRequire(join(peersFolder, 'package.json'));

export function loadPeer<Package>(name: string): Package {
  return requireFromThere(name) as Package;
}

/** Where an installed peer lies. */
export function peerFolder(name: string): string {
  return dirname(requireFromThere.resolve(`${name}/package.json`));
}

export function peerVersion(name: string): string {
  return (requireFromThere(join(peersFolder, 'node_modules', name, 'package.json')) as { version: string }).version;
}
