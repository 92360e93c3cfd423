import type { AuditEntry, AuditLogState, AuditReport } from '@chorale/lib-client';
import type { TenantId } from '@chorale/lib-ids';
import type { LogReport } from '@chorale/module-access';
import type { FoundEntry } from '../../audit/find-entries.ts';
import type { AuditServices } from '../../audit/open-audit.ts';
import { compact } from './compact.ts';

export function auditEntryView({ no, entry }: FoundEntry, values: ReadonlyMap<string, string>): AuditEntry {
  const { actId, at, who, what, on, decision, reason, requestId, detail, kept } = entry;
  const personal = Object.fromEntries(
    Object.entries(kept).map(([field, { subject }]) => [
      field,
      compact({ subject, value: values.get(`${no} ${field}`) }),
    ]),
  );
  return compact({ no, actId, at, who, what, on, decision, reason, requestId, detail, personal });
}

export async function auditLogView(audit: AuditServices, tenantId: TenantId): Promise<AuditLogState> {
  const [head, signed] = await Promise.all([audit.store.findLog(tenantId), audit.store.findCheckpoint(tenantId)]);
  const checkpoint =
    signed === undefined ? undefined : { size: signed.size, root: signed.root, at: signed.at, note: signed.note };
  return compact({
    tenant: tenantId,
    origin: audit.log.originOf(tenantId),
    size: head?.size ?? 0,
    checkpoint,
    keys: audit.keysOf(tenantId),
  });
}

export function auditReportView({ ok, entries, values, valuesErased, findings }: LogReport): AuditReport {
  return { ok, entries, values, valuesErased, findings };
}
