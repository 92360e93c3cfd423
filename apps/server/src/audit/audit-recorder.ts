// Writes down what counts for security, in the log of its tenant, before anybody is told that it happened.
//
// Owns:       nothing: the log has the entries, and the store gathers what is reported at the same time into one commit.
// Invariants: AR1 `record` resolves when the entry is durable; where it cannot be, it rejects, and so does what asked for it.
//             AR2 a change has its entry before it begins. How it ended is an entry of its own, which names the first: one
//                 that has none was broken off, and the rows say how far it came.
import { toErrorRecord } from '@chorale/lib-errors';
import { makeId, type Random } from '@chorale/lib-ids';
import type { ActId, AuditLog, ReportedAct } from '@chorale/module-access';

export type RecordedAct = Omit<ReportedAct, 'actId' | 'at'>;

export interface AuditRecorder {
  /** What was decided or has happened. Resolves when it is on disk. */
  record(act: RecordedAct): Promise<void>;
  /** Something that changes what others may do or see: allowed, then done or failed. */
  recordChange<T>(act: Omit<RecordedAct, 'decision'>, change: () => Promise<T>): Promise<T>;
}

export interface RecorderPorts {
  readonly log: Pick<AuditLog, 'report'>;
  readonly now: () => number;
  readonly random: Random;
}

export function createAuditRecorder({ log, now, random }: RecorderPorts): AuditRecorder {
  return {
    async record(act) {
      await log.report(act);
    },
    // Not one transaction: the log is a part of the store of its own, and what changes may be a file or another server.
    async recordChange(act, change) {
      const actId: ActId = makeId('act', now(), random);
      await log.report({ ...act, actId, decision: 'allowed' });
      const ended = { ...act, detail: { ...act.detail, act: actId } };
      try {
        const result = await change();
        await log.report({ ...ended, decision: 'done' });
        return result;
      } catch (error) {
        await log.report({ ...ended, decision: 'failed', reason: toErrorRecord(error).code });
        throw error;
      }
    },
  };
}
