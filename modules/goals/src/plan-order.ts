// The order of a plan's tasks: before, after and in circles. Everything here is linear in tasks and edges, but for
// `ancestorSets`, which costs a bit per pair of tasks and is only made when a plan needs it.
import { refused } from '@chorale/lib-errors';
import type { PlanDefinition } from './plan.ts';
import { graphOf, type PlanGraph } from './plan-graph.ts';

/** Task numbers, each after everything it needs; in the order of the plan where needs leave it open. */
export function topologicalOrder(definition: PlanDefinition): readonly number[] {
  const order = orderOf(graphOf(definition));
  if (order.length === definition.tasks.length) return order;
  throw refused('plan-invalid', `the tasks of ${definition.workflow} need each other in a circle`);
}

/** As far as there is one: tasks in a circle, or after one, are left out. */
export function orderOf(graph: PlanGraph): readonly number[] {
  const left = graph.needs.map((needs) => needs.length);
  const order = left.flatMap((count, no) => (count === 0 ? [no] : []));
  for (const no of order) {
    for (const child of graph.children[no] ?? []) {
      const count = (left[child] ?? 0) - 1;
      left[child] = count;
      if (count === 0) order.push(child);
    }
  }
  return order;
}

/** One circle from each knot of tasks that need each other, as numbers: each needs the next, the last needs the first. */
export function findCycles(graph: PlanGraph, order: readonly number[]): number[][] {
  const state: ('open' | 'path' | 'closed')[] = graph.needs.map(() => 'open');
  for (const no of order) state[no] = 'closed';
  const cycles: number[][] = [];
  for (const start of graph.needs.keys()) {
    const path: number[] = [];
    let at: number | undefined = start;
    // What is left over has a need that is left over too, so following any of them must come back.
    while (at !== undefined && state[at] === 'open') {
      state[at] = 'path';
      path.push(at);
      at = graph.needs[at]?.find((need) => state[need] !== 'closed');
    }
    if (at !== undefined && state[at] === 'path') cycles.push(path.slice(path.indexOf(at)));
    for (const no of path) state[no] = 'closed';
  }
  return cycles;
}

/** Everything the task needs, directly or not; without the task itself. */
export function ancestorsOf(definition: PlanDefinition, no: number): ReadonlySet<number> {
  const { needs } = graphOf(definition);
  const found = new Set(needs[no]);
  for (const at of found) for (const need of needs[at] ?? []) found.add(need);
  return found;
}

/** Answers whether one task needs another for many pairs. Tasks that are not in `order` have no ancestors here. */
export class AncestorSets {
  readonly #placeOf: Int32Array;
  /** A row of bits for each place in the order; what comes before place p fits into p bits, so rows grow. */
  readonly #rows: Uint32Array[] = [];

  constructor(graph: PlanGraph, order: readonly number[]) {
    this.#placeOf = new Int32Array(graph.needs.length).fill(-1);
    for (const [place, no] of order.entries()) {
      this.#placeOf[no] = place;
      const row = new Uint32Array((place >>> 5) + 1);
      for (const need of graph.needs[no] ?? []) this.#joinInto(row, this.#placeOf[need] as number);
      this.#rows.push(row);
    }
  }

  #joinInto(row: Uint32Array, place: number): void {
    const from = this.#rows[place] as Uint32Array;
    for (let word = 0; word < from.length; word++) row[word] = (row[word] as number) | (from[word] as number);
    row[place >>> 5] = (row[place >>> 5] as number) | (1 << (place & 31));
  }

  has(no: number, ancestor: number): boolean {
    const [place, before] = [this.#placeOf[no] ?? -1, this.#placeOf[ancestor] ?? -1];
    if (place < 0 || before < 0 || before >= place) return false;
    return ((((this.#rows[place] as Uint32Array)[before >>> 5] as number) >>> (before & 31)) & 1) === 1;
  }
}
