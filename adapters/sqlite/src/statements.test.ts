import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { identityShape } from './access-shapes.ts';
import { migrate } from './migrate.ts';
import { Statements } from './statements.ts';

test('[TN5] a read for one tenant that forgets to name it, or finds another’s row, fails instead of answering', () => {
  const database = new DatabaseSync(':memory:');
  migrate(database, ':memory:');
  const statements = new Statements(database);
  for (const tenantId of ['north', 'south'])
    statements.run(
      'INSERT INTO identity_records (tenant_id, kind, id, version, body) VALUES (?, ?, ?, 1, ?)',
      tenantId,
      'user',
      'ann',
      '{}',
    );
  const read = (rest: string, ...values: string[]) =>
    statements.within('north', () => statements.all(identityShape, rest, ...values));
  expect(read('WHERE tenant_id = ?', 'north')).toMatchObject([{ tenantId: 'north' }]);
  const unnamed = expect.objectContaining({ family: 'broken', code: 'tenant-not-named' });
  expect(() => read('')).toThrow(unnamed);
  expect(() => read('WHERE id = ?', 'ann')).toThrow(unnamed);
  expect(() => read('WHERE tenant_id = ?', 'south')).toThrow(unnamed);
  expect(() => read('WHERE tenant_id <> ?', 'north')).toThrow(expect.objectContaining({ code: 'tenant-crossed' }));
  expect(statements.all(identityShape, '')).toHaveLength(2);
  database.close();
});
