// What others ask of the rows of mailboxes, outside their transactions.
import type { TenantId } from '@chorale/lib-ids';
import { messageLimits, type MessageStore } from '@chorale/module-messaging';
import type { Sql } from 'postgres';
import { Connection } from './connection.ts';
import { mailboxShape, messageShape, topicShape } from './message-shapes.ts';

const clock = 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint';
const dueMailboxes = `SELECT tenant_id, mailbox FROM (
    SELECT DISTINCT tenant_id, mailbox FROM messages WHERE due_at <= $1
    UNION SELECT tenant_id, mailbox FROM mailboxes WHERE used_at <= $2 AND open = 0
  ) AS due LIMIT $3`;

export function makeMessageReads(
  { readers, scheduler }: { readonly readers: Sql; readonly scheduler: Sql },
  now?: () => number,
): Omit<MessageStore, 'execute' | 'onPosted'> {
  const connection = new Connection(readers);
  const ofAll = new Connection(scheduler);
  return {
    listMessages(tenantId, { mailbox, state, before, limit }) {
      const values: (string | number)[] = [tenantId];
      const place = (value: string | number): string => `$${values.push(value)}`;
      const where = ['tenant_id = $1'];
      if (mailbox !== undefined) where.push(`mailbox = ${place(mailbox)}`);
      if (state !== undefined) where.push(`state = ${place(state)}`);
      if (before !== undefined) {
        const last = [place(before.sentAt), place(before.mailbox), place(before.messageId)];
        where.push(`(sent_at, mailbox, message_id) < (${last[0]}::bigint, ${last[1]}, ${last[2]})`);
      }
      const rest = `WHERE ${where.join(' AND ')} ORDER BY sent_at DESC, mailbox DESC, message_id DESC LIMIT ${place(limit)}`;
      return connection.of(tenantId).all(messageShape, rest, ...values);
    },
    async findMessage(...key) {
      const rest = 'WHERE tenant_id = $1 AND mailbox = $2 AND message_id = $3';
      return (await connection.of(key[0]).all(messageShape, rest, ...key))[0];
    },
    listMailboxes: (tenantId, limit) =>
      connection
        .of(tenantId)
        .all(
          mailboxShape,
          'WHERE tenant_id = $1 AND used_at > 0 ORDER BY used_at DESC, mailbox LIMIT $2',
          tenantId,
          limit,
        ),
    async findTopic(...key) {
      return (await connection.of(key[0]).all(topicShape, 'WHERE tenant_id = $1 AND topic = $2', ...key))[0];
    },
    listTopics: (tenantId) => connection.of(tenantId).all(topicShape, 'WHERE tenant_id = $1 ORDER BY topic', tenantId),
    async findDueMailboxes(limit) {
      const at = now?.() ?? ((await connection.values(clock))[0]?.[0] as number);
      const rows = await ofAll.values(dueMailboxes, at, at - messageLimits.mailboxKeepMs, limit);
      return rows.map(([tenantId, mailbox]) => ({ tenantId: tenantId as TenantId, mailbox: mailbox as string }));
    },
  };
}
