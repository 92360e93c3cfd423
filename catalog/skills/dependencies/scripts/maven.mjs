// pom.xml: dependencies with versions from properties, dependencyManagement and parents that lie in the same repository.

import { dirname, joinPath, lineAt } from './manifest-text.mjs';

const rounds = 5;

export function readMaven(project) {
  const poms = new Map();
  for (const file of project.named('pom.xml')) {
    const text = project.text(file);
    if (text !== undefined) poms.set(file, parsePom(text));
  }
  const manifests = [...poms].map(([file, pom]) => resolvePom(file, pom, poms));
  const locks = manifests.map((manifest) => ({
    file: manifest.file,
    ecosystem: 'Maven',
    tool: 'maven',
    packages: manifest.declared
      .filter((item) => item.exact)
      .map((item) => ({ name: item.name, version: item.range, dev: item.kind === 'test', line: item.line })),
  }));
  return { ecosystem: 'Maven', manifests, locks: locks.filter((lock) => lock.packages.length > 0) };
}

const tag = (xml, name) => new RegExp(`<${name}>\\s*([^<]*?)\\s*</${name}>`).exec(xml)?.[1];

/** Comments are blanked out so that line numbers stay right. */
function parsePom(text) {
  const xml = text.replaceAll(/<!--[\s\S]*?-->/g, (comment) => comment.replaceAll(/[^\n]/g, ' '));
  const properties = new Map();
  for (const block of xml.matchAll(/<properties>([\s\S]*?)<\/properties>/g)) {
    for (const match of block[1].matchAll(/<([\w.-]+)>\s*([^<]*?)\s*<\/\1>/g)) properties.set(match[1], match[2]);
  }
  const parent = /<parent>([\s\S]*?)<\/parent>/.exec(xml)?.[1] ?? '';
  const own = xml
    .replace(/<parent>[\s\S]*?<\/parent>/, '')
    .replaceAll(/<(dependencies|build|profiles|dependencyManagement|reporting|modules)>[\s\S]*?<\/\1>/g, '');
  properties.set('project.version', tag(own, 'version') ?? tag(parent, 'version') ?? '');
  properties.set('project.groupId', tag(own, 'groupId') ?? tag(parent, 'groupId') ?? '');
  const managed = /<dependencyManagement>([\s\S]*?)<\/dependencyManagement>/.exec(xml)?.[1] ?? '';
  return {
    properties,
    parentPath: tag(parent, 'relativePath') ?? (parent === '' ? undefined : '../pom.xml'),
    managed: readDependencies(managed, managed === '' ? 0 : xml.indexOf(managed), xml),
    dependencies: readDependencies(
      xml.replace(/<dependencyManagement>[\s\S]*?<\/dependencyManagement>/g, (block) =>
        block.replaceAll(/[^\n]/g, ' '),
      ),
      0,
      xml,
    ),
    name: tag(own, 'artifactId'),
    licence: tag(/<licenses>([\s\S]*?)<\/licenses>/.exec(xml)?.[1] ?? '', 'name'),
  };
}

function readDependencies(part, offset, xml) {
  const found = [];
  for (const match of part.matchAll(/<dependency>([\s\S]*?)<\/dependency>/g)) {
    const body = match[1].replaceAll(/<exclusions>[\s\S]*?<\/exclusions>/g, '');
    found.push({
      group: tag(body, 'groupId') ?? '',
      artifact: tag(body, 'artifactId') ?? '',
      version: tag(body, 'version'),
      scope: tag(body, 'scope'),
      line: lineAt(xml, offset + match.index),
    });
  }
  return found;
}

function resolvePom(file, pom, poms) {
  const chain = parentsOf(file, poms);
  const properties = new Map(chain.toReversed().flatMap((item) => [...item.properties]));
  const resolve = (value) => {
    let text = value;
    for (let round = 0; round < rounds && text?.includes('${'); round++)
      text = text.replaceAll(
        /\$\{([\w.-]+)\}/g,
        (whole, key) => properties.get(key.replace(/^pom\./, 'project.')) ?? whole,
      );
    return text;
  };
  const managed = new Map(
    chain
      .toReversed()
      .flatMap((item) =>
        item.managed.map((entry) => [`${resolve(entry.group)}:${resolve(entry.artifact)}`, entry.version]),
      ),
  );
  const declared = pom.dependencies.map((item) => {
    const name = `${resolve(item.group)}:${resolve(item.artifact)}`;
    const range = resolve(item.version ?? managed.get(name)) ?? '';
    const exact = /^\d[\w.-]*$/.test(range);
    return {
      name,
      range,
      line: item.line,
      kind: item.scope === 'test' ? 'test' : 'dependencies',
      exact,
      unpinned: /^(?:LATEST|RELEASE)$|[[(]/.test(range),
      snapshot: range.endsWith('-SNAPSHOT'),
    };
  });
  return { file, ecosystem: 'Maven', declared, name: pom.name, isApplication: false, licence: pom.licence };
}

function parentsOf(file, poms) {
  const chain = [];
  let at = file;
  while (poms.has(at) && chain.length < 20 && !chain.includes(poms.get(at))) {
    const pom = poms.get(at);
    chain.push(pom);
    if (pom.parentPath === undefined || pom.parentPath === '') break;
    const target = resolveRelative(
      dirname(at),
      pom.parentPath.endsWith('.xml') ? pom.parentPath : `${pom.parentPath}/pom.xml`,
    );
    if (target === undefined) break;
    at = target;
  }
  return chain;
}

function resolveRelative(folder, relative) {
  const segments = folder === '' ? [] : folder.split('/');
  for (const part of relative.split('/')) {
    if (part === '..' && segments.pop() === undefined) return undefined;
    if (part !== '..' && part !== '.' && part !== '') segments.push(part);
  }
  return joinPath(segments.slice(0, -1).join('/'), segments.at(-1) ?? '');
}
