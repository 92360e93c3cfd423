// The engine itself, over rows in memory: every rule of the contract in milliseconds.
import { openMemorySpendStore } from './spend-memory.fixture.ts';
import { describeSpendStore } from './spend-store.contract.ts';

describeSpendStore('rows in memory', async (clock) => ({
  stores: [openMemorySpendStore(() => clock.now)],
  close: async () => {},
}));
