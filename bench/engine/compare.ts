// The comparison: every contestant that is needed, several rounds, in turn, each on a fresh store.

import { interleave, median, p50 } from '../harness/index.ts';
import { contestants, type ContestantName } from './contestants.ts';
import { withContestant, type MeasuredRun, type OpenContestant } from './measure-contestant.ts';

/** Long enough to get over a checkpoint of the log, short enough for a dozen of them in a coffee break. */
const runSeconds = 5;
const warmUpSeconds = 2;
const firstLookGoals = 40;
const pickUpSamples = 100;
const goalsMin = 100;

export interface Round {
  readonly run: MeasuredRun;
  readonly pickUpMs: readonly number[];
  readonly pickUpFromAnswerMs: readonly number[];
  readonly versions: Readonly<Record<string, string>>;
}

export type Rounds = ReadonlyMap<ContestantName, readonly Round[]>;

export interface Comparison {
  readonly names: readonly ContestantName[];
  readonly rounds: number;
  readonly scratch: string;
}

export async function compare({ names, rounds, scratch }: Comparison): Promise<Rounds> {
  const found = new Map<ContestantName, Round[]>(names.map((name) => [name, []]));
  const contenders = names.map((name) => {
    const runOnce = async (): Promise<number> => {
      const round = await withContestant({ name, scratch }, (contestant) => measureRound(name, contestant));
      found.get(name)?.push(round);
      return goalsPerSecond(round.run);
    };
    return [name, runOnce] as const;
  });
  await interleave(rounds, Object.fromEntries(contenders));
  return found;
}

async function measureRound(name: ContestantName, contestant: OpenContestant): Promise<Round> {
  const { inFlight } = contestants[name];
  const firstLook = await contestant.runGoals({ goals: firstLookGoals, inFlight });
  const warmUp = await contestant.runGoals({ goals: goalsFor(warmUpSeconds, firstLook), inFlight });
  const run = await contestant.runGoals({ goals: goalsFor(runSeconds, warmUp), inFlight });
  const pickUp = await contestant.pickUp(pickUpSamples);
  return {
    run,
    pickUpMs: pickUp.fromCallMs,
    pickUpFromAnswerMs: pickUp.fromAnswerMs,
    versions: contestant.versions,
  };
}

function goalsFor(seconds: number, seen: MeasuredRun): number {
  return Math.max(goalsMin, Math.round(goalsPerSecond(seen) * seconds));
}

export function goalsPerSecond(run: MeasuredRun): number {
  return (run.goals / run.elapsedMs) * 1000;
}

/** Of the drain alone, where a contestant times it by itself. */
export function tasksPerSecond(run: MeasuredRun): number {
  return (run.tasks / (run.drainMs ?? run.elapsedMs)) * 1000;
}

export function medianOf(rounds: Rounds, name: ContestantName, of: (run: MeasuredRun) => number): number {
  return median(roundsOf(rounds, name).map(({ run }) => of(run)));
}

/** The median over the rounds of each round's median: one slow round does not colour it. */
export function pickUpP50(rounds: Rounds, name: ContestantName): number {
  return median(roundsOf(rounds, name).map(({ pickUpMs }) => p50(pickUpMs)));
}

export function roundsOf(rounds: Rounds, name: ContestantName): readonly Round[] {
  const found = rounds.get(name);
  if (found === undefined || found.length === 0) throw new Error(`${name} was not measured.`);
  return found;
}
