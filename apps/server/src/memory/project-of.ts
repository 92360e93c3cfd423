// Where what is remembered of a goal is kept: with the project that it is about, where its inputs name one, and of goals in a
// project of the tenant other than `default` in that project alone.
//
// Invariants: PM1 no name in an input leads to what is kept of another project of the tenant.

import { defaultProject, type ProjectId } from '@chorale/lib-ids';
import type { Goal } from '@chorale/module-goals';
import type { MemoryScope } from '@chorale/module-memory';

const idMax = 300;
/** Inputs that name what is worked on, the first that is there. */
const names = ['project', 'repository'] as const;
/** Before the ids of scopes within a project of the tenant; no name that is given begins with it. */
const within = '@@';

export function projectOf({ inputs, projectId }: Pick<Goal, 'inputs' | 'projectId'>): MemoryScope | undefined {
  const given = names.map((name) => inputs[name]).find((value) => typeof value === 'string' && value.trim() !== '');
  if (typeof given === 'string') return projectScope(given, projectId);
  return projectId === defaultProject ? undefined : { kind: 'project', id: idWithin(projectId, '') };
}

/** As a scope has it: one name for one place, whoever asks for it and whatever stands at its end. */
export function projectScope(name: string, projectId: ProjectId): MemoryScope {
  const plain = name
    .trim()
    .replace(/^([a-z][a-z+.-]*:\/\/)[^/@]*@/i, '$1')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
  return { kind: 'project', id: idWithin(projectId, (plain === '' ? name : plain).slice(-idMax)) };
}

/** What an agent knows from its work. */
export function agentScope(agent: string, projectId: ProjectId): MemoryScope {
  return { kind: 'agent', id: idWithin(projectId, agent) };
}

function idWithin(projectId: ProjectId, id: string): string {
  return projectId === defaultProject ? id.replace(/^@{2,}/, '@') : `${within}${projectId}/${id}`;
}
