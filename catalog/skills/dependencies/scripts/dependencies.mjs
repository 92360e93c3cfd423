// What the repository takes from others, as its manifests and lock files say.

import { loadAdvisories } from './advisories.mjs';
import { readCargo } from './cargo.mjs';
import { checkAll, rules } from './checks.mjs';
import { readGo } from './go.mjs';
import { listRepository, readTextAt } from './lib/repository.mjs';
import { compareText, Findings, plural, runSkill } from './lib/skill-run.mjs';
import { readMaven } from './maven.mjs';
import { readNpm } from './npm.mjs';
import { readPython } from './python.mjs';

const rowsMax = 60;

/** The files that count: what lies in tests, examples and vendored folders is somebody else's or made up. */
class Project {
  constructor(root, files) {
    this.root = root;
    this.paths = new Set(files.filter((file) => file.skipped !== 'link').map((file) => file.path));
    const counted = files.filter((file) => !file.vendored && !file.test && !file.example && file.skipped !== 'link');
    this.counted = counted.map((file) => file.path);
    this.large = new Set(files.filter((file) => file.skipped === 'size').map((file) => file.path));
    this.byName = new Map();
    for (const path of this.counted) {
      const name = path.slice(path.lastIndexOf('/') + 1);
      this.byName.set(name, [...(this.byName.get(name) ?? []), path]);
    }
    this.problems = [];
  }

  named(name) {
    return this.byName.get(name) ?? [];
  }

  matching(pattern) {
    return this.counted.filter((path) => pattern.test(path));
  }

  has(path) {
    return this.paths.has(path);
  }

  text(path) {
    const text = readTextAt(this.root, path, lockBytesMax);
    if (text === undefined)
      this.problems.push({ path, message: 'it is larger than is read, or cannot be opened', size: true });
    return text;
  }

  unreadable(path, message) {
    this.problems.push({ path, message });
  }
}

// Lock files of large applications pass the bound for sources many times over.
const lockBytesMax = 32 * 1024 * 1024;

await runSkill('dependencies', ({ input, repository, progress }) => {
  const listed = listRepository({ input, repository, progress });
  const advisories = loadAdvisories(input.advisories);
  const project = new Project(repository, listed.files);
  const systems = [readNpm, readPython, readCargo, readGo, readMaven]
    .map((read) => read(project))
    .filter((system) => system.manifests.length + system.locks.length > 0);
  const findings = new Findings('dependencies', rules);
  checkAll(findings, { systems, advisories });
  for (const { path, message, size } of project.problems) {
    if (!size)
      findings.add({
        rule: 'unreadable',
        severity: 'medium',
        title: 'Cannot be read',
        file: path,
        detail: message,
        confidence: 'medium',
        key: 'unreadable',
      });
  }
  const finished = findings.finish();
  const ecosystems = systems.map(describeSystem);
  progress(
    ecosystems.map((item) => `${item.ecosystem}: ${item.declared} declared, ${item.locked} locked`).join('; ') ||
      'no manifests',
  );
  return {
    summary: summarize(ecosystems, finished),
    ...finished,
    metrics: {
      ecosystems,
      manifests: systems
        .flatMap((system) => system.manifests)
        .map(({ file, ecosystem, declared, lockfile }) => ({ file, ecosystem, declared: declared.length, lockfile }))
        .slice(0, rowsMax),
      duplicates: systems.flatMap(findDuplicates).slice(0, rowsMax),
      advisories: {
        count: advisories.count,
        complete: advisories.complete,
        statement: systems.length === 0 ? undefined : advisories.statement,
      },
    },
    notes: [
      ...listed.notes,
      ...project.problems.filter((item) => item.size).map((item) => `${item.path} was not read: ${item.message}.`),
      ...finished.notes,
    ],
  };
});

function describeSystem({ ecosystem, manifests, locks }) {
  const declared = manifests.flatMap((manifest) => manifest.declared);
  return {
    ecosystem,
    manifests: manifests.length,
    lockfiles:
      ecosystem === 'Maven'
        ? 0
        : ecosystem === 'Go'
          ? manifests.filter((manifest) => manifest.lockfile !== undefined).length
          : locks.length,
    declared: new Set(declared.map((item) => item.name)).size,
    locked: new Set(locks.flatMap((lock) => lock.packages.map((item) => `${item.name}@${item.version}`))).size,
    unpinned: declared.filter((item) => item.unpinned).length,
    duplicates: findDuplicates({ ecosystem, locks }).length,
  };
}

/** Packages that one lock file holds in several versions. */
function findDuplicates({ ecosystem, locks }) {
  const found = new Map();
  for (const lock of ecosystem === 'Maven' || ecosystem === 'Go' ? [] : locks) {
    const versions = new Map();
    for (const item of lock.packages) versions.set(item.name, (versions.get(item.name) ?? new Set()).add(item.version));
    for (const [name, set] of versions)
      if (set.size > 1 && set.size > (found.get(name)?.versions.length ?? 0))
        found.set(name, { name, ecosystem, versions: [...set].sort(compareText) });
  }
  return [...found.values()].sort((a, b) => b.versions.length - a.versions.length || compareText(a.name, b.name));
}

function summarize(ecosystems, { findings }) {
  if (ecosystems.length === 0)
    return { headline: 'No manifests of npm, Python, Cargo, Go or Maven were found.', ecosystems: 0, empty: true };
  const vulnerable = findings.filter((item) => item.rule === 'vulnerable' || item.rule === 'malicious').length;
  const parts = ecosystems.map(
    (item) => `${item.ecosystem} (${item.declared} declared, ${item.locked} with a known version)`,
  );
  const end =
    vulnerable === 0
      ? 'No version matches an advisory at hand.'
      : `${plural(vulnerable, 'version matches', 'versions match')} a known advisory.`;
  return { headline: `${parts.join(', ')}. ${end}`, ecosystems: ecosystems.length, vulnerable };
}
