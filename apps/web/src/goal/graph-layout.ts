// Where each node of the graph stands: layers from left to right, as few crossings as dagre finds.
import { Graph, layout } from '@dagrejs/dagre';
import { compactLayers } from './compact-layers.ts';
import { type GraphModel, itemRows } from './graph-model.ts';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export type GraphLayout = ReadonlyMap<number, Box>;

const nodeWidth = 232;
const nodeHeight = 50;
const nodeGap = 16;
const itemRowHeight = 9;
const itemsPadding = 10;

export function layOut(model: GraphModel): GraphLayout {
  const graph = new Graph();
  // tight-tree: 500 tasks in 0.4 s, against 4.2 s for the default, whose edges are hardly shorter.
  graph.setGraph({ rankdir: 'LR', ranker: 'tight-tree', nodesep: nodeGap, ranksep: 64, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { task, items } of model.nodes) {
    graph.setNode(String(task.no), { width: nodeWidth, height: heightOf(items.length) });
  }
  for (const { from, to } of model.edges) graph.setEdge(String(from), String(to));
  layout(graph);
  const boxes = new Map(
    model.nodes.map(({ task }) => {
      const { x, y, width, height } = graph.node(String(task.no)) as Box;
      return [task.no, { x: x - width / 2, y: y - height / 2, width, height }];
    }),
  );
  return compactLayers(boxes, model.edges, nodeGap);
}

function heightOf(items: number): number {
  return items === 0 ? nodeHeight : nodeHeight + itemsPadding + itemRows(items) * itemRowHeight;
}

export type Direction = 'left' | 'right' | 'up' | 'down';

/** The node an arrow key leads to: along an edge sideways, else to the nearest one in that direction. */
export function neighbourOf(
  model: GraphModel,
  boxes: GraphLayout,
  move: { readonly from: number; readonly to: Direction },
): number | undefined {
  const start = boxes.get(move.from);
  if (start === undefined) return undefined;
  const sideways = move.to === 'left' || move.to === 'right';
  const joined = model.edges.flatMap((edge) => {
    if (move.to === 'right') return edge.from === move.from ? [edge.to] : [];
    return move.to === 'left' && edge.to === move.from ? [edge.from] : [];
  });
  const candidates = sideways && joined.length > 0 ? joined : [...boxes.keys()];
  let best: { readonly no: number; readonly distance: number } | undefined;
  for (const no of candidates) {
    const box = boxes.get(no);
    if (box === undefined || no === move.from || !liesIn(start, box, move.to)) continue;
    const [along, across] = sideways ? [box.x - start.x, box.y - start.y] : [box.y - start.y, box.x - start.x];
    const distance = Math.abs(along) + 3 * Math.abs(across);
    if (best === undefined || distance < best.distance) best = { no, distance };
  }
  return best?.no;
}

function liesIn(start: Box, box: Box, direction: Direction): boolean {
  if (direction === 'right') return box.x > start.x + 1;
  if (direction === 'left') return box.x < start.x - 1;
  return direction === 'down' ? box.y > start.y + 1 : box.y < start.y - 1;
}
