// Rows of mailboxes in memory: what an asynchronous store loaded for a batch, with what the batch changes; empty, it is
// the store of tests. What was not loaded is not there.
import { broken } from '@chorale/lib-errors';
import type { TenantId } from '@chorale/lib-ids';
import type { MailboxRows } from './mailbox-rows.ts';
import type { Mailbox, Message, Subscription, TopicSchema } from './message.ts';

export interface LoadedRows {
  readonly mailboxes: readonly Mailbox[];
  readonly messages: readonly Message[];
  readonly subscriptions: readonly Subscription[];
  readonly topics: readonly TopicSchema[];
  /** Mailboxes in use, of tenants that may begin new ones. */
  readonly mailboxCounts?: ReadonlyMap<TenantId, number>;
}

/** What is to be written; of each row the last word. */
export interface MailboxChanges {
  readonly mailboxes: readonly Mailbox[];
  readonly mailboxesGone: readonly Pick<Mailbox, 'tenantId' | 'mailbox'>[];
  readonly messagesAdded: readonly Message[];
  readonly messagesChanged: readonly Message[];
  readonly messagesGone: readonly Message[];
  readonly subscriptionsAdded: readonly Subscription[];
  readonly topics: readonly TopicSchema[];
  readonly topicsGone: readonly Pick<TopicSchema, 'tenantId' | 'topic'>[];
}

type Fate = 'read' | 'added' | 'changed' | 'gone';
interface Entry<Row> {
  row: Row;
  fate: Fate;
}

export class LoadedMailboxes implements MailboxRows {
  readonly #mailboxes = new Map<string, Entry<Mailbox>>();
  readonly #messages = new Map<string, Map<string, Entry<Message>>>();
  readonly #subscribers = new Map<string, Set<string>>();
  readonly #subscribed: Subscription[] = [];
  readonly #counts: Map<TenantId, number>;
  readonly #topics = new Map<string, Entry<TopicSchema>>();

  constructor(loaded: LoadedRows) {
    this.#counts = new Map(loaded.mailboxCounts);
    for (const row of loaded.mailboxes) this.#mailboxes.set(keyOf(row.tenantId, row.mailbox), { row, fate: 'read' });
    for (const row of loaded.messages)
      this.#messagesOf(row.tenantId, row.mailbox).set(row.messageId, { row, fate: 'read' });
    for (const row of loaded.subscriptions) this.#subscribersOf(row.tenantId, row.topic).add(row.mailbox);
    for (const row of loaded.topics) this.#topics.set(keyOf(row.tenantId, row.topic), { row, fate: 'read' });
  }

  mailbox(tenantId: TenantId, mailbox: string): Mailbox | undefined {
    return rowOf(this.#mailboxes.get(keyOf(tenantId, mailbox)));
  }

  get mailboxCounts(): ReadonlyMap<TenantId, number> {
    return this.#counts;
  }

  mailboxCount(tenantId: TenantId): number {
    return this.#counts.get(tenantId) ?? 0;
  }

  putMailbox(row: Mailbox): void {
    const isNew = (this.mailbox(row.tenantId, row.mailbox)?.usedAt ?? 0) === 0;
    if (isNew && row.usedAt > 0) this.#counts.set(row.tenantId, this.mailboxCount(row.tenantId) + 1);
    this.#mailboxes.set(keyOf(row.tenantId, row.mailbox), { row, fate: 'changed' });
  }

  dropMailbox(tenantId: TenantId, mailbox: string): void {
    const entry = this.#mailboxes.get(keyOf(tenantId, mailbox));
    if (entry !== undefined) entry.fate = 'gone';
  }

  message(tenantId: TenantId, mailbox: string, messageId: string): Message | undefined {
    return rowOf(this.#messages.get(keyOf(tenantId, mailbox))?.get(messageId));
  }

  addMessage(row: Message): void {
    this.#messagesOf(row.tenantId, row.mailbox).set(row.messageId, { row, fate: 'added' });
  }

  changeMessage(row: Message): void {
    const entry = this.#messagesOf(row.tenantId, row.mailbox).get(row.messageId);
    if (entry === undefined) throw broken('message-not-loaded', `The message ${row.messageId} was not read before.`);
    entry.row = row;
    if (entry.fate !== 'added') entry.fate = 'changed';
  }

  dropMessage({ tenantId, mailbox, messageId }: Message): void {
    const entry = this.#messagesOf(tenantId, mailbox).get(messageId);
    if (entry !== undefined) entry.fate = 'gone';
  }

  openMessages(tenantId: TenantId, mailbox: string, limit: number): readonly Message[] {
    return this.#rowsOf(tenantId, mailbox)
      .filter(({ open }) => open)
      .toSorted((a, b) => a.priority - b.priority || a.no - b.no)
      .slice(0, limit);
  }

  dueMessages(
    { tenantId, mailbox }: Pick<Mailbox, 'tenantId' | 'mailbox'>,
    now: number,
    limit: number,
  ): readonly Message[] {
    return this.#rowsOf(tenantId, mailbox)
      .filter(({ dueAt }) => dueAt <= now)
      .toSorted((a, b) => a.dueAt - b.dueAt)
      .slice(0, limit);
  }

  subscribers(tenantId: TenantId, topic: string): readonly string[] {
    return [...(this.#subscribers.get(keyOf(tenantId, topic)) ?? [])].toSorted();
  }

  addSubscription(row: Subscription): void {
    this.#subscribersOf(row.tenantId, row.topic).add(row.mailbox);
    this.#subscribed.push(row);
  }

  dropSubscriptions(tenantId: TenantId, mailbox: string): void {
    for (const [key, mailboxes] of this.#subscribers) if (key.startsWith(`${tenantId} `)) mailboxes.delete(mailbox);
  }

  topic(tenantId: TenantId, topic: string): TopicSchema | undefined {
    return rowOf(this.#topics.get(keyOf(tenantId, topic)));
  }

  putTopic(row: TopicSchema): void {
    this.#topics.set(keyOf(row.tenantId, row.topic), { row, fate: 'changed' });
  }

  dropTopic(tenantId: TenantId, topic: string): void {
    const entry = this.#topics.get(keyOf(tenantId, topic));
    if (entry !== undefined) entry.fate = 'gone';
  }

  changes(): MailboxChanges {
    const messages = [...this.#messages.values()].flatMap((ofMailbox) => [...ofMailbox.values()]);
    return {
      mailboxes: rowsWith(this.#mailboxes.values(), 'changed'),
      mailboxesGone: rowsWith(this.#mailboxes.values(), 'gone'),
      messagesAdded: rowsWith(messages, 'added'),
      messagesChanged: rowsWith(messages, 'changed'),
      messagesGone: rowsWith(messages, 'gone'),
      subscriptionsAdded: this.#subscribed,
      topics: rowsWith(this.#topics.values(), 'changed'),
      topicsGone: rowsWith(this.#topics.values(), 'gone'),
    };
  }

  #rowsOf(tenantId: TenantId, mailbox: string): readonly Message[] {
    return [...(this.#messages.get(keyOf(tenantId, mailbox))?.values() ?? [])].flatMap((entry) => rowOf(entry) ?? []);
  }

  #messagesOf(tenantId: TenantId, mailbox: string): Map<string, Entry<Message>> {
    return made(this.#messages, keyOf(tenantId, mailbox), () => new Map<string, Entry<Message>>());
  }

  #subscribersOf(tenantId: TenantId, topic: string): Set<string> {
    return made(this.#subscribers, keyOf(tenantId, topic), () => new Set<string>());
  }
}

/** Addresses hold no spaces. */
function keyOf(tenantId: TenantId, name: string): string {
  return `${tenantId} ${name}`;
}

function rowOf<Row>(entry: Entry<Row> | undefined): Row | undefined {
  return entry === undefined || entry.fate === 'gone' ? undefined : entry.row;
}

function rowsWith<Row>(entries: Iterable<Entry<Row>>, fate: Fate): readonly Row[] {
  return [...entries].filter((entry) => entry.fate === fate).map(({ row }) => row);
}

function made<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
