// Hands out what waits in mailboxes.
//
// Invariants: at most one take has a message in hand; what one sender sent in one priority is handed out in its order, so
// that a message that is in somebody's hands, or has come back from there, holds back those behind it.
import { refused } from '@chorale/lib-errors';
import { endMessage, isFree } from './change-mailbox.ts';
import type { Execution } from './execute-messages.ts';
import { messageLimits, type Message } from './message.ts';
import type { MessageReplies, TakeMessages } from './message-store.ts';

const { takeMax, mailboxesPerTakeMax, leaseMsMin, leaseMsMax, deliveriesMax } = messageLimits;

/** Of a mailbox so many are looked at: beyond, hands must become free first. */
const lookedAtMax = 2 * takeMax;

export function takeMessages(execution: Execution, command: TakeMessages): MessageReplies['take-messages'] {
  const { tenantId, mailboxes, takeId, max, leaseMs } = command;
  if (mailboxes.length > mailboxesPerTakeMax || max > takeMax || leaseMs < leaseMsMin || leaseMs > leaseMsMax) {
    throw refused(
      'take-invalid',
      `Up to ${takeMax} messages are taken at once, from up to ${mailboxesPerTakeMax} mailboxes, for ${leaseMsMin} to ${leaseMsMax} ms.`,
    );
  }
  const found = mailboxes.map((mailbox) => execution.rows.openMessages(tenantId, mailbox, lookAt(max)));
  const before = found.flat().filter((message) => message.state === 'taken' && message.takeId === takeId);
  if (before.length > 0) return { messages: before };
  const taken: Message[] = [];
  for (const messages of found) takeFrom(execution, { command, messages, taken });
  return { messages: taken };
}

/** How many rows a take of `max` reads of a mailbox: those in other hands are among them. */
export function lookAt(max: number): number {
  return Math.min(lookedAtMax, max + 250);
}

interface Taking {
  readonly command: TakeMessages;
  readonly messages: readonly Message[];
  readonly taken: Message[];
}

function takeFrom(execution: Execution, { command, messages, taken }: Taking): void {
  const { rows, now } = execution;
  const held = new Set<string>();
  for (const message of messages) {
    if (taken.length >= command.max) return;
    const line = `${message.priority} ${message.sender}`;
    if (held.has(line)) continue;
    if (!isFree(message, now)) {
      held.add(line);
      continue;
    }
    if ((message.expiresAt ?? Infinity) <= now) {
      endMessage(execution, message, { state: 'dead', deadReason: 'expired' });
      continue;
    }
    if (message.deliveries >= deliveriesMax) {
      const deadDetail = `handed out ${message.deliveries} times without an end`;
      endMessage(execution, message, { state: 'dead', deadReason: 'not-handled', deadDetail });
      continue;
    }
    const handedOut: Message = {
      ...message,
      state: 'taken',
      takeId: command.takeId,
      leaseUntil: now + command.leaseMs,
      deliveries: message.deliveries + 1,
    };
    rows.changeMessage(handedOut);
    taken.push(handedOut);
  }
}
