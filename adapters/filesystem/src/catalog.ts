// Finds agents, skills and workflows on disk, in three layers: what ships, what the user has, what the project brings.
//
// Owns:       where to look. What a file means belongs to the catalogue module.
// Invariants: K1 nothing outside the layer's folders is read.
//             K2 a project's layer is trusted only while the hash of all its files is the one a person agreed to.

import { createHash } from 'node:crypto';
import { lstat, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { mergeCatalog, parseAgentDefinition, parseSkill } from '@chorale/module-catalog';
import type {
  AgentDefinition,
  Catalog,
  CatalogLayer,
  CatalogOrigin,
  CatalogTrust,
  Problem,
  ProjectContent,
  Skill,
  TrustStore,
  WorkflowSource,
} from '@chorale/module-catalog';
import { LayerReader } from './catalog-files.ts';

export interface CatalogPlaces {
  /** The `catalog/` folder that ships. */
  readonly shipped: string;
  /** The project's root; its `.agents/` is read. */
  readonly project?: string;
  /** The user's home; its `.agents/` is read. */
  readonly home?: string;
  /** Usually `~/.config`; its `chorale/` is read. */
  readonly configHome?: string;
}

export interface DiscoveredCatalog {
  readonly catalog: Catalog;
  /** What a person would agree to by trusting the project; undefined when it brings nothing. */
  readonly project: ProjectContent | undefined;
  readonly projectTrusted: boolean;
}

const kinds = ['agents', 'skills', 'workflows'];
const fileBytesMax = 8 * 1024 * 1024;
const nothing = { agents: [], skills: [], workflows: [], problems: [] };

/** Never fails for what is on disk: every refusal is in `catalog.problems`. */
export async function discoverCatalog(places: CatalogPlaces, trustStore: TrustStore): Promise<DiscoveredCatalog> {
  const layers = [await readLayer(places.shipped, 'shipped', 'trusted')];
  const userFolders = [
    ...(places.configHome === undefined ? [] : [join(places.configHome, 'chorale')]),
    ...(places.home === undefined ? [] : [join(places.home, '.agents')]),
  ];
  for (const folder of userFolders) layers.push(await readLayer(folder, 'user', 'trusted'));
  if (places.project === undefined || isInside(places.project, places.home)) {
    return { catalog: mergeCatalog(layers), project: undefined, projectTrusted: false };
  }
  const { content, problems } = await hashProjectContent(places.project);
  const trust = content === undefined ? { trusted: false, problems: [] } : await askTrust(content, trustStore);
  layers.push({ ...nothing, origin: 'project', trust: 'untrusted', problems: [...problems, ...trust.problems] });
  if (content !== undefined) {
    const folder = join(content.path, '.agents');
    layers.push(await readLayer(folder, 'project', trust.trusted ? 'trusted' : 'untrusted'));
  }
  return { catalog: mergeCatalog(layers), project: content, projectTrusted: trust.trusted };
}

/** The user's home may itself be the project; its `.agents/` is then the user's, and read once. */
function isInside(project: string, home: string | undefined): boolean {
  return home !== undefined && join(project, '.') === join(home, '.');
}

/**
 * The hash over every file the project would bring, with names and sizes in it, so that no two contents share one.
 * Ask again right before something of the project runs: files can change after discovery.
 */
export async function hashProjectContent(
  project: string,
): Promise<{ readonly content: ProjectContent | undefined; readonly problems: readonly Problem[] }> {
  const reader = new LayerReader();
  const path = await realpath(project).catch(() => undefined);
  if (path === undefined) {
    reader.report('file-unreadable', 'the project folder cannot be resolved', project);
    return { content: undefined, problems: reader.problems };
  }
  const hash = createHash('sha256');
  let count = 0;
  for (const kind of kinds) {
    const folder = join(path, '.agents', kind);
    if (await isLink(join(path, '.agents'), folder)) {
      reader.report('file-outside', 'symbolic links are not followed in a catalogue', folder);
      return { content: undefined, problems: reader.problems };
    }
    const files = await reader.allFiles(folder);
    if (files === undefined) return { content: undefined, problems: reader.problems };
    for (const file of files) {
      const bytes = await reader.readBytes(join(folder, file), fileBytesMax);
      // A file that could not be read is not covered by the hash, so nothing of this project can be agreed to.
      if (bytes === undefined) return { content: undefined, problems: reader.problems };
      hash.update(JSON.stringify([kind, file, bytes.length])).update(bytes);
      count++;
    }
  }
  const content = count === 0 ? undefined : { path, contentHash: hash.digest('hex') };
  return { content, problems: reader.problems };
}

async function isLink(...paths: readonly string[]): Promise<boolean> {
  for (const path of paths) {
    const stat = await lstat(path).catch(() => undefined);
    if (stat?.isSymbolicLink() === true) return true;
  }
  return false;
}

async function askTrust(
  content: ProjectContent,
  trustStore: TrustStore,
): Promise<{ trusted: boolean; problems: readonly Problem[] }> {
  try {
    return { trusted: await trustStore.isTrusted(content), problems: [] };
  } catch (error) {
    const message = `the record of trusted projects cannot be read, so the project is not trusted: ${(error as Error).message}`;
    const problem: Problem = {
      severity: 'error',
      code: 'file-unreadable',
      message,
      path: content.path,
      line: 1,
      column: 1,
    };
    return { trusted: false, problems: [problem] };
  }
}

/** What ships is held to the format; what others wrote is read as far as it can be. */
async function readLayer(folder: string, origin: CatalogOrigin, trust: CatalogTrust): Promise<CatalogLayer> {
  const mode = origin === 'shipped' ? 'strict' : 'lenient';
  const reader = new LayerReader();
  const problems: Problem[] = [];
  const agents: AgentDefinition[] = [];
  for (const file of await reader.filesIn(join(folder, 'agents'), ['.md'])) {
    const parsed = parseAgentDefinition(file, mode);
    problems.push(...parsed.problems);
    if (parsed.value !== undefined) agents.push(parsed.value);
  }
  const skills: Skill[] = [];
  for (const name of await reader.foldersIn(join(folder, 'skills'))) {
    const directory = join(folder, 'skills', name);
    const files = await reader.allFiles(directory);
    if (files === undefined || !files.includes('SKILL.md')) continue;
    const path = join(directory, 'SKILL.md');
    const text = await reader.readText(path);
    if (text === undefined) continue;
    const parsed = parseSkill({ path, text, files }, mode);
    problems.push(...parsed.problems);
    if (parsed.value !== undefined) skills.push(parsed.value);
  }
  const workflows: WorkflowSource[] = (await reader.filesIn(join(folder, 'workflows'), ['.yaml', '.yml'])).map(
    (file) => ({
      name: basename(file.path).replace(/\.ya?ml$/, ''),
      ...file,
    }),
  );
  return { origin, trust, agents, skills, workflows, problems: [...problems, ...reader.problems] };
}
