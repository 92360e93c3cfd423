// What others ask of the rows of mailboxes, outside their transactions.
import type { SQLInputValue } from 'node:sqlite';
import type { TenantId } from '@chorale/lib-ids';
import {
  messageLimits,
  type Mailbox,
  type Message,
  type MessageFilter,
  type MessageStore,
  type TopicSchema,
} from '@chorale/module-messaging';
import { mailboxShape, messageShape, topicShape } from './message-shapes.ts';
import type { PartRead } from './parts.ts';
import type { Statements } from './statements.ts';

type MessageReadMethod = Exclude<keyof MessageStore, 'execute' | 'onPosted'>;

const dueMailboxes = `SELECT tenant_id, mailbox FROM (
    SELECT DISTINCT tenant_id, mailbox FROM messages WHERE due_at <= ?1
    UNION SELECT tenant_id, mailbox FROM mailboxes WHERE used_at <= ?2 AND open = 0
  ) LIMIT ?3`;

export class SqliteMessageReads {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  listMessages(tenantId: TenantId, { mailbox, state, before, limit }: MessageFilter): readonly Message[] {
    const where = ['tenant_id = ?'];
    const values: SQLInputValue[] = [tenantId];
    const add = (condition: string, ...more: readonly SQLInputValue[]): void => {
      where.push(condition);
      values.push(...more);
    };
    if (mailbox !== undefined) add('mailbox = ?', mailbox);
    if (state !== undefined) add('state = ?', state);
    if (before !== undefined)
      add('(sent_at, mailbox, message_id) < (?, ?, ?)', before.sentAt, before.mailbox, before.messageId);
    const rest = `WHERE ${where.join(' AND ')} ORDER BY sent_at DESC, mailbox DESC, message_id DESC LIMIT ?`;
    return this.#statements.all(messageShape, rest, ...values, limit);
  }

  findMessage(tenantId: TenantId, mailbox: string, messageId: string): Message | undefined {
    const rest = 'WHERE tenant_id = ? AND mailbox = ? AND message_id = ?';
    return this.#statements.get(messageShape, rest, tenantId, mailbox, messageId);
  }

  listMailboxes(tenantId: TenantId, limit: number): readonly Mailbox[] {
    return this.#statements.all(
      mailboxShape,
      'WHERE tenant_id = ? ORDER BY used_at DESC, mailbox LIMIT ?',
      tenantId,
      limit,
    );
  }

  findTopic(tenantId: TenantId, topic: string): TopicSchema | undefined {
    return this.#statements.get(topicShape, 'WHERE tenant_id = ? AND topic = ?', tenantId, topic);
  }

  listTopics(tenantId: TenantId): readonly TopicSchema[] {
    return this.#statements.all(topicShape, 'WHERE tenant_id = ? ORDER BY topic', tenantId);
  }

  findDueMailboxes(now: number, limit: number): readonly Pick<Mailbox, 'tenantId' | 'mailbox'>[] {
    const rows = this.#statements.values(dueMailboxes, now, now - messageLimits.mailboxKeepMs, limit);
    return rows.map(([tenantId, mailbox]) => ({ tenantId: tenantId as TenantId, mailbox: mailbox as string }));
  }
}

/** One read needs the time, which its callers do not give. */
export function runMessageRead(reads: SqliteMessageReads, { method, given }: PartRead, now: number): unknown {
  if (method === 'findDueMailboxes') return reads.findDueMailboxes(now, given[0] as number);
  return (reads[method as MessageReadMethod] as (...args: unknown[]) => unknown).apply(reads, [...given]);
}

export function makeMessageReads(
  ask: (request: PartRead) => Promise<unknown>,
): Omit<MessageStore, 'execute' | 'onPosted'> {
  const read =
    (method: MessageReadMethod) =>
    (...given: readonly unknown[]) =>
      ask({ method, given }) as Promise<never>;
  return {
    listMessages: read('listMessages'),
    findMessage: read('findMessage'),
    listMailboxes: read('listMailboxes'),
    findTopic: read('findTopic'),
    listTopics: read('listTopics'),
    findDueMailboxes: read('findDueMailboxes'),
  };
}
