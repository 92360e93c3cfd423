// Cargo.toml (also of workspaces) and Cargo.lock.

import { dirname, joinPath, lineOfWord } from './manifest-text.mjs';
import { parseToml } from './toml.mjs';

const kindsOfDependency = ['dependencies', 'dev-dependencies', 'build-dependencies'];
const tableOf = (value) => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {});

export function readCargo(project) {
  const manifests = project
    .named('Cargo.toml')
    .map((file) => readManifest(project, file))
    .filter((item) => item !== undefined);
  const locks = project
    .named('Cargo.lock')
    .map((file) => readLock(project, file))
    .filter((item) => item !== undefined);
  const workspaces = manifests.filter((manifest) => manifest.isWorkspace).map((manifest) => dirname(manifest.file));
  for (const manifest of manifests) {
    const folder = dirname(manifest.file);
    const lock =
      locks.find((item) => dirname(item.file) === folder) ??
      locks.find((item) => workspaces.includes(dirname(item.file)) && isBelow(folder, dirname(item.file)));
    manifest.lockfile = lock?.file;
    manifest.inWorkspace = workspaces.some((root) => root !== folder && isBelow(folder, root));
  }
  return { ecosystem: 'crates.io', manifests, locks };
}

function isBelow(folder, root) {
  return root === '' || folder.startsWith(`${root}/`);
}

function read(project, file) {
  const text = project.text(file);
  if (text === undefined) return undefined;
  try {
    return { text, toml: parseToml(text) };
  } catch (error) {
    project.unreadable(file, error.message);
    return undefined;
  }
}

function readManifest(project, file) {
  const found = read(project, file);
  if (found === undefined) return undefined;
  const { text, toml } = found;
  const declared = [];
  const tables = [toml, tableOf(toml.workspace), ...Object.values(tableOf(toml.target)).map(tableOf)];
  for (const table of tables) {
    for (const kind of kindsOfDependency)
      for (const [name, value] of Object.entries(tableOf(table[kind])))
        addDependency(declared, text, { name, value, kind });
  }
  const binary = Array.isArray(toml.bin) || project.has(joinPath(dirname(file), 'src/main.rs'));
  return {
    file,
    ecosystem: 'crates.io',
    declared,
    name: tableOf(toml.package).name,
    isApplication: binary,
    isWorkspace: toml.workspace !== undefined,
    licence: tableOf(toml.package).license,
  };
}

function addDependency(declared, text, { name, value, kind }) {
  const options = tableOf(value);
  if (options.workspace === true || (options.path !== undefined && options.version === undefined)) return;
  const range = typeof value === 'string' ? value : String(options.version ?? '');
  const address = options.git;
  const remote =
    address === undefined
      ? undefined
      : {
          fixed: options.rev !== undefined || options.tag !== undefined,
          insecure: /^(?:http|git):/.test(String(address)),
        };
  declared.push({
    name: options.package ?? name,
    range,
    kind,
    line: lineOfWord(text, name),
    unpinned: (range === '*' || range === '') && remote === undefined,
    remote,
  });
}

function readLock(project, file) {
  const toml = read(project, file)?.toml;
  if (toml === undefined) return undefined;
  const packages = (Array.isArray(toml.package) ? toml.package : [])
    .filter(
      (entry) => typeof entry.name === 'string' && typeof entry.version === 'string' && entry.source !== undefined,
    )
    .map((entry) => ({
      name: entry.name,
      version: entry.version,
      insecure: /^git\+(?:http|git):/.test(String(entry.source)),
    }));
  return { file, ecosystem: 'crates.io', tool: 'cargo', packages };
}
