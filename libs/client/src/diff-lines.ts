// Two texts line by line: what is gone, what is new, and what stayed.

/** Of texts that are longer than this nobody reads a comparison: one is shown after the other. */
const linesMax = 2_000;

/** Lines that begin with `- `, `+ ` or two spaces, in order. */
export function diffLines(before: string, after: string): readonly string[] {
  const left = before.split('\n');
  const right = after.split('\n');
  if (left.length > linesMax || right.length > linesMax)
    return [...left.map((line) => `- ${line}`), ...right.map((line) => `+ ${line}`)];
  const common = commonLengths(left, right);
  const lines: string[] = [];
  let at = 0;
  let to = 0;
  while (at < left.length || to < right.length) {
    if (at < left.length && to < right.length && left[at] === right[to]) {
      lines.push(`  ${left[at]}`);
      at += 1;
      to += 1;
    } else if (
      to >= right.length ||
      (at < left.length && lengthAt(common, at + 1, to) >= lengthAt(common, at, to + 1))
    ) {
      lines.push(`- ${left[at]}`);
      at += 1;
    } else {
      lines.push(`+ ${right[to]}`);
      to += 1;
    }
  }
  return lines;
}

/** How many lines the rests after each pair of places have in common. */
function commonLengths(left: readonly string[], right: readonly string[]): readonly Uint16Array[] {
  const rows = Array.from({ length: left.length + 1 }, () => new Uint16Array(right.length + 1));
  for (let at = left.length - 1; at >= 0; at--) {
    for (let to = right.length - 1; to >= 0; to--) {
      const row = rows[at] as Uint16Array;
      row[to] =
        left[at] === right[to]
          ? lengthAt(rows, at + 1, to + 1) + 1
          : Math.max(lengthAt(rows, at + 1, to), lengthAt(rows, at, to + 1));
    }
  }
  return rows;
}

function lengthAt(rows: readonly Uint16Array[], at: number, to: number): number {
  return rows[at]?.[to] ?? 0;
}
