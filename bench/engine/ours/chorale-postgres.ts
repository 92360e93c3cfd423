// Chorale on PostgreSQL: one process that submits and works, its commits in the server's log.

import { openPostgresGoalStore } from '@chorale/adapter-postgres';
import { serveContestant } from '../contestant.ts';
import { openPool, serverVersion } from '../peers/pg.ts';
import { openChorale } from './open-chorale.ts';

serveContestant(async ({ postgresUrl = '' }) => {
  const pool = openPool(postgresUrl);
  const versions = { postgresql: await serverVersion(pool) };
  await pool.end();
  return await openChorale(await openPostgresGoalStore({ url: postgresUrl }), versions);
});
