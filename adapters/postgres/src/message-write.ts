// Writes everything a batch of commands changed in mailboxes: one statement for each kind of row, sent together.
import { messageLifeColumns, type MailboxChanges } from '@chorale/module-messaging';
import type { Connection, Rows } from './connection.ts';
import { mailboxShape, messageShape, subscriptionShape, topicShape } from './message-shapes.ts';
import type { RowShape } from './row-shape.ts';

const changeMessages = messageShape.update([...messageLifeColumns]);
const names = 'json_to_recordset($1::text::json) AS k(t text COLLATE "C", m text COLLATE "C")';
const dropSubscriptions = `DELETE FROM subscriptions USING ${names} WHERE tenant_id = k.t AND mailbox = k.m`;
const dropMailboxes = `DELETE FROM mailboxes USING ${names} WHERE tenant_id = k.t AND mailbox = k.m`;
const dropTopics = `DELETE FROM topics USING ${names} WHERE tenant_id = k.t AND topic = k.m`;
const addSubscriptions = `${subscriptionShape.insert} ON CONFLICT DO NOTHING`;

export function writeMailboxes(connection: Connection, changes: MailboxChanges): readonly Promise<Rows>[] {
  const writes: Promise<Rows>[] = [];
  const write = <Row extends object>(sql: string, shape: RowShape<Row>, rows: readonly Row[]): void => {
    if (rows.length > 0) writes.push(connection.values(sql, shape.toParameter(rows)));
  };
  write(mailboxShape.put, mailboxShape, changes.mailboxes);
  write(messageShape.insert, messageShape, changes.messagesAdded);
  if (changes.messagesChanged.length > 0) {
    const changed = messageShape.toParameter(changes.messagesChanged, messageLifeColumns);
    writes.push(connection.values(changeMessages, changed));
  }
  write(messageShape.drop, messageShape, changes.messagesGone);
  write(addSubscriptions, subscriptionShape, changes.subscriptionsAdded);
  write(topicShape.put, topicShape, changes.topics);
  const gone = changes.mailboxesGone.map(({ tenantId: t, mailbox: m }) => ({ t, m }));
  if (gone.length > 0) {
    writes.push(connection.values(dropSubscriptions, JSON.stringify(gone)));
    writes.push(connection.values(dropMailboxes, JSON.stringify(gone)));
  }
  const topicsGone = changes.topicsGone.map(({ tenantId: t, topic: m }) => ({ t, m }));
  if (topicsGone.length > 0) writes.push(connection.values(dropTopics, JSON.stringify(topicsGone)));
  return writes;
}
