// Which columns the rows of secrets have in a database: one list for every store.
import { defineTable } from '@chorale/module-goals';
import type { SealedSecret, WrappedDataKey } from './secret.ts';

export const secretTable = defineTable<SealedSecret>(
  'secrets',
  3,
  { text: 'tenantId name', int: 'version' },
  { int: 'dataKey', text: 'sealed createdBy', long: 'createdAt' },
);

export const dataKeyTable = defineTable<WrappedDataKey>(
  'data_keys',
  2,
  { text: 'tenantId', int: 'no' },
  { text: 'wrappedBy wrapped', long: 'createdAt' },
);
