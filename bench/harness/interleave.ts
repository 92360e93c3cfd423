/** Runs once and returns what it measured. */
export type Contender = () => Promise<number>;

/**
 * Runs every contender once per round, and turns the order around every other round: what drifts during the run (heat,
 * caches, a neighbour's load) then falls on all of them alike. Returns the measurements of each, in rounds.
 */
export async function interleave<Name extends string>(
  rounds: number,
  contenders: Readonly<Record<Name, Contender>>,
): Promise<Record<Name, readonly number[]>> {
  const names = Object.keys(contenders) as Name[];
  const measured = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) measured[name].push(await contenders[name]());
  }
  return measured;
}
