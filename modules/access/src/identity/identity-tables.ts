// Which columns the records of identity have in a database: one list for every store.
import { defineTable } from '@chorale/module-goals';
import type { IdentityRecord } from './identity-record.ts';

export const identityTable = defineTable<IdentityRecord>(
  'identity_records',
  3,
  { text: 'tenantId kind id' },
  { text: 'userId name', int: 'version', long: 'expiresAt', json: 'body' },
);
