// What is wrong with how dependencies are declared and locked.

import { findAdvisories } from './advisories.mjs';
import { plural } from './lib/skill-run.mjs';
import { dirname } from './manifest-text.mjs';
import { findDrift } from './npm.mjs';

const update = 'Update to a fixed version, or replace the package.';

export const rules = {
  malicious: {
    title: 'Known malicious package version',
    why: 'The version was published by an attacker; installing it runs their code.',
    fix: 'Remove it, rotate every credential that was within its reach, and install from a clean lock file.',
  },
  vulnerable: {
    title: 'Known vulnerable version',
    why: 'The hole is public, and so is often the way to use it.',
    fix: update,
  },
  deprecated: {
    title: 'Deprecated package',
    why: 'Its authors no longer mend it, or ask people to move elsewhere.',
    fix: 'Follow the hint of its authors to the replacement.',
  },
  'missing-lock': {
    title: 'No lock file',
    why: 'Two installations on different days get different code, and an attack on one dependency reaches you at once.',
    fix: 'Make a lock file with the package manager, and commit it.',
  },
  'lock-drift': {
    title: 'Lock file does not fit the manifest',
    why: 'A clean installation refuses the pair or silently installs something else than what was tested.',
    fix: 'Run the package manager once and commit the new lock file.',
  },
  'two-locks': {
    title: 'Several lock files for one project',
    why: 'Whoever uses the other package manager gets other versions.',
    fix: 'Decide for one package manager and remove the other lock file.',
  },
  unpinned: {
    title: 'Dependency without any bound',
    why: 'Any future version is accepted, also one that breaks or attacks.',
    fix: 'Give a version range, and lock it.',
  },
  'remote-source': {
    title: 'Dependency from a moving address',
    why: 'Without a commit or checksum the content behind the address can change at any time.',
    fix: 'Pin a commit, or take a published version.',
  },
  'insecure-source': {
    title: 'Dependency fetched without encryption',
    why: 'Anybody on the way can replace the code.',
    fix: 'Use https.',
  },
  'install-scripts': {
    title: 'Packages that run code when installed',
    why: 'Installation is where most attacks on package registries begin.',
    fix: 'Allow install scripts only for the packages that need them.',
  },
  'declared-twice': {
    title: 'Declared for production and for development',
    why: 'Two ranges for one package, of which only one counts.',
    fix: 'Keep one of the two.',
  },
  snapshot: {
    title: 'Depends on a snapshot',
    why: 'The same version number means different code on different days.',
    fix: 'Depend on a released version.',
  },
  'local-replace': {
    title: 'Module replaced by a folder outside',
    why: 'It builds only where that folder happens to be.',
    fix: 'Use a workspace file (`go.work`) that is not committed, or publish the module.',
  },
  unreadable: {
    title: 'Manifest cannot be read',
    why: 'Package managers fail on it too, or it is a template that should not have this name.',
    fix: 'Mend the syntax.',
  },
};

export function checkAll(findings, { systems, advisories }) {
  for (const { manifests, locks } of systems) {
    for (const manifest of manifests) checkManifest(findings, manifest);
    for (const lock of [...locks, ...locksOfManifests(manifests)]) checkLock(findings, lock, { manifests, advisories });
  }
}

/** Where nothing is locked, what a manifest fixes to one version is what gets installed. */
function locksOfManifests(manifests) {
  return manifests
    .filter(
      (manifest) => manifest.lockfile === undefined && (manifest.ecosystem === 'PyPI' || manifest.ecosystem === 'npm'),
    )
    .map((manifest) => ({
      file: manifest.file,
      ecosystem: manifest.ecosystem,
      packages: manifest.declared
        .map((item) => ({
          name: item.name,
          version: exactVersion(manifest.ecosystem, item.range),
          line: item.line,
          dev: item.kind === 'devDependencies',
        }))
        .filter((item) => item.version !== undefined),
    }));
}

function exactVersion(ecosystem, range) {
  const pattern = ecosystem === 'PyPI' ? /^===?\s*([\w.!+-]+)$/ : /^=?v?(\d+\.\d+\.\d+(?:-[\w.]+)?)$/;
  return pattern.exec(range.trim())?.[1];
}

function checkManifest(findings, manifest) {
  checkPresence(findings, manifest);
  checkDeclared(findings, manifest);
  const drift = findDrift(manifest);
  if (drift.length > 0) {
    const shown = drift.slice(0, 5).map((item) => `${item.name} ${item.range} (lock: ${item.locked ?? 'absent'})`);
    findings.add({
      rule: 'lock-drift',
      severity: 'medium',
      title: `${plural(drift.length, 'dependency does', 'dependencies do')} not fit the lock file`,
      file: manifest.file,
      line: drift.length === 1 ? manifest.declared.find((item) => item.name === drift[0].name)?.line : undefined,
      detail: `${shown.join('; ')}${drift.length > 5 ? '; …' : ''}.`,
      key: 'drift',
    });
  }
  if ((manifest.lockfiles?.length ?? 0) > 1) {
    findings.add({
      rule: 'two-locks',
      severity: 'low',
      title: 'Several lock files',
      file: manifest.file,
      detail: `Beside each other: ${manifest.lockfiles.join(', ')}.`,
    });
  }
  for (const replaced of manifest.replaces ?? []) {
    if (!replaced.target.startsWith('../') && !replaced.target.startsWith('/')) continue;
    if (replaced.target.startsWith('../') && dirname(manifest.file) !== '') continue;
    findings.add({
      rule: 'local-replace',
      severity: 'medium',
      title: `${replaced.name} is replaced by ${replaced.target}`,
      file: manifest.file,
      line: replaced.line,
      detail: `The module is built from ${replaced.target}, which is not part of this repository.`,
    });
  }
}

function checkPresence(findings, manifest) {
  const needed = manifest.declared.filter((item) => item.kind !== 'peerDependencies').length;
  if (
    needed === 0 ||
    manifest.lockfile !== undefined ||
    manifest.inWorkspace ||
    manifest.selfLocked ||
    manifest.ecosystem === 'Maven'
  )
    return;
  if (manifest.style === 'input') return;
  // Libraries are built by others with other locks; many deliberately commit none.
  const isLibrary = !manifest.isApplication && !manifest.wantsLock;
  const severity = isLibrary ? 'info' : 'medium';
  const exact = manifest.declared.filter((item) => item.exact).length;
  if (manifest.style === 'requirements') {
    const loose = manifest.declared.filter((item) => !item.exact && !item.remote?.fixed);
    findings.add({
      rule: 'missing-lock',
      severity: /(?:dev|test|doc|lint|ci)/i.test(manifest.file) ? 'info' : 'low',
      title: `${plural(loose.length, 'requirement is', 'requirements are')} not fixed to a version`,
      file: manifest.file,
      line: loose[0]?.line,
      detail: `${exact} of ${manifest.declared.length} requirements name one version, and no lock file stands beside them. First loose one: ${loose[0]?.name}.`,
      key: 'requirements',
    });
    return;
  }
  findings.add({
    rule: 'missing-lock',
    severity,
    title: 'No lock file',
    file: manifest.file,
    detail: `${plural(needed, 'dependency', 'dependencies')} declared, and no lock file stands beside the manifest.${isLibrary ? ' This looks like a library, for which that can be deliberate.' : ''}`,
    confidence: isLibrary ? 'low' : 'medium',
  });
}

function checkDeclared(findings, manifest) {
  const seen = new Map();
  for (const item of manifest.declared) {
    const place = { file: manifest.file, line: item.line, key: item.name };
    const development = /dev|test|optional|peer/i.test(item.kind);
    if (
      item.unpinned &&
      !manifest.selfLocked &&
      item.kind !== 'peerDependencies' &&
      manifest.style !== 'input' &&
      manifest.style !== 'requirements'
    ) {
      const locked = manifest.lockfile !== undefined;
      findings.add({
        rule: 'unpinned',
        severity: locked || development ? 'info' : 'low',
        title: `${item.name} has no bound`,
        ...place,
        detail: `The range is ${item.range === '' ? 'empty' : `\`${item.range}\``}.${locked ? ' A lock file holds it for now.' : ''}`,
      });
    }
    if (item.remote?.insecure)
      findings.add({
        rule: 'insecure-source',
        severity: 'high',
        title: `${item.name} is fetched without encryption`,
        ...place,
        detail: 'Its address begins with http: or git:.',
      });
    else if (item.remote?.fixed === false)
      findings.add({
        rule: 'remote-source',
        severity: development ? 'low' : 'medium',
        title: `${item.name} comes from a moving address`,
        ...place,
        detail: `It is taken from a repository or archive without a commit.${manifest.lockfile === undefined ? '' : ' A lock file may hold it for now.'}`,
        confidence: 'medium',
      });
    if (item.snapshot)
      findings.add({
        rule: 'snapshot',
        severity: 'low',
        title: `${item.name} is a snapshot`,
        ...place,
        detail: `Version ${item.range}.`,
      });
    const before = seen.get(item.name);
    if (
      before !== undefined &&
      before !== item.kind &&
      [before, item.kind].toSorted().join() === 'dependencies,devDependencies'
    ) {
      findings.add({
        rule: 'declared-twice',
        severity: 'low',
        title: `${item.name} is declared twice`,
        ...place,
        detail: `It stands under ${before} and under ${item.kind}.`,
      });
    }
    seen.set(item.name, item.kind);
  }
}

function checkLock(findings, lock, { manifests, advisories }) {
  const direct = new Set(
    manifests
      .filter((manifest) => manifest.lockfile === lock.file || manifest.file === lock.file)
      .flatMap((manifest) => manifest.declared.map((item) => item.name)),
  );
  const seen = new Set();
  const deprecated = [];
  for (const item of lock.packages) {
    const key = `${item.name}@${item.version}`;
    if (seen.has(key)) continue;
    seen.add(key);
    for (const advisory of findAdvisories(advisories, {
      ecosystem: lock.ecosystem,
      name: item.name,
      version: item.version,
    }))
      addAdvisory(findings, { lock, item, advisory, isDirect: direct.has(item.name) && !item.indirect });
    if (item.deprecated !== undefined) deprecated.push(item);
    if (item.insecure)
      findings.add({
        rule: 'insecure-source',
        severity: 'high',
        title: `${key} is fetched without encryption`,
        file: lock.file,
        detail: 'The lock file names an address that begins with http: or git:.',
      });
  }
  addDeprecated(findings, lock, { deprecated, direct });
  addSummaries(findings, lock);
}

function addAdvisory(findings, { lock, item, advisory, isDirect }) {
  const name = advisory.alias ?? advisory.id;
  const key = `${item.name}@${item.version}`;
  const fixed = advisory.fixed === undefined ? 'No fixed version is known.' : `Fixed in ${advisory.fixed}.`;
  const reach = `${isDirect ? 'A direct dependency' : 'Brought in by another package'}${item.dev ? ', for development only' : ''}.`;
  const severity =
    item.dev && advisory.severity === 'critical' && !advisory.malicious
      ? 'high'
      : item.dev && advisory.severity === 'high' && !advisory.malicious
        ? 'medium'
        : advisory.severity;
  findings.add({
    rule: advisory.malicious ? 'malicious' : 'vulnerable',
    severity,
    title: `${key}: ${name}`,
    file: lock.file,
    line: item.line,
    detail: `${advisory.summary}. ${fixed} ${reach} ${advisory.id}.`,
    fix: advisory.fixed === undefined ? undefined : `Update ${item.name} to ${advisory.fixed} or later.`,
    confidence: isDirect || advisory.malicious ? 'high' : 'medium',
    key: `${key} ${advisory.id}`,
  });
}

/** Direct ones can be replaced here; the rest belong to somebody else's manifest and are told once. */
function addDeprecated(findings, lock, { deprecated, direct }) {
  const [own, others] = [
    deprecated.filter((item) => direct.has(item.name)),
    deprecated.filter((item) => !direct.has(item.name)),
  ];
  for (const item of own)
    findings.add({
      rule: 'deprecated',
      severity: item.dev ? 'low' : 'medium',
      title: `${item.name}@${item.version} is deprecated`,
      file: lock.file,
      detail: item.deprecated,
      key: `${item.name}@${item.version}`,
    });
  if (others.length === 0) return;
  const shown = others
    .slice(0, 8)
    .map((item) => `${item.name}@${item.version}`)
    .join(', ');
  findings.add({
    rule: 'deprecated',
    severity: 'info',
    title: `${plural(others.length, 'deprecated package')} brought in by others`,
    file: lock.file,
    detail: `${shown}${others.length > 8 ? ', …' : ''}.`,
    key: 'indirect',
  });
}

function addSummaries(findings, lock) {
  const scripts = [...new Set(lock.packages.filter((item) => item.installScript).map((item) => item.name))];
  if (scripts.length > 0) {
    findings.add({
      rule: 'install-scripts',
      severity: 'info',
      title: `${plural(scripts.length, 'package runs', 'packages run')} code when installed`,
      file: lock.file,
      detail: `${scripts.slice(0, 10).join(', ')}${scripts.length > 10 ? ', …' : ''}.`,
      key: 'scripts',
    });
  }
  const unverified = lock.packages.filter((item) => item.unverified);
  if (unverified.length > 0) {
    findings.add({
      rule: 'remote-source',
      severity: 'low',
      title: `${plural(unverified.length, 'locked package has', 'locked packages have')} no checksum`,
      file: lock.file,
      detail: `First: ${unverified[0].name}@${unverified[0].version}.`,
      key: 'checksum',
    });
  }
}
