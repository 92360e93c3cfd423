// The rows of mailboxes on a connection: every read and write goes to the database at once, within the batch's transaction.
import type { TenantId } from '@chorale/lib-ids';
import { messageLimits } from '@chorale/module-messaging';
import type { Mailbox, MailboxRows, Message, Subscription, TopicSchema } from '@chorale/module-messaging';
import { mailboxShape, messageShape, subscriptionShape, topicShape } from './message-shapes.ts';
import type { Statements } from './statements.ts';

const ofMailbox = 'WHERE tenant_id = ? AND mailbox = ?';

export class SqliteMailboxRows implements MailboxRows {
  readonly #statements: Statements;
  /** Of tenants, since the first look. Others do not write; what is taken back is counted, so it is looked again at the limit. */
  readonly #counts = new Map<TenantId, number>();

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  mailbox(tenantId: TenantId, mailbox: string): Mailbox | undefined {
    return this.#statements.get(mailboxShape, ofMailbox, tenantId, mailbox);
  }

  mailboxCount(tenantId: TenantId): number {
    const known = this.#counts.get(tenantId);
    if (known !== undefined && known < messageLimits.mailboxesMax) return known;
    const sql = 'SELECT count(*) FROM mailboxes WHERE tenant_id = ? AND used_at > 0';
    const count = Number(this.#statements.values(sql, tenantId)[0]?.[0] ?? 0);
    this.#counts.set(tenantId, count);
    return count;
  }

  putMailbox(row: Mailbox): void {
    const known = this.#counts.get(row.tenantId);
    if (known !== undefined && this.mailbox(row.tenantId, row.mailbox) === undefined)
      this.#counts.set(row.tenantId, known + 1);
    this.#statements.run(mailboxShape.put, ...mailboxShape.toValues(row));
  }

  dropMailbox(tenantId: TenantId, mailbox: string): void {
    this.#statements.run(`DELETE FROM mailboxes ${ofMailbox}`, tenantId, mailbox);
  }

  message(tenantId: TenantId, mailbox: string, messageId: string): Message | undefined {
    return this.#statements.get(messageShape, `${ofMailbox} AND message_id = ?`, tenantId, mailbox, messageId);
  }

  addMessage(row: Message): void {
    this.#statements.run(messageShape.insert, ...messageShape.toValues(row));
  }

  changeMessage(row: Message): void {
    this.#statements.run(messageShape.put, ...messageShape.toValues(row));
  }

  dropMessage(row: Message): void {
    this.#statements.run(messageShape.drop, ...messageShape.toKey(row));
  }

  openMessages(tenantId: TenantId, mailbox: string, limit: number): readonly Message[] {
    const rest = `${ofMailbox} AND open = 1 ORDER BY priority, no LIMIT ?`;
    return this.#statements.all(messageShape, rest, tenantId, mailbox, limit);
  }

  dueMessages(of: Pick<Mailbox, 'tenantId' | 'mailbox'>, now: number, limit: number): readonly Message[] {
    const rest = `${ofMailbox} AND due_at <= ? ORDER BY due_at LIMIT ?`;
    return this.#statements.all(messageShape, rest, of.tenantId, of.mailbox, now, limit);
  }

  subscribers(tenantId: TenantId, topic: string): readonly string[] {
    const sql = 'SELECT mailbox FROM subscriptions WHERE tenant_id = ? AND topic = ? ORDER BY mailbox';
    return this.#statements.values(sql, tenantId, topic).map(([mailbox]) => mailbox as string);
  }

  addSubscription(row: Subscription): void {
    this.#statements.run(subscriptionShape.put, ...subscriptionShape.toValues(row));
  }

  dropSubscriptions(tenantId: TenantId, mailbox: string): void {
    this.#statements.run(`DELETE FROM subscriptions ${ofMailbox}`, tenantId, mailbox);
  }

  topic(tenantId: TenantId, topic: string): TopicSchema | undefined {
    return this.#statements.get(topicShape, 'WHERE tenant_id = ? AND topic = ?', tenantId, topic);
  }

  putTopic(row: TopicSchema): void {
    this.#statements.run(topicShape.put, ...topicShape.toValues(row));
  }

  dropTopic(tenantId: TenantId, topic: string): void {
    this.#statements.run('DELETE FROM topics WHERE tenant_id = ? AND topic = ?', tenantId, topic);
  }
}
