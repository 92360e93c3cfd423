// The edges of a plan as numbers: which tasks wait for which. Computed once for each definition.
import type { PlanDefinition } from './plan.ts';

export interface PlanGraph {
  readonly numberOf: ReadonlyMap<string, number>;
  /** For each task, the tasks it needs. */
  readonly needs: readonly (readonly number[])[];
  /** For each task, the tasks that need it. */
  readonly children: readonly (readonly number[])[];
}

const graphs = new WeakMap<PlanDefinition, PlanGraph>();

export function graphOf(definition: PlanDefinition): PlanGraph {
  const known = graphs.get(definition);
  if (known !== undefined) return known;
  const numberOf = new Map<string, number>();
  for (const [no, task] of definition.tasks.entries()) if (task.removed !== true) numberOf.set(task.key, no);
  const children: number[][] = definition.tasks.map(() => []);
  const needs = definition.tasks.map((task, no) => {
    if (task.removed === true) return [];
    const numbers = task.needs.flatMap((key) => numberOf.get(key) ?? []);
    for (const need of numbers) children[need]?.push(no);
    return numbers;
  });
  const graph = { numberOf, needs, children };
  graphs.set(definition, graph);
  return graph;
}

/** The task and everything that needs it, directly or not. */
export function descendantsOf(graph: PlanGraph, no: number): ReadonlySet<number> {
  const found = new Set([no]);
  for (const at of found) for (const child of graph.children[at] ?? []) found.add(child);
  return found;
}
