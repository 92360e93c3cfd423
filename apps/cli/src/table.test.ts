import { expect, test } from 'vitest';
import { createPaint } from './style.ts';
import { type Column, formatFields, formatTable } from './table.ts';
import { widthOf } from './text-width.ts';

interface Row {
  readonly id: string;
  readonly count: number;
  readonly title?: string;
}
const columns: readonly Column<Row>[] = [
  { title: 'id', text: (row) => row.id },
  { title: 'count', text: (row) => String(row.count), align: 'right' },
  { title: 'title', text: (row) => row.title, shrinks: true },
];
const rows: readonly Row[] = [
  { id: 'goal_1', count: 5, title: 'A rather long title that does not fit anywhere' },
  { id: 'goal_22', count: 1234 },
];
const paint = createPaint(false);

test('columns line up, and nothing is cut where the output is a file', () => {
  expect(formatTable(rows, columns, { width: undefined, paint })).toBe(
    'ID       COUNT  TITLE\ngoal_1       5  A rather long title that does not fit anywhere\ngoal_22   1234\n',
  );
});

test('what may shrink is cut to the width of the terminal', () => {
  const lines = formatTable(rows, columns, { width: 30, paint }).trimEnd().split('\n');
  expect(lines[1]).toBe('goal_1       5  A rather long…');
  for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(30);
});

test('a terminal too narrow for the rest keeps every column readable', () => {
  expect(formatTable(rows, columns, { width: 5, paint })).toContain('A rathe…');
});

test('a value with a line break stays on its line', () => {
  expect(formatTable([{ id: 'a\nb', count: 1 }], columns, { width: 80, paint }).split('\n').length).toBe(3);
});

test('colours change nothing about the width', () => {
  const coloured = columns.map((column) => ({ ...column, colour: () => 'red' as const }));
  const plain = formatTable(rows, columns, { width: 30, paint });
  const red = formatTable(rows, coloured, { width: 30, paint: createPaint(true) });
  expect(red).not.toBe(plain);
  expect(red.split('\n').map(widthOf).at(1)).toBe(plain.split('\n').map(widthOf).at(1));
});

test('fields without a value are left out', () => {
  expect(
    formatFields(
      [
        ['a', 'x'],
        ['long', undefined],
        ['bb', 'y'],
        ['c', ''],
      ],
      paint,
    ),
  ).toBe('a   x\nbb  y\n');
});
