// The engine itself, over rows in memory: every rule of the contract in milliseconds.
import { createHash } from 'node:crypto';
import { describeAuditStore } from '../audit-store.contract.ts';
import { openMemoryAuditStore } from './audit-memory.fixture.ts';

describeAuditStore('rows in memory', async () => {
  const sha256 = (data: Uint8Array | string): Uint8Array => createHash('sha256').update(data).digest();
  return { stores: [openMemoryAuditStore(sha256)], sha256, close: async () => {} };
});
