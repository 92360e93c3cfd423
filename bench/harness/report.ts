// What a run says: its circumstances, a row for each goal, and one line of JSON for machines.

import type { BenchGoal } from './benchmark.ts';
import type { Machine } from './machine.ts';

/** A goal that was to be measured. `measured` is missing when the benchmark did not get to it: then it is not ok. */
export interface Row {
  readonly goal: BenchGoal;
  readonly measured: number | undefined;
  readonly ok: boolean;
}

export interface Circumstances {
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly loadBefore: number;
  readonly loadAfter: number;
}

export function judge(goal: BenchGoal, measured: number | undefined): Row {
  const reached = measured !== undefined && (goal.better === 'higher' ? measured >= goal.bar : measured <= goal.bar);
  return { goal, measured, ok: reached };
}

export function formatReport(name: string, rows: readonly Row[], circumstances: Circumstances): string {
  const { machine, versions, loadBefore, loadAfter } = circumstances;
  const gib = (machine.memoryBytes / 1024 ** 3).toFixed(1);
  const named = Object.entries(versions).map(([what, version]) => `${what} ${version}`);
  return [
    `benchmark  ${name}`,
    `machine    ${machine.cpu}, ${machine.cores} cores, ${gib} GiB, Linux ${machine.kernel}`,
    `versions   ${named.join(', ')}`,
    `load       ${loadBefore.toFixed(2)} before, ${loadAfter.toFixed(2)} after (one-minute average)`,
    '',
    ...rows.flatMap(formatRow),
  ].join('\n');
}

function formatRow({ goal, measured, ok }: Row): readonly string[] {
  const sign = goal.better === 'higher' ? '>=' : '<=';
  const found = measured === undefined ? 'not measured' : `${formatNumber(measured)} ${goal.unit}`;
  return [
    `${ok ? 'ok    ' : 'MISSED'} ${goal.id}  ${found}  (bar ${sign} ${formatNumber(goal.bar)} ${goal.unit})  ${goal.title}`,
    `         does not measure: ${goal.notMeasured}`,
  ];
}

/** Whole numbers from a thousand up, four significant digits below. */
function formatNumber(value: number): string {
  const digits = Math.abs(value) >= 1000 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 4 };
  return value.toLocaleString('en-US', digits);
}

/** `{"E1": {"measured": 1, "unit": "ms", "bar": 3, "ok": true}}`, in one line. */
export function formatJson(rows: readonly Row[]): string {
  const entries = rows.map(({ goal, measured, ok }) => {
    return [goal.id, { measured: measured ?? null, unit: goal.unit, bar: goal.bar, ok }] as const;
  });
  return JSON.stringify(Object.fromEntries(entries));
}
