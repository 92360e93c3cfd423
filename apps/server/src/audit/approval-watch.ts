// What people are asked is in the log, whoever asks: it is looked for in the rows, because approvals come out of goals, wherever
// they are worked on.
//
// Invariants: AW1 an approval is in the log once, however many processes see it, and at the latest when it is answered.
import type { TenantId } from '@chorale/lib-ids';
import type { Approval, GoalStore } from '@chorale/module-goals';
import { Beat, type BeatPorts } from '../process/beat.ts';
import type { AuditServices } from './open-audit.ts';

const everyMs = 5_000;
const pendingMax = 1_000;
/** Where more are remembered, those that still wait are looked at again. */
const seenMax = 100_000;

/** Under an id made of the approval's, so that it is logged once. */
export async function recordAsked({ log }: Pick<AuditServices, 'log'>, approval: Approval): Promise<void> {
  const { tenantId, approvalId, goalId, taskNo, kind, requestedAt } = approval;
  await log.report({
    tenantId,
    actId: `act_${approvalId}` as never,
    at: requestedAt,
    who: { kind: 'goal', id: goalId },
    what: 'approval.request',
    on: { kind: 'approval', id: approvalId },
    decision: 'done',
    detail: { kind, taskNo },
  });
}

export interface WatchedApprovals {
  readonly store: Pick<GoalStore, 'listApprovals'>;
  readonly audit: Pick<AuditServices, 'log'>;
  readonly listTenants: () => Promise<readonly { readonly tenantId: TenantId }[]>;
}

export function watchApprovals({ store, audit, listTenants }: WatchedApprovals, ports: BeatPorts): Beat {
  const seen = new Set<string>();
  return new Beat(ports, {
    name: 'approvals asked',
    everyMs,
    complaint: 'what people are asked cannot be written into audit logs',
    async round(isEnding) {
      for (const { tenantId } of await listTenants()) {
        if (isEnding()) return;
        for (const approval of await store.listApprovals(tenantId, { state: 'pending', limit: pendingMax })) {
          if (seen.has(approval.approvalId)) continue;
          await recordAsked(audit, approval);
          if (seen.size >= seenMax) seen.clear();
          seen.add(approval.approvalId);
        }
      }
    },
  });
}
