// A process that reserves and settles on a spend store and writes down every acknowledgement, until it is killed.
// Arguments: the database (a file, or the URL of a PostgreSQL server with `#schema`), the log.

import { closeSync, openSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { toErrorRecord } from '@chorale/lib-errors';
import { makeId } from '@chorale/lib-ids';
import type { Reserve } from '@chorale/module-models';
import { makeBudget, makeRecord, openSpendTrial, spenders, tenantId, type SpendEntry } from './spend-trial.ts';

const [database = '', logPath = ''] = process.argv.slice(2);
/** Long enough that no reservation ends by itself while the trial lasts. */
const lifeMs = 600_000;
const callMsMax = 4;

const log = openSync(logPath, 'a');
const { spend, close } = await openSpendTrial(database);
let stopping = false;
process.once('SIGTERM', () => (stopping = true));

await spend.execute(makeBudget(1_000_000_000));
for (let index = 0; index < spenders; index++) await spend.execute(makeBudget(60, `key_${index}`));
await Promise.all(Array.from({ length: spenders }, (_, index) => spendAll(index)));
await close();
closeSync(log);

/** One write of one line: what stops the process stops it before or after. */
function note(entry: SpendEntry): void {
  writeSync(log, `${JSON.stringify(entry)}\n`);
}

async function spendAll(index: number): Promise<void> {
  for (let count = 0; !stopping; count++) {
    const cost = 10 + ((index + count) % 20);
    // Every eighth is charged to a key whose budget is soon used up.
    const reserve = makeReserve(cost, count % 8 === 0 ? { key: `key_${index}` } : {});
    try {
      await spend.execute(reserve);
    } catch (error) {
      const { code } = toErrorRecord(error);
      if (code !== 'budget-exhausted') throw error;
      note({ said: 'refused', code });
      continue;
    }
    const { tenantId, reservationId, callId } = reserve;
    note({ said: 'reserved', callId, cost });
    await sleep(Math.random() * callMsMax);
    const used = cost - (count % 5);
    const record = makeRecord(reserve, used);
    const amount = { cost: used, tokens: 0, calls: 1 };
    await spend.execute({ command: 'settle', tenantId, reservationId, amount, record });
    note({ said: 'settled', callId, cost: used });
  }
}

function makeReserve(cost: number, subjects: Reserve['subjects']): Reserve {
  return {
    command: 'reserve',
    tenantId,
    reservationId: makeId<'reservation'>('reservation', Date.now(), Math.random),
    callId: makeId<'model-call'>('call', Date.now(), Math.random),
    subjects,
    amount: { cost, tokens: 0, calls: 1 },
    expiresAt: Date.now() + lifeMs,
  };
}
