// package.json, package-lock.json (versions 1 to 3), npm-shrinkwrap.json, yarn.lock (classic and Berry), pnpm-lock.yaml, bun.lock.

import { dirname, joinPath, lineOfKey, parseJson } from './manifest-text.mjs';

const kindsOfDependency = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];
const lockNames = ['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock', 'bun.lockb'];

/** `{ manifests, locks }` of all npm projects among the files. `project` gives texts and takes problems. */
export function readNpm(project) {
  const manifests = project
    .named('package.json')
    .map((file) => readManifest(project, file))
    .filter((item) => item !== undefined);
  const locks = [];
  for (const name of lockNames) for (const file of project.named(name)) locks.push(readLock(project, file, name));
  const found = locks.filter((lock) => lock !== undefined);
  for (const manifest of manifests) attachLock(manifest, found, manifests);
  return { ecosystem: 'npm', manifests, locks: found };
}

function readManifest(project, file) {
  const text = project.text(file);
  const json = text === undefined ? undefined : parseJson(project, file, text);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  const declared = [];
  for (const kind of kindsOfDependency) {
    const entries = typeof json[kind] === 'object' && json[kind] !== null ? Object.entries(json[kind]) : [];
    for (const [name, range] of entries) {
      if (typeof range === 'string')
        declared.push({
          name,
          range,
          kind,
          line: lineOfKey(text, name),
          unpinned: isUnpinned(range),
          remote: isRemote(range),
        });
    }
  }
  const isApplication = json.private === true || typeof json.scripts?.start === 'string';
  return {
    file,
    ecosystem: 'npm',
    declared,
    name: json.name,
    isApplication,
    workspaces: json.workspaces,
    licence: json.license,
  };
}

function isUnpinned(range) {
  const plain = range.trim();
  return /^(?:\*|x|latest|next|)$/i.test(plain) || /^>=?\s*[\d.]+$/.test(plain);
}

/** What does not come from the registry: a repository or an archive somewhere. `fixed` says whether a commit pins it. */
function isRemote(range) {
  if (/^(?:file|link|workspace|portal|patch|catalog|npm):/.test(range)) return undefined;
  const isGit = /^(?:git[+:@]|github:|gitlab:|bitbucket:|[\w.-]+\/[\w.-]+(?:#|$))/.test(range);
  if (!isGit && !/^https?:/.test(range)) return undefined;
  return { fixed: /#[0-9a-f]{7,40}$/i.test(range), insecure: /^(?:git\+)?(?:http|git):\/\//.test(range) };
}

function readLock(project, file, name) {
  const text = name === 'bun.lockb' ? '' : project.text(file);
  if (text === undefined) return { file, ecosystem: 'npm', tool: toolOf(name), packages: [], unread: true };
  const packages = [];
  const lock = { file, ecosystem: 'npm', tool: toolOf(name), packages };
  if (name === 'yarn.lock') readYarn(text, packages);
  else if (name === 'pnpm-lock.yaml') readPnpm(text, packages);
  else if (name === 'bun.lock') readBun(text, packages);
  else if (name !== 'bun.lockb') readPackageLock(project, { file, text, lock });
  return lock;
}

function toolOf(name) {
  return name.startsWith('yarn') ? 'yarn' : name.startsWith('pnpm') ? 'pnpm' : name.startsWith('bun') ? 'bun' : 'npm';
}

function readPackageLock(project, { file, text, lock }) {
  const json = parseJson(project, file, text);
  if (typeof json !== 'object' || json === null) return;
  lock.version = json.lockfileVersion;
  if (typeof json.packages === 'object' && json.packages !== null) {
    lock.roots = json.packages;
    for (const [path, entry] of Object.entries(json.packages)) {
      const at = path.lastIndexOf('node_modules/');
      if (at === -1 || entry?.link === true || typeof entry?.version !== 'string') continue;
      lock.packages.push(packageOf(entry.name ?? path.slice(at + 13), entry));
    }
  } else collectNested(json.dependencies, lock.packages, 0);
}

function collectNested(dependencies, packages, depth) {
  if (typeof dependencies !== 'object' || dependencies === null || depth > 40) return;
  for (const [name, entry] of Object.entries(dependencies)) {
    if (typeof entry?.version === 'string') packages.push(packageOf(name, entry));
    collectNested(entry?.dependencies, packages, depth + 1);
  }
}

function packageOf(name, entry) {
  const alias = /^npm:(.+)@([^@]+)$/.exec(entry.version);
  return {
    name: alias?.[1] ?? name,
    version: alias?.[2] ?? entry.version,
    dev: entry.dev === true || entry.devOptional === true,
    deprecated: typeof entry.deprecated === 'string' ? entry.deprecated : undefined,
    licence: typeof entry.license === 'string' ? entry.license : undefined,
    installScript: entry.hasInstallScript === true,
    insecure: typeof entry.resolved === 'string' && /^(?:http|git):\/\//.test(entry.resolved),
    unverified: typeof entry.resolved === 'string' && /^https?:/.test(entry.resolved) && entry.integrity === undefined,
  };
}

function readYarn(text, packages) {
  for (const block of text.split(/\n(?=\S)/)) {
    const head = /^"?((?:@[^/"\s]+\/)?[^@"\s/]+)@/.exec(block);
    const version = /^\s+"?version"?:?\s+"?([^"\s]+)"?/m.exec(block);
    if (head === null || version === null || /^\s+resolution:.*@workspace:/m.test(block)) continue;
    const resolved = /^\s+resolved\s+"([^"]+)"/m.exec(block)?.[1] ?? '';
    packages.push({
      name: head[1],
      version: version[1],
      insecure: /^(?:http|git):\/\//.test(resolved),
      unverified: false,
    });
  }
}

/** The keys of `packages:` are `/name@1.0.0`, `name@1.0.0(peers)` or, in old files, `/name/1.0.0`. */
function readPnpm(text, packages) {
  const section = /^packages:\n([\s\S]*?)(?=^\S|$(?![\s\S]))/m.exec(text)?.[1] ?? '';
  for (const entry of section.split(/\n(?= {2}\S)/)) {
    const key = /^ {2}['"]?\/?((?:@[^/'"\s]+\/)?[^@/'"\s(]+)[@/]([^('":\s/_]+)/.exec(
      entry.startsWith('  ') ? entry : `  ${entry.trimStart()}`,
    );
    if (key === null || !/^\d/.test(key[2])) continue;
    const deprecated = /^\s+deprecated:\s*(.+)$/m.exec(entry)?.[1]?.replaceAll(/^['"]|['"]$/g, '');
    packages.push({
      name: key[1],
      version: key[2],
      dev: /^\s+dev: true$/m.test(entry),
      deprecated,
      installScript: /^\s+requiresBuild: true$/m.test(entry),
    });
  }
}

function readBun(text, packages) {
  const section = text.slice(text.indexOf('"packages"'));
  for (const match of section.matchAll(/\[\s*"((?:@[^/"]+\/)?[^@"]+)@(\d[^"]*)"/g))
    packages.push({ name: match[1], version: match[2] });
}

/** A project's lock file stands beside its manifest, or beside that of the workspace it belongs to. */
function attachLock(manifest, locks, manifests) {
  const folder = dirname(manifest.file);
  const beside = locks.filter((lock) => dirname(lock.file) === folder);
  manifest.lockfile = beside[0]?.file;
  manifest.lockfiles = beside.map((lock) => lock.file);
  manifest.lock = beside[0];
  if (manifest.lockfile !== undefined) return;
  for (let up = folder; up !== '';) {
    up = dirname(up);
    const lock = locks.find((item) => dirname(item.file) === up);
    const isWorkspace =
      manifests.some((item) => item.file === joinPath(up, 'package.json') && item.workspaces !== undefined) ||
      lock?.tool === 'pnpm';
    if (lock !== undefined && isWorkspace) {
      manifest.lockfile = lock.file;
      manifest.inWorkspace = true;
      return;
    }
  }
}

/** What the lock file's own copy of the manifest says otherwise: `npm ci` refuses such a pair. */
export function findDrift(manifest) {
  const root = manifest.lock?.roots?.[''];
  if (typeof root !== 'object' || root === null) return [];
  const drift = [];
  for (const { name, range, kind } of manifest.declared) {
    const locked = root[kind]?.[name];
    if (locked !== range) drift.push({ name, range, locked });
  }
  return drift;
}
