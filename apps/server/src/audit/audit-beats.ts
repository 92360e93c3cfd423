// What is done for the logs over and over: heads are signed, so that what came before cannot be changed unseen, and values
// go when their time is over.
//
// Invariants: AB1 a log that has grown has a signed head at most one beat later.
//             AB2 heads that other keys signed are not silently followed by ours: the log says that its keys changed.
import type { AuditLogHead } from '@chorale/module-access';
import { Beat, type BeatPorts } from '../process/beat.ts';
import type { AuditServices } from './open-audit.ts';

const hourMs = 3_600_000;

export function signHeads(audit: AuditServices, everyMs: number, ports: BeatPorts): Beat {
  const signed = new Map<string, number>();
  const sign = async ({ tenantId, size }: AuditLogHead): Promise<void> => {
    if (signed.get(tenantId) === size) return;
    const checkpoint = await audit.sign(tenantId);
    if (checkpoint !== undefined) signed.set(tenantId, checkpoint.size);
  };
  return new Beat(ports, {
    name: 'audit checkpoints',
    everyMs,
    complaint: 'the heads of audit logs cannot be signed',
    async round(isEnding) {
      for (const head of await audit.store.listLogs()) {
        if (isEnding()) return;
        // One log that was changed behind its back keeps no other from being signed.
        await sign(head).catch((error: unknown) =>
          ports.log.error('an audit log was not signed', { tenant: head.tenantId, error }),
        );
      }
    },
  });
}

export function expireValues(audit: AuditServices, ports: BeatPorts): Beat {
  return new Beat(ports, {
    name: 'audit retention',
    everyMs: hourMs,
    complaint: 'values of audit logs that have expired cannot be deleted',
    async round(isEnding) {
      for (const { tenantId } of await audit.store.listLogs()) {
        if (isEnding()) return;
        const values = await audit.log.expireValues(tenantId);
        if (values > 0) ports.log.info('values of an audit log have expired', { tenant: tenantId, values });
      }
    },
  });
}
