// Which columns the rows of messages have in a database: one list for every store.
import { defineTable } from '@chorale/module-goals';
import type { Mailbox, Message, Subscription, TopicSchema } from './message.ts';

export const messageTable = defineTable<Message>(
  'messages',
  3,
  { text: 'tenantId mailbox messageId', long: 'no' },
  { text: 'sender address', int: 'priority', json: 'payload', flag: 'question' },
  { long: 'sentAt expiresAt', text: 'state', flag: 'open' },
  { text: 'takeId', long: 'leaseUntil', int: 'deliveries' },
  { text: 'deadReason deadDetail', long: 'endedAt dueAt' },
);

/** What handling changes in a message; the rest is as it was sent. */
export const messageLifeColumns: ReadonlySet<string> = new Set([
  'state',
  'open',
  'take_id',
  'lease_until',
  'deliveries',
  'dead_reason',
  'dead_detail',
  'ended_at',
  'due_at',
  'expires_at',
]);

export const mailboxTable = defineTable<Mailbox>('mailboxes', 2, {
  text: 'tenantId mailbox',
  long: 'lastNo usedAt',
  int: 'open',
});

export const subscriptionTable = defineTable<Subscription>('subscriptions', 3, { text: 'tenantId topic mailbox' });

export const topicTable = defineTable<TopicSchema>('topics', 2, {
  text: 'tenantId topic setBy',
  json: 'schema',
  long: 'setAt',
});
