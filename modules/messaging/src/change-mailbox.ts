// The mailbox's own row, as messages come and go.
import { refused } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import type { Execution } from './execute-messages.ts';
import { messageLimits, type DeadReason, type Mailbox, type Message } from './message.ts';

/** To put something into. Throws `mailboxes-exhausted` for a new one where a tenant has as many as it may. */
export function mailboxToUse(execution: Execution, tenantId: TenantId, mailbox: string): Mailbox {
  const { rows } = execution;
  const row = mailboxOf(execution, tenantId, mailbox);
  const isNew = (rows.mailbox(tenantId, mailbox)?.usedAt ?? 0) === 0;
  const { mailboxesMax, mailboxKeepMs } = messageLimits;
  if (!isNew || rows.mailboxCount(tenantId) < mailboxesMax) return row;
  throw refused(
    'mailboxes-exhausted',
    `${tenantId} uses ${mailboxesMax} mailboxes, and ${mailbox} would be one more.`,
    {
      action: `Write to those there are; one in which nothing happens for ${mailboxKeepMs / 86_400_000} days is forgotten.`,
    },
  );
}

/** As it is, or as a new one would be. */
export function mailboxOf({ rows, now }: Execution, tenantId: TenantId, mailbox: string): Mailbox {
  return rows.mailbox(tenantId, mailbox) ?? { tenantId, mailbox, lastNo: 0, open: 0, usedAt: now };
}

export interface Ending {
  readonly state: 'handled' | 'dead';
  readonly deadReason?: DeadReason;
  readonly deadDetail?: string;
}

/** The message is open no more. */
export function endMessage(execution: Execution, message: Message, ending: Ending): Message {
  const { rows, now } = execution;
  const ended: Message = {
    ...message,
    state: ending.state,
    open: false,
    leaseUntil: undefined,
    deadReason: ending.deadReason,
    deadDetail: ending.deadDetail,
    endedAt: now,
    dueAt: now + (ending.state === 'handled' ? messageLimits.handledKeepMs : messageLimits.deadKeepMs),
  };
  rows.changeMessage(ended);
  const mailbox = mailboxOf(execution, message.tenantId, message.mailbox);
  rows.putMailbox({ ...mailbox, open: Math.max(0, mailbox.open - 1), usedAt: now });
  return ended;
}

/** The lease is over, or was given back. */
export function isFree(message: Message, now: number): boolean {
  return message.state === 'waiting' || (message.leaseUntil ?? 0) <= now;
}
