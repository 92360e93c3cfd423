import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPostgresGoalStore } from '@chorale/adapter-postgres';
import { openSqliteGoalStore } from '@chorale/adapter-sqlite';
import postgres from 'postgres';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { killRounds, type KillCounts } from './kill-rounds.ts';

const rounds = Number(process.env.CHORALE_KILL_ROUNDS ?? 50);
const server = process.env.CHORALE_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorale-kill-rounds-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const harmless: Partial<KillCounts> = { rounds, lost: 0, repeated: 0, orphans: 0 };
const tell = (line: string) => console.log(line);

test(`${rounds} rounds of kill -9 on the embedded database cost nothing`, async () => {
  const counts = await killRounds({
    rounds,
    folder,
    database: '',
    openStore: (dataDir) => openSqliteGoalStore({ path: join(dataDir, 'chorale.db') }),
    random: Math.random,
    tell,
  });
  expect(counts).toMatchObject(harmless);
  expect(counts.cutOff, 'kills hit work').toBeGreaterThan(0);
});

test(`${rounds} rounds of kill -9 on PostgreSQL cost nothing`, async () => {
  const name = `chorale_kill_rounds_${process.pid}`;
  const sql = postgres(server, { onnotice: () => undefined });
  const database = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  await sql`CREATE DATABASE ${sql(name)}`;
  try {
    const counts = await killRounds({
      rounds,
      folder,
      database,
      openStore: () => openPostgresGoalStore({ url: database }),
      random: Math.random,
      tell,
    });
    expect(counts).toMatchObject(harmless);
    expect(counts.cutOff, 'kills hit work').toBeGreaterThan(0);
  } finally {
    await sql`DROP DATABASE ${sql(name)} WITH (FORCE)`;
    await sql.end();
  }
});
