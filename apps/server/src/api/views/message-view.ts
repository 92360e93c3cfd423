import type { Message as MessageView } from '@chorale/lib-client';
import type { Message } from '@chorale/module-messaging';
import { priorities } from '../schemas/fields.ts';
import { compact } from './compact.ts';

export function messageView(message: Message): MessageView {
  const { messageId, mailbox, sender, address, payload, priority, question, state } = message;
  const { sentAt, expiresAt, deliveries, deadReason, deadDetail, endedAt } = message;
  return compact({
    messageId,
    mailbox,
    from: sender,
    to: address,
    payload,
    priority: priorities[priority],
    question,
    state,
    sentAt,
    expiresAt,
    deliveries,
    deadReason,
    deadDetail,
    endedAt,
  });
}
