import { execFileSync } from 'node:child_process';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CanaryTrial, findCanaries, type Place } from './canary-trial.ts';

const trial = new CanaryTrial();
const given = new URL(process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres');
const admin = postgres(given.href, { max: 1, onnotice: () => undefined });
const database = `chorale_canaries_${process.pid}`;
let places: readonly Place[];

beforeAll(async () => {
  await admin`CREATE DATABASE ${admin(database)}`;
  const url = new URL(given);
  url.pathname = `/${database}`;
  const dumped = new URL(url);
  // A server that trusts this machine takes any password; one that does not was given with its own.
  if (url.password === '') url.password = `canary-${process.pid}-${database}`;
  trial.plant('database password', url.password);
  await trial.start({ DATABASE_URL: url.href });
  await trial.work();
  places = await trial.collect(async () => [
    { name: 'pg_dump', bytes: execFileSync('pg_dump', [dumped.href], { maxBuffer: 256 * 1024 * 1024 }) },
  ]);
}, 180_000);

afterAll(async () => {
  await trial.close();
  await admin`DROP DATABASE IF EXISTS ${admin(database)} WITH (FORCE)`;
  await admin.end();
});

test('[SEC7] no canary is in a dump of PostgreSQL, nor in anything else that such a server leaves', () => {
  const dump = places.find(({ name }) => name === 'pg_dump')!.bytes.toString();
  expect(dump).toContain('[secret:TOKEN]');
  expect(dump).toContain('secret.use');
  expect(findCanaries(trial.canaries, places)).toEqual([]);
  const lines = trial.seenInProcesses.filter(({ name }) => name.startsWith('command line'));
  expect(findCanaries(trial.canaries, lines)).toEqual([]);
});
