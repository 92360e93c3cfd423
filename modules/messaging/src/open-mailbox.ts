import { refused } from '@chorale/lib-errors';
import { formatAddress, parseAddress, standsForMany } from './address.ts';
import { mailboxToUse } from './change-mailbox.ts';
import type { Execution } from './execute-messages.ts';
import { messageLimits } from './message.ts';
import type { OpenMailbox } from './message-store.ts';

export function openMailbox(execution: Execution, command: OpenMailbox): Record<never, never> {
  const { rows, now } = execution;
  const { tenantId, mailbox } = command;
  const topics = topicsOf(command);
  const row = mailboxToUse(execution, tenantId, mailbox);
  const missing = topics.filter((topic) => {
    const others = rows.subscribers(tenantId, topic);
    if (others.includes(mailbox)) return false;
    if (others.length < messageLimits.subscribersMax) return true;
    throw refused('topic-crowded', `${topic} feeds ${others.length} mailboxes, and no more are added.`);
  });
  for (const topic of missing) rows.addSubscription({ tenantId, topic, mailbox });
  rows.putMailbox({ ...row, usedAt: now });
  return {};
}

/** What is said to everyone is heard in the scope of the mailbox. */
export function topicsOf({ mailbox, topics }: Pick<OpenMailbox, 'mailbox' | 'topics'>): readonly string[] {
  const own = parseAddress(mailbox);
  if (standsForMany(own)) throw refused('address-invalid', `${mailbox} stands for many mailboxes and is none itself.`);
  for (const topic of topics)
    if (!standsForMany(parseAddress(topic))) throw refused('address-invalid', `${topic} is no topic.`);
  const everyone = formatAddress({
    kind: 'everyone',
    name: '',
    ...(own.goalId === undefined ? {} : { goalId: own.goalId }),
  });
  return [...new Set([everyone, ...topics])];
}
