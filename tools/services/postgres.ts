// A PostgreSQL server for tests: one that is named, one that answers on this machine, or one of our own.
//
// Invariant: a server that was found is never stopped or reconfigured; one that was started here is always stopped and
// its files removed, by `close`.

import { existsSync, readdirSync } from 'node:fs';
import { findProgram } from '../process/find-program.ts';
import { askPostgres } from './ask-postgres.ts';
import { installDebianPackage } from './debian-package.ts';
import { startPrivatePostgres } from './private-postgres.ts';
import type { TestService } from './test-service.ts';

const oldestPostgres = 15;

/** Its user may create databases. */
export type TestPostgres = TestService;

const localUrl = 'postgres://postgres@127.0.0.1:5432/postgres';
const debianFolder = '/usr/lib/postgresql';

/** Throws an error that says what to run when no server can be had. */
export async function openTestPostgres(): Promise<TestPostgres> {
  const named = process.env.CHORALE_TEST_POSTGRES;
  if (named !== undefined && named !== '') return await useNamed(named);
  const answer = await askPostgres(new URL(localUrl));
  if (answer.kind === 'open' && answer.version >= oldestPostgres) {
    return { url: localUrl, origin: `version ${answer.version} on 127.0.0.1:5432`, close: async () => {} };
  }
  const installed = findPostgresPrograms();
  if (installed !== undefined) return await startPrivatePostgres(installed);
  await installDebianPackage('postgresql', `PostgreSQL ${oldestPostgres} or newer (for tests)`);
  const fresh = findPostgresPrograms();
  if (fresh !== undefined) return await startPrivatePostgres(fresh);
  throw new Error(
    `the package postgresql was installed, but there is no PostgreSQL ${oldestPostgres} or newer in ${debianFolder}. ` +
      'Name a server: CHORALE_TEST_POSTGRES=postgres://user@host/database',
  );
}

async function useNamed(url: string): Promise<TestPostgres> {
  const answer = await askPostgres(new URL(url));
  if (answer.kind === 'silent')
    throw new Error(`no PostgreSQL answers at CHORALE_TEST_POSTGRES (${withoutPassword(url)}).`);
  if (answer.kind === 'open' && answer.version < oldestPostgres) {
    throw new Error(`CHORALE_TEST_POSTGRES is version ${answer.version}; ${oldestPostgres} or newer is needed.`);
  }
  return { url, origin: `CHORALE_TEST_POSTGRES (${withoutPassword(url)})`, close: async () => {} };
}

function withoutPassword(text: string): string {
  const url = new URL(text);
  url.password = '';
  return url.href;
}

/** The folder with the newest `initdb` and `postgres`; Debian keeps them off PATH, by version. */
export function findPostgresPrograms(): string | undefined {
  const versions = existsSync(debianFolder) ? readdirSync(debianFolder).map(Number) : [];
  const newest = Math.max(0, ...versions.filter((version) => existsSync(`${debianFolder}/${version}/bin/initdb`)));
  if (newest >= oldestPostgres) return `${debianFolder}/${newest}/bin`;
  const onPath = findProgram('initdb');
  return onPath?.slice(0, -'/initdb'.length);
}
