import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { askPostgres } from './ask-postgres.ts';
import { findPostgresPrograms } from './postgres.ts';
import { startPrivatePostgres } from './private-postgres.ts';

test('a private server answers without a password, and leaves nothing behind', async () => {
  const programs = findPostgresPrograms();
  if (programs === undefined) throw new Error('PostgreSQL is not installed: apt-get install -y postgresql');
  const server = await startPrivatePostgres(programs);
  try {
    expect(await askPostgres(new URL(server.url))).toEqual({ kind: 'open', version: expect.any(Number) });
  } finally {
    await server.close();
  }
  expect(await askPostgres(new URL(server.url))).toEqual({ kind: 'silent' });
  expect(existsSync(server.folder)).toBe(false);
});
