// Brings the layers of a laid out graph close together.
//
// dagre keeps long edges straight, for which it pulls the tasks of wide plans far apart: 500 tasks in 10 layers came out
// seven times as high as their fullest layer. Here each layer keeps dagre's order and is moved towards what it is
// joined to, within the height of the fullest layer.
import type { Box, GraphLayout } from './graph-layout.ts';
import type { GraphEdge } from './graph-model.ts';

/** Layouts that are at most so much higher than their fullest layer are left as they are. */
const looseness = 1.4;
const sweeps = 8;

interface Place {
  readonly no: number;
  readonly height: number;
  y: number;
}

export function compactLayers(boxes: GraphLayout, edges: readonly GraphEdge[], gap: number): GraphLayout {
  const layers = layersOf(boxes);
  const height = Math.max(0, ...layers.map((layer) => heightOf(layer, gap)));
  if (extentOf(boxes) <= height * looseness) return boxes;
  const places = new Map(layers.flat().map((place) => [place.no, place]));
  for (const layer of layers) stack(layer, { top: (height - heightOf(layer, gap)) / 2, gap });
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const forward = sweep % 2 === 0;
    const joined = neighbours(edges, forward);
    for (const layer of forward ? layers : layers.toReversed())
      pull(layer, (no) => joined.get(no)?.map((other) => places.get(other)), { height, gap });
  }
  return new Map([...boxes].map(([no, box]) => [no, { ...box, y: places.get(no)?.y ?? box.y }]));
}

/** Tasks of one column, from top to bottom; columns from left to right. */
function layersOf(boxes: GraphLayout): Place[][] {
  const byColumn = new Map<number, Place[]>();
  for (const [no, { x, y, height }] of boxes) {
    const column = Math.round(x);
    const layer = byColumn.get(column);
    if (layer === undefined) byColumn.set(column, [{ no, height, y }]);
    else layer.push({ no, height, y });
  }
  const columns = [...byColumn].sort(([a], [b]) => a - b);
  return columns.map(([, layer]) => layer.sort((a, b) => a.y - b.y));
}

function heightOf(layer: readonly Place[], gap: number): number {
  return layer.reduce((sum, place) => sum + place.height, (layer.length - 1) * gap);
}

function extentOf(boxes: GraphLayout): number {
  const all: readonly Box[] = [...boxes.values()];
  return Math.max(...all.map((box) => box.y + box.height)) - Math.min(...all.map((box) => box.y));
}

function stack(layer: readonly Place[], { top, gap }: { readonly top: number; readonly gap: number }): void {
  let y = top;
  for (const place of layer) {
    place.y = y;
    y += place.height + gap;
  }
}

function neighbours(edges: readonly GraphEdge[], forward: boolean): ReadonlyMap<number, readonly number[]> {
  const joined = new Map<number, number[]>();
  for (const { from, to } of edges) {
    const [at, other] = forward ? [to, from] : [from, to];
    const list = joined.get(at);
    if (list === undefined) joined.set(at, [other]);
    else list.push(other);
  }
  return joined;
}

type JoinedTo = (no: number) => readonly (Place | undefined)[] | undefined;

/** Moves each task to the middle of what it is joined to, as far as its place in the order leaves room. */
function pull(
  layer: readonly Place[],
  joinedTo: JoinedTo,
  { height, gap }: { readonly height: number; readonly gap: number },
): void {
  const wanted = layer.map((place) => {
    const others = joinedTo(place.no)?.filter((other) => other !== undefined) ?? [];
    if (others.length === 0) return place.y;
    const middle = others.reduce((sum, other) => sum + other.y + other.height / 2, 0) / others.length;
    return middle - place.height / 2;
  });
  // Pushed down from the top and pushed up from the bottom are both free of overlaps, and so is their mean.
  const down: number[] = [];
  layer.forEach((_place, index) => {
    const free = index === 0 ? 0 : (down[index - 1] ?? 0) + (layer[index - 1]?.height ?? 0) + gap;
    const rest = heightOf(layer.slice(index), gap);
    down.push(Math.min(Math.max(wanted[index] ?? 0, free), height - rest));
  });
  let free = height;
  for (let index = layer.length - 1; index >= 0; index--) {
    const place = layer[index] as Place;
    const before = index === 0 ? 0 : heightOf(layer.slice(0, index), gap) + gap;
    const up = Math.max(Math.min(wanted[index] ?? 0, free - place.height), before);
    free = up - gap;
    place.y = (up + (down[index] ?? 0)) / 2;
  }
}
