// Runs one audit command on a set of rows: the whole engine, the same under every store.
//
// A command that is refused throws a ChoraleError and leaves no trace in the set.
import { refused, unreachable } from '@chorale/lib-errors';
import { utf8Bytes } from '../bytes.ts';
import { isEntryOf } from './audit-entry.ts';
import type { AuditSet, ValuesGone } from './audit-set.ts';
import type { AppendAct, AuditCommand, AuditReplies, EraseValues, ExpireValues, PutCheckpoint } from './audit-store.ts';

/** What two bytes before an entry in a bundle can say. */
const entryBytesMax = 65_535;

export function executeAudit(set: AuditSet, command: AuditCommand): AuditReplies[AuditCommand['command']] {
  switch (command.command) {
    case 'append-act':
      return { no: appendAct(set, command) };
    case 'erase-values':
      return dropValues(set, command, { subject: command.subject });
    case 'expire-values':
      return dropValues(set, command, { retention: command.retention, before: command.before });
    case 'put-checkpoint':
      putCheckpoint(set, command);
      return {};
    default:
      return unreachable(command);
  }
}

function appendAct(set: AuditSet, { tenantId, ...act }: Omit<AppendAct, 'command'>): number {
  const known = set.findNo(tenantId, act.actId);
  if (known !== undefined) return known;
  if (!isEntryOf(act.entry, tenantId, act.actId))
    throw refused('audit-entry-invalid', `The entry of act ${act.actId} is not one of tenant ${tenantId}.`, {
      action: 'Report acts through an audit log: it writes them in the one way they are read.',
    });
  if (act.entry.length * 3 > entryBytesMax && utf8Bytes(act.entry).length > entryBytesMax)
    throw refused('audit-entry-too-long', `The entry of act ${act.actId} has more than ${entryBytesMax} bytes.`, {
      action: 'Keep long texts elsewhere and refer to them.',
    });
  return set.append(tenantId, act);
}

type Gone<T> = T extends unknown ? Omit<T, 'tenantId' | 'beforeNo'> : never;

function dropValues(
  set: AuditSet,
  { tenantId, act }: EraseValues | ExpireValues,
  which: Gone<ValuesGone>,
): AuditReplies['erase-values'] {
  const known = set.findNo(tenantId, act.actId);
  if (known !== undefined) return { no: known, values: 0 };
  const gone = { tenantId, beforeNo: set.size(tenantId), ...which } as ValuesGone;
  const values = set.countValues(gone);
  // An act of erasing is one also where nothing was left to erase; that nothing expired is not worth an entry.
  if ('retention' in which && values === 0) return { no: undefined, values };
  const no = appendAct(set, { tenantId, ...act });
  set.dropValues(gone);
  return { no, values };
}

function putCheckpoint(set: AuditSet, { tenantId, size, root, note, at }: PutCheckpoint): void {
  const last = set.findCheckpoint(tenantId);
  if (size > set.size(tenantId))
    throw refused('checkpoint-ahead', `The log of tenant ${tenantId} has fewer than ${size} entries.`, {
      action: 'Something was lost or the checkpoint is of another log: verify the log.',
    });
  if (last !== undefined && last.size === size && last.root !== root)
    throw refused('checkpoint-forked', `At ${size} entries, tenant ${tenantId} has another root already.`, {
      action: 'Two histories were signed: verify the log against what witnesses remember.',
    });
  // Another process was faster and went further: its checkpoint says all that this one would.
  if (last === undefined || last.size < size) set.putCheckpoint({ tenantId, size, root, note, at });
}
