// What the page says about each contestant beside the goals: all that was measured, and what is not equal.

import { median, p50, p99 } from '../harness/index.ts';
import { tasksPerGoal, type Quantiles } from './contestant.ts';
import { contestants, type ContestantName } from './contestants.ts';
import { goalsPerSecond, medianOf, roundsOf, tasksPerSecond, type Rounds } from './compare.ts';
import type { MeasuredRun } from './measure-contestant.ts';

export function describeContestant(rounds: Rounds, name: ContestantName): readonly string[] {
  const { title, inFlight, differences } = contestants[name];
  const found = roundsOf(rounds, name);
  const of = (pick: (run: MeasuredRun) => number): number => medianOf(rounds, name, pick);
  const rates = found.map(({ run }) => goalsPerSecond(run));
  const range = `${round(Math.min(...rates))} to ${round(Math.max(...rates))}`;
  return [
    '',
    `${title} (${describeVersions(found[0]?.versions ?? {})}), ${inFlight} goals in flight`,
    `  speed       ${round(median(rates))} goals/s (${range} in ${found.length} rounds) = ${round(of(tasksPerSecond))} tasks/s${drainRemark(found[0]?.run)}`,
    ...latencyLines(rounds, name),
    `  CPU         ${describeCpu(rounds, name)}; others used ${round(of((run) => run.othersShare * 100))} % of a core`,
    `  disk        ${round(of((run) => run.storedBytes / run.tasks))} bytes/task kept${describeLog(rounds, name)}`,
    ...differences.map((difference) => `  not equal:  ${difference}`),
  ];
}

function latencyLines(rounds: Rounds, name: ContestantName): readonly string[] {
  const found = roundsOf(rounds, name);
  const calls = found.flatMap(({ pickUpMs }) => pickUpMs);
  const answers = found.flatMap(({ pickUpFromAnswerMs }) => pickUpFromAnswerMs);
  const lines = [
    `  pick-up     p50 ${round(p50(calls))} ms, p99 ${round(p99(calls))} ms when idle, from the submitting call; ` +
      `p50 ${round(p50(answers))} ms from its answer`,
  ];
  const goals = describeQuantiles(found.map(({ run }) => run.goalMs));
  if (goals !== undefined) lines.push(`  goal        ${goals} from its submission to its end, under this load`);
  const claims = describeQuantiles(found.map(({ run }) => run.claimToCompleteMs));
  if (claims !== undefined) lines.push(`  task        ${claims} from its claim to its durable end, under this load`);
  return lines;
}

function describeQuantiles(found: readonly (Quantiles | undefined)[]): string | undefined {
  const known = found.filter((quantiles) => quantiles !== undefined);
  if (known.length === 0) return undefined;
  return `p50 ${round(median(known.map((each) => each.p50)))} ms, p99 ${round(median(known.map((each) => each.p99)))} ms`;
}

function describeCpu(rounds: Rounds, name: ContestantName): string {
  const app = medianOf(rounds, name, (run) => run.appCpuMs / run.tasks);
  const isRemote = roundsOf(rounds, name).some(({ run }) => run.serverCpuMs === undefined);
  if (isRemote) return `${round(app)} ms/task in the application; the database is on another machine`;
  const server = medianOf(rounds, name, (run) => (run.serverCpuMs ?? 0) / run.tasks);
  if (server === 0) return `${round(app)} ms/task, all in the application`;
  return `${round(app)} ms/task in the application + ${round(server)} ms/task in the server (${round((app + server) * tasksPerGoal)} ms a goal)`;
}

function describeLog(rounds: Rounds, name: ContestantName): string {
  if (roundsOf(rounds, name).some(({ run }) => run.logBytes === undefined)) return '';
  return `, ${round(medianOf(rounds, name, (run) => (run.logBytes ?? 0) / run.tasks))} bytes/task through the log`;
}

function drainRemark(run: MeasuredRun | undefined): string {
  return run?.drainMs === undefined ? '' : ' (goals with adding them, tasks of the drain alone)';
}

function describeVersions(versions: Readonly<Record<string, string>>): string {
  return Object.entries(versions)
    .map(([what, version]) => `${what} ${version}`)
    .join(', ');
}

/** Three significant digits are all that such a run can carry. */
export function round(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}
