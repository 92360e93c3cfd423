import { mailboxOf } from './change-mailbox.ts';
import type { Execution } from './execute-messages.ts';
import type { ForgetMessages, MessageReplies } from './message-store.ts';

export function forgetMessages(
  execution: Execution,
  { tenantId, mailbox, messageIds }: ForgetMessages,
): MessageReplies['forget-messages'] {
  const { rows } = execution;
  let forgotten = 0;
  for (const messageId of new Set(messageIds)) {
    const message = rows.message(tenantId, mailbox, messageId);
    if (message === undefined) continue;
    forgotten += 1;
    rows.dropMessage(message);
    if (!message.open) continue;
    const row = mailboxOf(execution, tenantId, mailbox);
    rows.putMailbox({ ...row, open: Math.max(0, row.open - 1) });
  }
  return { forgotten };
}
