import type { ErrorRecord } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import { prepareAct, type ActId, type AppendAct } from '@chorale/module-access';
import { expect, test } from 'vitest';
import { SqliteAuditEngine } from './audit-engine.ts';
import { sha256 } from './sha256.ts';
import { SqliteDatabase } from './sqlite-database.ts';

const tenantId = 'north' as TenantId;
const full: ErrorRecord = { family: 'temporary', code: 'disk-full', message: 'little is left' };
const party = { kind: 'person', id: 'ann' };

function append(id: string): AppendAct {
  const actId = id as ActId;
  const act = { tenantId, actId, at: 1, who: party, what: 'goal.cancel', on: party, decision: 'done' } as const;
  return { command: 'append-act', tenantId, actId, ...prepareAct(act, sha256, (count) => new Uint8Array(count)) };
}

test('[SE6] while the disk is nearly full, what is done is logged', () => {
  const database = SqliteDatabase.open({ path: ':memory:', whyFull: () => full });
  const engine = new SqliteAuditEngine(database);
  expect(engine.runBatch([append('act_1'), append('act_2')]).outcomes).toEqual([
    { reply: { no: 0 } },
    { reply: { no: 1 } },
  ]);
  expect(engine.reads.findLog(tenantId)?.size).toBe(2);
  database.close();
});
