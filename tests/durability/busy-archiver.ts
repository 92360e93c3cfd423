// A process that puts goals into the archive and writes down every batch, until there are none or it is killed. A batch that is cut off
// is begun anew.
// Arguments: the URL of a PostgreSQL server with `#schema`, the log.

import { closeSync, openSync, writeSync } from 'node:fs';
import { openPostgresGoalStore } from '@chorale/adapter-postgres';
import { toErrorRecord } from '@chorale/lib-errors';

const [database = '', logPath = ''] = process.argv.slice(2);
const [url = '', schema = ''] = database.split('#');
const goalsAtOnce = 30;

const log = openSync(logPath, 'a');
const store = await openPostgresGoalStore({ url, schema });
let stopping = false;
process.once('SIGTERM', () => (stopping = true));
while (!stopping) {
  try {
    const order = { command: 'archive-goals', endedBefore: Date.now(), limit: goalsAtOnce } as const;
    const { archived } = await store.execute(order);
    writeSync(log, `${archived}\n`);
    if (archived === 0) break;
  } catch (error) {
    if (toErrorRecord(error).family !== 'temporary') throw error;
  }
}
await store.close();
closeSync(log);
