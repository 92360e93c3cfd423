// What of a plan is shown first.
import type { Box } from './graph-layout.ts';

export interface View {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Below this names cannot be read. */
export const readableZoom = 0.62;
/** For a plan of which only a part is shown. */
const closeZoom = 0.85;
const marginPx = 36;
/** The switch between graph and list stands above the graph. */
const topPx = 56;

export function boundsOf(boxes: Iterable<Box>): Box {
  const all = [...boxes];
  if (all.length === 0) return { x: 0, y: 0, width: 0, height: 0 };
  const x = Math.min(...all.map((box) => box.x));
  const y = Math.min(...all.map((box) => box.y));
  const right = Math.max(...all.map((box) => box.x + box.width));
  const bottom = Math.max(...all.map((box) => box.y + box.height));
  return { x, y, width: right - x, height: bottom - y };
}

/** All of the plan when that can be read; else the task to look at first in the middle, or the plan's beginning. */
export function firstView(bounds: Box, frame: Size, lookAt: Box | undefined): View {
  const roomX = frame.width - 2 * marginPx;
  const roomY = frame.height - topPx - marginPx;
  const zoom = Math.min(1, roomX / bounds.width, roomY / bounds.height);
  if (zoom >= readableZoom) return centred(bounds, frame, zoom);
  if (lookAt !== undefined) return centred(lookAt, frame, closeZoom);
  const fitsY = bounds.height * closeZoom <= roomY;
  const middle = centred(bounds, frame, closeZoom);
  return { x: marginPx - bounds.x * closeZoom, y: fitsY ? middle.y : topPx - bounds.y * closeZoom, zoom: closeZoom };
}

function centred(box: Box, frame: Size, zoom: number): View {
  return {
    x: frame.width / 2 - (box.x + box.width / 2) * zoom,
    y: (frame.height + topPx - marginPx) / 2 - (box.y + box.height / 2) * zoom,
    zoom,
  };
}

/** Whether the whole box is in the frame now. */
export function isInView(box: Box, frame: Size, view: View): boolean {
  const left = box.x * view.zoom + view.x;
  const top = box.y * view.zoom + view.y;
  return (
    left >= 0 && top >= 0 && left + box.width * view.zoom <= frame.width && top + box.height * view.zoom <= frame.height
  );
}
