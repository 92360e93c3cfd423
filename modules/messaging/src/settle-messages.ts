import { endMessage } from './change-mailbox.ts';
import type { Execution } from './execute-messages.ts';
import { messageLimits } from './message.ts';
import type { MessageReplies, SettleMessages } from './message-store.ts';

export function settleMessages(execution: Execution, command: SettleMessages): MessageReplies['settle-messages'] {
  const { rows } = execution;
  const { tenantId, mailbox, takeId, outcome } = command;
  const detail = command.detail?.slice(0, messageLimits.detailLengthMax);
  let settled = 0;
  for (const messageId of new Set(command.messageIds)) {
    const message = rows.message(tenantId, mailbox, messageId);
    // Also after the lease: as long as nobody else has taken it, what its handler says is so.
    if (message?.state !== 'taken' || message.takeId !== takeId) continue;
    settled += 1;
    if (outcome === 'handled') endMessage(execution, message, { state: 'handled' });
    else if (outcome === 'released')
      rows.changeMessage({ ...message, state: 'waiting', takeId: undefined, leaseUntil: undefined });
    else
      endMessage(execution, message, {
        state: 'dead',
        deadReason: 'refused',
        ...(detail === undefined ? {} : { deadDetail: detail }),
      });
  }
  return { settled };
}
