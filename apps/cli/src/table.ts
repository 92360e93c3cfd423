// Tables that fit the terminal: columns as wide as they need, the one that may shrink cut where space runs out.
import type { Colour, Paint } from './style.ts';
import { cut, oneLine, widthOf } from './text-width.ts';

export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string | undefined;
  readonly colour?: (row: Row) => Colour | undefined;
  readonly align?: 'right';
  /** May be cut, the widest first; without one, rows are as wide as they are. */
  readonly shrinks?: boolean;
}

const gap = '  ';
const shrunkWidthMin = 8;

/** `width` undefined: nothing is cut, as for a file or a pipe. */
export function formatTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { width, paint }: { readonly width: number | undefined; readonly paint: Paint },
): string {
  const cells = rows.map((row) => columns.map((column) => oneLine(column.text(row) ?? '')));
  const widths = columns.map((column, index) =>
    Math.max(widthOf(column.title), ...cells.map((line) => widthOf(line[index] ?? ''))),
  );
  if (width !== undefined) shrink(widths, columns, width);
  const head = columns.map((column, index) => pad(column.title.toUpperCase(), widths[index] ?? 0, column.align));
  const lines = [paint('dim', head.join(gap).trimEnd())];
  for (const [rowIndex, line] of cells.entries()) {
    const row = rows[rowIndex] as Row;
    const painted = columns.map((column, index) => {
      const text = pad(cut(line[index] ?? '', widths[index] ?? 0), widths[index] ?? 0, column.align);
      return paint(column.colour?.(row), text);
    });
    lines.push(painted.join(gap).trimEnd());
  }
  return `${lines.join('\n')}\n`;
}

function shrink<Row>(widths: number[], columns: readonly Column<Row>[], width: number): void {
  let over = widths.reduce((sum, each) => sum + each, 0) + gap.length * (columns.length - 1) - width;
  while (over > 0) {
    let widest = -1;
    for (const [index, column] of columns.entries()) {
      const each = widths[index] ?? 0;
      if (column.shrinks === true && each > shrunkWidthMin && each > (widths[widest] ?? 0)) widest = index;
    }
    if (widest < 0) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
    over--;
  }
}

function pad(text: string, width: number, align: 'right' | undefined): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'right' ? space + text : text + space;
}

/** `label  value` lines, for one thing shown in full. */
export function formatFields(fields: readonly (readonly [string, string | undefined])[], paint: Paint): string {
  const shown = fields.filter((field): field is readonly [string, string] => field[1] !== undefined && field[1] !== '');
  const width = Math.max(0, ...shown.map(([label]) => widthOf(label)));
  return shown.map(([label, value]) => `${paint('dim', pad(label, width, undefined))}${gap}${value}\n`).join('');
}
