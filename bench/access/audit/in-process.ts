// Acts to leaves to roots in this thread: making entries, hashing, and the tree, in batches as stores run them.

import { randomBytes, sha256 } from '@chorale/adapter-crypto';
import { AuditSet, executeAudit, prepareAct, type AuditLogRow, type AuditRows } from '@chorale/module-access';
import { makeAct, tenantId } from './acts.ts';

const count = 100_000;
const batchSize = 1_000;

/** Keeps only what the next batch asks for: the state of the log. */
class LastRows implements AuditRows {
  last: AuditLogRow | undefined;

  log(): AuditLogRow | undefined {
    return this.last;
  }

  entryNo(): undefined {
    return undefined;
  }

  checkpoint(): undefined {
    return undefined;
  }

  countValues(): number {
    return 0;
  }
}

/** Appends a second. */
export function measureInProcess(): number {
  const rows = new LastRows();
  const acts = Array.from({ length: count }, (_, no) => makeAct(no));
  const began = performance.now();
  for (let from = 0; from < count; from += batchSize) {
    const set = new AuditSet(rows, sha256);
    for (const act of acts.slice(from, from + batchSize)) {
      executeAudit(set, {
        command: 'append-act',
        tenantId,
        actId: act.actId,
        ...prepareAct(act, sha256, randomBytes),
      });
    }
    rows.last = set.changes().logs[0];
  }
  const seconds = (performance.now() - began) / 1_000;
  if (rows.last?.size !== count) throw new Error(`the log has ${rows.last?.size} entries, not ${count}.`);
  return count / seconds;
}
