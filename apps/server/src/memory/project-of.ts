// The project that a goal is about, where its inputs name one: what is remembered of it is found by whoever works at it next.

import type { Goal } from '@chorale/module-goals';
import type { MemoryScope } from '@chorale/module-memory';

const idMax = 300;
/** Inputs that name what is worked on, the first that is there. */
const names = ['project', 'repository'] as const;

export function projectOf({ inputs }: Pick<Goal, 'inputs'>): MemoryScope | undefined {
  const given = names.map((name) => inputs[name]).find((value) => typeof value === 'string' && value.trim() !== '');
  return typeof given === 'string' ? projectScope(given) : undefined;
}

/** As a scope has it: one name for one place, whoever asks for it and whatever stands at its end. */
export function projectScope(name: string): MemoryScope {
  const plain = name
    .trim()
    .replace(/^([a-z][a-z+.-]*:\/\/)[^/@]*@/i, '$1')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
  return { kind: 'project', id: (plain === '' ? name : plain).slice(-idMax) };
}
