// From a goal's tasks to what the graph draws.
//
// Invariants: GM1 every task that is not an item is one node; the items of a for_each are drawn inside their group.
//             GM2 an edge goes from each need to the task that needs it; needs that are not in the plan are left out.
//             GM3 removed tasks, and compensations that never ran, are not drawn.
import type { Task } from '@chorale/lib-client';

export interface GraphNode {
  readonly task: Task;
  /** In order of their index; empty unless the task is a for_each that has begun. */
  readonly items: readonly Task[];
}

export interface GraphEdge {
  readonly from: number;
  readonly to: number;
}

export interface GraphModel {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

export function buildGraph(tasks: readonly Task[]): GraphModel {
  const itemsOf = new Map<number, Task[]>();
  for (const task of tasks) {
    if (task.parentNo === undefined) continue;
    const items = itemsOf.get(task.parentNo);
    if (items === undefined) itemsOf.set(task.parentNo, [task]);
    else items.push(task);
  }
  const nodes = tasks.filter(isDrawn).map((task) => ({
    task,
    items: (itemsOf.get(task.no) ?? []).sort((a, b) => (a.itemIndex ?? 0) - (b.itemIndex ?? 0)),
  }));
  const numberOf = new Map(nodes.map(({ task }) => [task.key, task.no]));
  const edges = nodes.flatMap(({ task }) =>
    task.needs.flatMap((need) => {
      const from = numberOf.get(need);
      return from === undefined ? [] : [{ from, to: task.no }];
    }),
  );
  return { nodes, edges };
}

function isDrawn(task: Task): boolean {
  if (task.parentNo !== undefined) return false;
  return task.state !== 'skipped' || (task.reason !== 'removed' && task.reason !== 'compensation');
}

/** Changes exactly when nodes or edges come or go: what a new layout depends on. */
export function shapeOf({ nodes, edges }: GraphModel): string {
  const sizes = nodes.map(({ task, items }) => `${task.no}:${itemRows(items.length)}`);
  return `${sizes.join()}|${edges.map(({ from, to }) => `${from}>${to}`).join()}`;
}

export const itemsPerRow = 24;
const itemRowsMax = 10;

/** Rows of item marks a group shows. */
export function itemRows(items: number): number {
  return Math.min(itemRowsMax, Math.ceil(items / itemsPerRow));
}

/** The task, everything it needs and everything that needs it, however far. */
export function relatedTasks({ edges }: GraphModel, no: number): ReadonlySet<number> {
  return new Set([...reach(edges, no, 'from'), ...reach(edges, no, 'to')]);
}

function reach(edges: readonly GraphEdge[], start: number, side: 'from' | 'to'): ReadonlySet<number> {
  const next = new Map<number, number[]>();
  for (const edge of edges) {
    const key = side === 'from' ? edge.to : edge.from;
    const value = side === 'from' ? edge.from : edge.to;
    next.set(key, [...(next.get(key) ?? []), value]);
  }
  const seen = new Set([start]);
  const queue = [start];
  for (let no = queue.pop(); no !== undefined; no = queue.pop()) {
    for (const neighbour of next.get(no) ?? []) {
      if (seen.has(neighbour)) continue;
      seen.add(neighbour);
      queue.push(neighbour);
    }
  }
  return seen;
}
