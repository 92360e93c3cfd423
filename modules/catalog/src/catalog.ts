// The catalogue: agents, skills and workflows from several layers joined under one name each.
//
// Invariants: C1 a later layer (project over user over shipped) wins a name.
//             C2 an untrusted entry never hides a trusted one, whatever its layer.
//             C3 every name that is defined more than once is reported, with the winner and the losers.

import { refused } from '@chorale/lib-errors';
import type { AgentDefinition } from './agent-definition.ts';
import type { Problem } from './problem.ts';
import type { Skill } from './skill.ts';

export type CatalogOrigin = 'shipped' | 'user' | 'project';
export type CatalogTrust = 'trusted' | 'untrusted';

/** A workflow file as found; its text is parsed by the workflow reader of this module. */
export interface WorkflowSource {
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

export interface CatalogLayer {
  readonly origin: CatalogOrigin;
  readonly trust: CatalogTrust;
  readonly agents: readonly AgentDefinition[];
  readonly skills: readonly Skill[];
  readonly workflows: readonly WorkflowSource[];
  readonly problems: readonly Problem[];
}

export interface CatalogEntry<Value> {
  readonly name: string;
  readonly origin: CatalogOrigin;
  readonly trust: CatalogTrust;
  readonly path: string;
  readonly value: Value;
}

export interface NameCollision {
  readonly kind: 'agent' | 'skill' | 'workflow';
  readonly name: string;
  readonly winner: { readonly path: string; readonly origin: CatalogOrigin };
  readonly losers: readonly { readonly path: string; readonly origin: CatalogOrigin; readonly trust: CatalogTrust }[];
}

export interface Catalog {
  readonly agents: ReadonlyMap<string, CatalogEntry<AgentDefinition>>;
  readonly skills: ReadonlyMap<string, CatalogEntry<Skill>>;
  readonly workflows: ReadonlyMap<string, CatalogEntry<WorkflowSource>>;
  readonly collisions: readonly NameCollision[];
  readonly problems: readonly Problem[];
}

const originRank: Readonly<Record<CatalogOrigin, number>> = { shipped: 0, user: 1, project: 2 };

/** Joins layers given in any order. Entries come out sorted by name. */
export function mergeCatalog(layers: readonly CatalogLayer[]): Catalog {
  const problems = layers.flatMap((layer) => layer.problems);
  const agents = mergeKind(
    'agent',
    layers.flatMap((layer) => layer.agents.map((value) => entry(layer, value, value.path))),
  );
  const skills = mergeKind(
    'skill',
    layers.flatMap((layer) => layer.skills.map((value) => entry(layer, value, `${value.directory}/SKILL.md`))),
  );
  const workflows = mergeKind(
    'workflow',
    layers.flatMap((layer) => layer.workflows.map((value) => entry(layer, value, value.path))),
  );
  return {
    agents: agents.entries,
    skills: skills.entries,
    workflows: workflows.entries,
    collisions: [...agents.collisions, ...skills.collisions, ...workflows.collisions],
    problems: [...problems, ...unknownSkills(agents.entries, skills.entries)],
  };
}

function entry<Value extends { readonly name: string }>(
  layer: CatalogLayer,
  value: Value,
  path: string,
): CatalogEntry<Value> {
  return { name: value.name, origin: layer.origin, trust: layer.trust, path, value };
}

/** Trusted before untrusted, then project before user before shipped, then by path so that the outcome never depends on disk order. */
function comparePrecedence(left: CatalogEntry<unknown>, right: CatalogEntry<unknown>): number {
  if (left.trust !== right.trust) return left.trust === 'trusted' ? -1 : 1;
  const byOrigin = originRank[right.origin] - originRank[left.origin];
  if (byOrigin !== 0) return byOrigin;
  return left.path < right.path ? -1 : 1;
}

function mergeKind<Value>(kind: NameCollision['kind'], all: readonly CatalogEntry<Value>[]) {
  const byName = new Map<string, CatalogEntry<Value>[]>();
  for (const item of all) byName.set(item.name, [...(byName.get(item.name) ?? []), item]);
  const entries = new Map<string, CatalogEntry<Value>>();
  const collisions: NameCollision[] = [];
  for (const name of [...byName.keys()].toSorted()) {
    const [winner, ...losers] = (byName.get(name) ?? []).toSorted(comparePrecedence);
    if (winner === undefined) continue;
    entries.set(name, winner);
    if (losers.length === 0) continue;
    collisions.push({
      kind,
      name,
      winner: { path: winner.path, origin: winner.origin },
      losers: losers.map(({ path, origin, trust }) => ({ path, origin, trust })),
    });
  }
  return { entries, collisions };
}

function unknownSkills(agents: Catalog['agents'], skills: Catalog['skills']): Problem[] {
  const problems: Problem[] = [];
  for (const agent of agents.values()) {
    for (const skill of agent.value.skills) {
      if (skills.has(skill)) continue;
      const message = `agent \`${agent.name}\` names the skill \`${skill}\`, which is nowhere in the catalogue`;
      problems.push({ severity: 'warning', code: 'skill-unknown', message, path: agent.path, line: 1, column: 1 });
    }
  }
  return problems;
}

/** The entry, or a refusal that says what there is and how to trust it. Throws `catalog-unknown`, `catalog-untrusted`. */
export function getUsable<Value>(entries: ReadonlyMap<string, CatalogEntry<Value>>, name: string): CatalogEntry<Value> {
  const found = entries.get(name);
  if (found === undefined) {
    throw refused('catalog-unknown', `the catalogue holds no \`${name}\``, {
      action: `choose one of: ${[...entries.keys()].join(', ')}`,
    });
  }
  if (found.trust === 'untrusted') {
    throw refused('catalog-untrusted', `\`${name}\` came with the project (${found.path}) and is not trusted yet`, {
      action: "read the files under the project's .agents folder, then trust the project",
      data: { path: found.path },
    });
  }
  return found;
}
