// "Did you mean": the nearest of the names that would have been right.

// Names are short; a longer one is never a slip of the finger away from another.
const nameLengthMax = 64;

/** The candidate that is a typing slip away from `name`, or undefined when none is near. */
export function closestName(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > nameLengthMax) return undefined;
  const wanted = name.toLowerCase();
  let best: string | undefined;
  // Two letters are as near to everything as to anything; from three on, a third of them may be wrong.
  let bestDistance = Math.floor(wanted.length / 3) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** `; did you mean ...?` or nothing, to end a message with. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const found = closestName(name, candidates);
  return found === undefined ? '' : `; did you mean \`${found}\`?`;
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function editDistance(left: string, right: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1];
      let cost = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (swapped) cost = Math.min(cost, (before[column - 2] ?? 0) + 1);
      current.push(cost);
    }
    [before, previous] = [previous, current];
  }
  return previous[right.length] ?? 0;
}
