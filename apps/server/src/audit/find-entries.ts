// Entries of a log that fit a filter, from the newest back. The store finds those of one party; the rest is looked at entry
// by entry, so that the tables a log is appended to need no index for each question.
import type { TenantId } from '@chorale/lib-ids';
import { parseEntry, type AuditEntry, type AuditStore, type Decision } from '@chorale/module-access';

export interface EntryFilter {
  readonly who?: string;
  readonly on?: string;
  /** The whole word, or its beginning with a dot at the end. */
  readonly what?: string;
  readonly decision?: Decision;
  readonly since?: number;
  readonly until?: number;
  /** Only entries before this number. */
  readonly before?: number;
  readonly limit: number;
}

export interface FoundEntry {
  readonly no: number;
  readonly entry: AuditEntry;
}

export interface FoundPage {
  readonly entries: readonly FoundEntry[];
  /** Entries before this number were not looked at; undefined at the beginning of the log. */
  readonly before: number | undefined;
}

/** A page may be short, or empty, although older entries fit: a request never looks at more than this. */
const lookedAtMax = 5_000;
const readAtOnce = 500;

export async function findEntries(store: AuditStore, tenantId: TenantId, filter: EntryFilter): Promise<FoundPage> {
  const { who, on, limit } = filter;
  const entries: FoundEntry[] = [];
  const parties = { ...(who === undefined ? {} : { who }), ...(on === undefined ? {} : { on }) };
  let { before } = filter;
  for (let lookedAt = 0; lookedAt < lookedAtMax;) {
    const page = { ...parties, limit: readAtOnce, ...(before === undefined ? {} : { before }) };
    const rows = await store.listEntries(tenantId, page);
    for (const { no, entry: text } of rows) {
      before = no;
      const entry = parseEntry(text);
      if (entry !== undefined && fits(entry, filter) && entries.push({ no, entry }) === limit)
        return { entries, before };
    }
    if (rows.length < readAtOnce) return { entries, before: undefined };
    lookedAt += rows.length;
  }
  return { entries, before };
}

function fits({ what, at, decision }: AuditEntry, filter: EntryFilter): boolean {
  if (filter.decision !== undefined && decision !== filter.decision) return false;
  if (at < (filter.since ?? -Infinity) || at > (filter.until ?? Infinity)) return false;
  if (filter.what === undefined) return true;
  return filter.what.endsWith('.') ? what.startsWith(filter.what) : what === filter.what;
}

/** What entries keep by reference, as far as it is still there: by number and field. */
export async function readPersonal(
  store: AuditStore,
  tenantId: TenantId,
  entries: readonly FoundEntry[],
): Promise<ReadonlyMap<string, string>> {
  const values = new Map<string, string>();
  for (const { no, entry } of entries) {
    if (Object.keys(entry.kept).length === 0) continue;
    for (const { field, value } of await store.readValues(tenantId, { from: no, count: 1 }))
      values.set(`${no} ${field}`, value);
  }
  return values;
}
