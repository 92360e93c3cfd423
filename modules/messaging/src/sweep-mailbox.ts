import { endMessage, isFree } from './change-mailbox.ts';
import type { Execution } from './execute-messages.ts';
import { messageLimits } from './message.ts';
import type { MessageReplies, SweepMailbox } from './message-store.ts';

export function sweepMailbox(
  execution: Execution,
  { tenantId, mailbox }: SweepMailbox,
): MessageReplies['sweep-mailbox'] {
  const { rows, now } = execution;
  const due = rows.dueMessages({ tenantId, mailbox }, now, messageLimits.sweepMax);
  let [ended, forgotten] = [0, 0];
  for (const message of due) {
    if (!message.open) {
      rows.dropMessage(message);
      forgotten += 1;
    } else if (isFree(message, now)) {
      endMessage(execution, message, { state: 'dead', deadReason: 'expired' });
      ended += 1;
    } else {
      // In somebody's hands: looked at again when the lease is over.
      rows.changeMessage({ ...message, dueAt: message.leaseUntil ?? now });
    }
  }
  forgetUnused(execution, { tenantId, mailbox });
  return { ended, forgotten };
}

/** Mailboxes of goals that are long over would add up. Its numbers begin anew with the next message. */
function forgetUnused(
  { rows, now }: Execution,
  { tenantId, mailbox }: Pick<SweepMailbox, 'tenantId' | 'mailbox'>,
): void {
  const row = rows.mailbox(tenantId, mailbox);
  if (row === undefined || row.open > 0 || row.usedAt > now - messageLimits.mailboxKeepMs) return;
  rows.dropSubscriptions(tenantId, mailbox);
  rows.dropMailbox(tenantId, mailbox);
}
