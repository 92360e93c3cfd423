// What the engine of mailboxes reads and writes. Answers at once: an asynchronous store loads what a batch will ask for
// before it runs (see `LoadedMailboxes`).
import type { TenantId } from '@chorale/lib-ids';
import type { Mailbox, Message, Subscription, TopicSchema } from './message.ts';

export interface MailboxRows {
  mailbox(tenantId: TenantId, mailbox: string): Mailbox | undefined;
  /** In use: something was put there, or it was opened, and it is not forgotten. */
  mailboxCount(tenantId: TenantId): number;
  putMailbox(row: Mailbox): void;
  dropMailbox(tenantId: TenantId, mailbox: string): void;
  message(tenantId: TenantId, mailbox: string, messageId: string): Message | undefined;
  addMessage(row: Message): void;
  /** Writes what handling changes; see `messageLifeColumns`. */
  changeMessage(row: Message): void;
  dropMessage(row: Message): void;
  /** Waiting or taken: urgent first, then by number. */
  openMessages(tenantId: TenantId, mailbox: string, limit: number): readonly Message[];
  /** Those whose `dueAt` has come, the oldest first. */
  dueMessages(of: Pick<Mailbox, 'tenantId' | 'mailbox'>, now: number, limit: number): readonly Message[];
  /** By mailbox. */
  subscribers(tenantId: TenantId, topic: string): readonly string[];
  addSubscription(row: Subscription): void;
  /** Every subscription of the mailbox. */
  dropSubscriptions(tenantId: TenantId, mailbox: string): void;
  topic(tenantId: TenantId, topic: string): TopicSchema | undefined;
  putTopic(row: TopicSchema): void;
  dropTopic(tenantId: TenantId, topic: string): void;
}
