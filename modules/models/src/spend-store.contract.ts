// What every SpendStore must do, whatever keeps its rows. Call it with a way to open an empty store.
import { afterEach, beforeEach, describe } from 'vitest';
import { describeBudgets } from './spend-store-budgets.contract.ts';
import { describeConcurrency } from './spend-store-concurrency.contract.ts';
import { SpendHarness, type OpenSpend } from './spend-store-harness.contract.ts';
import { describeHistories } from './spend-store-histories.contract.ts';
import { describeRecords } from './spend-store-records.contract.ts';
import { describeReservations } from './spend-store-reservations.contract.ts';

export type { OpenedSpend, OpenSpend, SpendClock } from './spend-store-harness.contract.ts';

/** The harness of the test that runs; made anew for each. */
export type CurrentSpend = () => SpendHarness;

export function describeSpendStore(name: string, open: OpenSpend): void {
  describeParts(name, open, [
    describeBudgets,
    describeReservations,
    describeRecords,
    describeConcurrency,
    describeHistories,
  ]);
}

/** Only what needs no clock that a test can move. */
export function describeConcurrentSpend(name: string, open: OpenSpend): void {
  describeParts(name, open, [describeConcurrency]);
}

function describeParts(name: string, open: OpenSpend, parts: readonly ((current: CurrentSpend) => void)[]): void {
  describe(`spend store on ${name}`, () => {
    let harness: SpendHarness;
    beforeEach(async () => {
      harness = await SpendHarness.open(open);
    });
    afterEach(() => harness.opened.close());
    for (const describePart of parts) describePart(() => harness);
  });
}
