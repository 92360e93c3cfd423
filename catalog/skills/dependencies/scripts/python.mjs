// requirements*.txt, pyproject.toml (PEP 621, dependency groups, Poetry), Pipfile, setup.cfg; poetry.lock, uv.lock, pdm.lock, Pipfile.lock.

import { dirname, lineOfWord, parseJson } from './manifest-text.mjs';
import { parseToml } from './toml.mjs';

const lockNames = ['poetry.lock', 'uv.lock', 'pdm.lock', 'Pipfile.lock'];

export function readPython(project) {
  const manifests = [];
  for (const file of project.matching(
    /(?:^|\/)(?:requirements[^/]*|[^/]*requirements)\.(?:txt|in)$|(?:^|\/)requirements\/[^/]+\.(?:txt|in)$/,
  ))
    manifests.push(readRequirements(project, file));
  for (const file of project.named('pyproject.toml')) manifests.push(readPyproject(project, file));
  for (const file of project.named('Pipfile')) manifests.push(readPipfile(project, file));
  for (const file of project.named('setup.cfg')) manifests.push(readSetupCfg(project, file));
  const locks = lockNames
    .flatMap((name) => project.named(name).map((file) => readLock(project, file)))
    .filter((lock) => lock !== undefined);
  const found = manifests.filter((manifest) => manifest !== undefined && manifest.declared.length > 0);
  for (const manifest of found) {
    const beside = locks.filter((lock) => dirname(lock.file) === dirname(manifest.file));
    manifest.lockfiles = beside.map((lock) => lock.file);
    manifest.lockfile = beside[0]?.file;
  }
  return { ecosystem: 'PyPI', manifests: found, locks };
}

const requirement = /^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(?:\(([^)]*)\)|@\s*(\S+)|([=<>!~][^;#]*))?/;

/** One requirement in PEP 508 form. `exact` says whether it names one version. */
function parseRequirement(text, line) {
  const match = requirement.exec(text.trim());
  if (match === null) return undefined;
  const range = (match[2] ?? match[4] ?? '').trim();
  const remote =
    match[3] === undefined
      ? undefined
      : { fixed: /@[0-9a-f]{7,40}(?:#|$)/.test(match[3]), insecure: /^(?:git\+)?(?:http|git):\/\//.test(match[3]) };
  return {
    name: match[1],
    range,
    line,
    exact: /^===?\s*[^*,]+$/.test(range),
    unpinned: range === '' && remote === undefined,
    remote,
    kind: 'dependencies',
  };
}

function readRequirements(project, file) {
  const text = project.text(file);
  if (text === undefined) return undefined;
  const declared = [];
  const lines = text.split(/\r?\n/);
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index].trim();
    const address = /^(?:-e\s+)?(git\+\S+|https?:\S+)$/.exec(line)?.[1];
    if (address !== undefined) {
      const name =
        /[#&]egg=([\w.-]+)/.exec(address)?.[1] ??
        address
          .split('/')
          .at(-1)
          .replace(/(?:\.git)?(?:@.*)?$/, '');
      declared.push({
        name,
        range: address,
        line: index + 1,
        exact: false,
        unpinned: false,
        kind: 'dependencies',
        remote: { fixed: /@[0-9a-f]{7,40}(?:#|$)/.test(address), insecure: /^(?:git\+)?(?:http|git):/.test(address) },
      });
    } else if (line !== '' && !/^[#-]/.test(line)) {
      const parsed = parseRequirement(line.replace(/\s+#.*$/, '').replace(/\s*\\$/, ''), index + 1);
      if (parsed !== undefined) declared.push(parsed);
    }
  }
  // A requirements file whose lines all name one version is itself the lock.
  const allExact = declared.length > 0 && declared.every((item) => item.exact || item.remote?.fixed);
  return {
    file,
    ecosystem: 'PyPI',
    declared,
    style: file.endsWith('.in') ? 'input' : 'requirements',
    isApplication: true,
    selfLocked: allExact,
  };
}

function readToml(project, file) {
  const text = project.text(file);
  if (text === undefined) return undefined;
  try {
    return { text, toml: parseToml(text) };
  } catch (error) {
    project.unreadable(file, error.message);
    return undefined;
  }
}

const texts = (value) => (Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []);
const tableOf = (value) => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {});

function readPyproject(project, file) {
  const read = readToml(project, file);
  if (read === undefined) return undefined;
  const { text, toml } = read;
  const declared = [];
  const add = (items, kind) => {
    for (const item of items) {
      const parsed = parseRequirement(item, lineOfWord(text, item.split(/[\s<>=!~;[@(]/)[0]));
      if (parsed !== undefined) declared.push({ ...parsed, kind });
    }
  };
  add(texts(tableOf(toml.project).dependencies), 'dependencies');
  for (const group of Object.values(tableOf(tableOf(toml.project)['optional-dependencies'])))
    add(texts(group), 'optionalDependencies');
  for (const group of Object.values(tableOf(toml['dependency-groups']))) add(texts(group), 'devDependencies');
  const poetry = tableOf(tableOf(toml.tool).poetry);
  addTable(declared, text, { table: poetry.dependencies, kind: 'dependencies' });
  addTable(declared, text, { table: poetry['dev-dependencies'], kind: 'devDependencies' });
  for (const group of Object.values(tableOf(poetry.group)))
    addTable(declared, text, { table: tableOf(group).dependencies, kind: 'devDependencies' });
  const name = tableOf(toml.project).name ?? poetry.name;
  return {
    file,
    ecosystem: 'PyPI',
    declared,
    name,
    style: 'project',
    isApplication: false,
    wantsLock: Object.keys(poetry).length > 0,
  };
}

/** Poetry and Pipenv: `name = "^1.0"` or `name = { version = "..", git = ".." }`. */
function addTable(declared, text, { table, kind }) {
  for (const [name, value] of Object.entries(tableOf(table))) {
    if (name.toLowerCase() === 'python') continue;
    const options = tableOf(value);
    if (options.path !== undefined) continue;
    const range = typeof value === 'string' ? value : String(options.version ?? '');
    const address = options.git ?? options.url;
    const remote =
      address === undefined
        ? undefined
        : {
            fixed: options.rev !== undefined || options.ref !== undefined || options.tag !== undefined,
            insecure: /^(?:http|git):/.test(String(address)),
          };
    declared.push({
      name,
      range,
      kind,
      line: lineOfWord(text, name),
      exact: /^===?\s*\d|^\d+(?:\.\d+)+$/.test(range),
      unpinned: (range === '*' || range === '') && remote === undefined,
      remote,
    });
  }
}

function readPipfile(project, file) {
  const read = readToml(project, file);
  if (read === undefined) return undefined;
  const declared = [];
  addTable(declared, read.text, { table: read.toml.packages, kind: 'dependencies' });
  addTable(declared, read.text, { table: read.toml['dev-packages'], kind: 'devDependencies' });
  return { file, ecosystem: 'PyPI', declared, style: 'project', isApplication: true, wantsLock: true };
}

function readSetupCfg(project, file) {
  const text = project.text(file);
  const section = /^install_requires\s*=\s*\n((?:[ \t]+.*\n?|\n)+)/m.exec(text ?? '')?.[1];
  if (section === undefined) return undefined;
  const declared = section
    .split('\n')
    .map((line) =>
      /^\s*(?:#|$)/.test(line)
        ? undefined
        : parseRequirement(line, lineOfWord(text, line.trim().split(/[\s<>=!~;[]/)[0])),
    )
    .filter((item) => item !== undefined);
  return { file, ecosystem: 'PyPI', declared, style: 'project', isApplication: false };
}

function readLock(project, file) {
  const packages = [];
  if (file.endsWith('Pipfile.lock')) {
    const text = project.text(file);
    const json = text === undefined ? undefined : parseJson(project, file, text);
    for (const group of ['default', 'develop']) {
      for (const [name, entry] of Object.entries(tableOf(json?.[group]))) {
        if (typeof entry?.version === 'string')
          packages.push({ name, version: entry.version.replace(/^==/, ''), dev: group === 'develop' });
      }
    }
  } else {
    const toml = readToml(project, file)?.toml;
    if (toml === undefined) return undefined;
    for (const entry of Array.isArray(toml.package) ? toml.package : []) {
      const own = tableOf(entry.source).virtual ?? tableOf(entry.source).editable;
      if (typeof entry.name === 'string' && typeof entry.version === 'string' && own === undefined)
        packages.push({ name: entry.name, version: entry.version, dev: entry.category === 'dev' });
    }
  }
  return { file, ecosystem: 'PyPI', tool: file.split('/').at(-1), packages };
}
