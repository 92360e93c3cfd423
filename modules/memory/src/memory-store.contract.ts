// What every MemoryStore must do, whatever keeps its rows. Call it with a way to open an empty store.
import { afterEach, beforeEach, describe } from 'vitest';
import { describeEnding } from './memory-store-ending.contract.ts';
import { describeImporting } from './memory-store-importing.contract.ts';
import { MemoryHarness, type OpenMemory } from './memory-store-harness.contract.ts';
import { describeKeeping } from './memory-store-keeping.contract.ts';

export type { MemoryClock, OpenedMemory, OpenMemory } from './memory-store-harness.contract.ts';

/** The harness of the test that runs; made anew for each. */
export type CurrentMemory = () => MemoryHarness;

export function describeMemoryStore(name: string, open: OpenMemory): void {
  describe(`memory store on ${name}`, () => {
    let harness: MemoryHarness;
    beforeEach(async () => {
      harness = await MemoryHarness.open(open);
    });
    afterEach(() => harness.opened.close());
    describeKeeping(() => harness);
    describeEnding(() => harness);
    describeImporting(() => harness);
  });
}
