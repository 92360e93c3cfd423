import { refused } from '@chorale/lib-errors';
import { mailboxOf } from './change-mailbox.ts';
import type { Execution } from './execute-messages.ts';
import { messageLimits, type Message } from './message.ts';
import type { MessageReplies, RedriveMessage } from './message-store.ts';

export function redriveMessage(execution: Execution, command: RedriveMessage): MessageReplies['redrive-message'] {
  const { rows, now } = execution;
  const { tenantId, mailbox: name, messageId } = command;
  const dead = rows.message(tenantId, name, messageId);
  if (dead === undefined) throw refused('message-not-found', `There is no message ${messageId} in ${name}.`);
  // Again, because the answer was lost.
  if (dead.open) return { message: dead };
  if (dead.state !== 'dead')
    throw refused('message-not-dead', `The message ${messageId} is ${dead.state}; only a dead letter is put back.`);
  const expiresAt = now + messageLimits.expiryMs;
  const message: Message = {
    ...dead,
    state: 'waiting',
    open: true,
    takeId: undefined,
    leaseUntil: undefined,
    deliveries: 0,
    deadReason: undefined,
    deadDetail: undefined,
    endedAt: undefined,
    expiresAt,
    dueAt: expiresAt,
  };
  rows.changeMessage(message);
  const mailbox = mailboxOf(execution, tenantId, name);
  rows.putMailbox({ ...mailbox, open: mailbox.open + 1, usedAt: now });
  return { message };
}
