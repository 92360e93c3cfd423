import { refused, temporary } from '@chorale/lib-errors';
import { heardUnder, parseAddress, standsForMany } from './address.ts';
import { mailboxOf, mailboxToUse } from './change-mailbox.ts';
import type { Execution } from './execute-messages.ts';
import { messageLimits, type Mailbox, type Message } from './message.ts';
import type { MessageReplies, PostMessage } from './message-store.ts';

const { openMax, deadKeepMs, expiryMs } = messageLimits;

export function postMessage(execution: Execution, command: PostMessage): MessageReplies['post-message'] {
  checkMessage(command, execution.now);
  const { rows } = execution;
  const { tenantId, address, messageId } = command;
  if (!standsForMany(parseAddress(address))) {
    if (rows.message(tenantId, address, messageId) === undefined) {
      const mailbox = mailboxToUse(execution, tenantId, address);
      if (mailbox.open >= openMax) throw mailboxFull(mailbox);
      addTo(execution, mailbox, command);
    }
    return { mailboxes: [address] };
  }
  // A topic's sender does not hear itself.
  const listeners = new Set(heardUnder(address).flatMap((topic) => rows.subscribers(tenantId, topic)));
  listeners.delete(command.sender);
  const mailboxes = [...listeners];
  // Sent again: who has begun to listen meanwhile did not listen then.
  const reached = mailboxes.filter((name) => rows.message(tenantId, name, messageId) !== undefined);
  if (reached.length > 0) return { mailboxes: reached };
  for (const name of mailboxes) addTo(execution, mailboxOf(execution, tenantId, name), command);
  return { mailboxes };
}

/** Of many mailboxes one may be full: its copy is a dead letter, and the others get theirs. */
function addTo({ rows, now }: Execution, mailbox: Mailbox, command: PostMessage): void {
  const { tenantId, messageId, sender, address, payload, priority = 2, question = false } = command;
  const isFull = mailbox.open >= openMax;
  const expiresAt = command.expiresAt ?? now + expiryMs;
  const message: Message = {
    tenantId,
    mailbox: mailbox.mailbox,
    messageId,
    no: mailbox.lastNo + 1,
    sender,
    address,
    priority,
    payload,
    question,
    sentAt: now,
    expiresAt,
    state: isFull ? 'dead' : 'waiting',
    open: !isFull,
    takeId: undefined,
    leaseUntil: undefined,
    deliveries: 0,
    deadReason: isFull ? 'mailbox-full' : undefined,
    deadDetail: undefined,
    endedAt: isFull ? now : undefined,
    dueAt: isFull ? now + deadKeepMs : expiresAt,
  };
  rows.addMessage(message);
  rows.putMailbox({ ...mailbox, lastNo: message.no, open: mailbox.open + (isFull ? 0 : 1), usedAt: now });
}

function mailboxFull({ mailbox, open }: Mailbox): Error {
  return temporary('mailbox-full', `${open} messages wait in ${mailbox}, and no more are taken.`, {
    action: 'Wait until some have been handled.',
    retryAfterMs: 1_000,
  });
}

function checkMessage({ messageId, sender, payload, expiresAt }: PostMessage, now: number): void {
  const { messageIdLengthMax, payloadLengthMax } = messageLimits;
  parseAddress(sender);
  if (!/^[\x21-\x7e]+$/.test(messageId) || messageId.length > messageIdLengthMax) {
    throw refused('message-invalid', `A message's id has 1 to ${messageIdLengthMax} visible ASCII characters.`);
  }
  const { length } = JSON.stringify(payload);
  if (length > payloadLengthMax) {
    throw refused('message-invalid', `The message has ${length} characters; ${payloadLengthMax} are allowed.`, {
      action: 'Keep what is long as an artifact, and send its reference.',
    });
  }
  if (expiresAt !== undefined && expiresAt <= now)
    throw refused('message-invalid', 'The message has expired before it is sent.');
}
