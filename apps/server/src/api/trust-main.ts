// Shows what a project brings, and records or forgets a person's trust in it. A program of its own, started by
// `chorale trust`: trust is given by whoever sits at this machine, never over the network.
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { discoverCatalog, openFilesystemTrustStore } from '@chorale/adapter-filesystem';
import type { CatalogEntry, ProjectContent, TrustStore } from '@chorale/module-catalog';
import { loadConfig } from '../config/load-config.ts';

type Given =
  | { readonly action: 'show'; readonly project: string; readonly flags: readonly string[] }
  | { readonly action: 'revoke'; readonly project: string; readonly flags: readonly string[] }
  /** With the hash that was shown: what changed since then is not what the person agreed to. */
  | {
      readonly action: 'trust';
      readonly project: string;
      readonly contentHash: string;
      readonly flags: readonly string[];
    }
  | { readonly action: 'list'; readonly flags: readonly string[] };

async function act(given: Given): Promise<unknown> {
  const { values } = loadConfig({ cwd: process.cwd(), env: process.env, flags: given.flags });
  const trustStore = openFilesystemTrustStore({ directory: values.dataDir });
  if (given.action === 'list') return { items: await trustStore.list() };
  if (given.action === 'revoke') {
    const path = resolve(given.project);
    const known = (await trustStore.list()).some((project) => project.path === path);
    await trustStore.revoke(path);
    return { path, trusted: false, known };
  }
  const { content, shown } = await show(given.project, trustStore);
  if (given.action !== 'trust' || content === undefined) return shown;
  if (content.contentHash !== given.contentHash) return { ...shown, changed: true };
  await trustStore.trust(content);
  return { ...shown, trusted: true };
}

async function show(
  project: string,
  trustStore: TrustStore,
): Promise<{ readonly content: ProjectContent | undefined; readonly shown: object }> {
  const nowhere = resolve(project, '.agents', 'nowhere');
  const found = await discoverCatalog({ shipped: nowhere, project: resolve(project), home: homedir() }, trustStore);
  const { catalog, project: content, projectTrusted } = found;
  const items = [
    ...ofProject('agent', catalog.agents, ({ tools }) => tools.map(({ tool }) => tool)),
    ...ofProject('skill', catalog.skills, ({ entryScript }) => (entryScript === undefined ? [] : [entryScript])),
    ...ofProject('workflow', catalog.workflows, () => []),
  ];
  const problems = catalog.problems.filter(({ path }) => content !== undefined && path.startsWith(content.path));
  const shown = {
    path: content?.path ?? resolve(project),
    contentHash: content?.contentHash,
    trusted: projectTrusted,
    items,
    problems,
  };
  return { content, shown };
}

function ofProject<Value>(
  kind: string,
  entries: ReadonlyMap<string, CatalogEntry<Value>>,
  usesOf: (value: Value) => readonly string[],
): readonly object[] {
  return [...entries.values()]
    .filter(({ origin }) => origin === 'project')
    .map(({ name, path, value }) => ({ kind, name, path, uses: usesOf(value) }));
}

process.stdout.write(JSON.stringify(await act(JSON.parse(await text(process.stdin)) as Given)));
