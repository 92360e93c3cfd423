// Which columns the records of identity have in a database: one list for every store.
import { defineTable } from '@chorale/module-goals';
import type { IdentityRecord, RecordKind } from './identity-record.ts';

/** What somebody comes in by, or came in by. An export of a tenant is no way to guess at passwords at leisure. */
const entranceKinds: readonly RecordKind[] = ['password', 'session', 'providerSession', 'flow', 'device', 'attempts'];

export const identityTable = defineTable<IdentityRecord>(
  'identity_records',
  3,
  { text: 'tenantId kind id' },
  { text: 'userId name', int: 'version', long: 'expiresAt', json: 'body' },
);

/** Whether a row of a database is one of those. */
export function isEntrance(table: string, row: Readonly<Record<string, unknown>>): boolean {
  return table === identityTable.table && entranceKinds.some((kind) => kind === row['kind']);
}
