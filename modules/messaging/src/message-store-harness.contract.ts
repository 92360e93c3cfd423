// Short words for the contract of message stores.
import type { TenantId } from '@chorale/lib-ids';
import type { Message } from './message.ts';
import type { MessageStore, PostMessage, TakeMessages } from './message-store.ts';

export interface MessageClock {
  now: number;
}

export interface OpenedMessages {
  /** Of one database; at least one. */
  readonly stores: readonly MessageStore[];
  close(): Promise<void>;
}

export type OpenMessages = (clock: MessageClock) => Promise<OpenedMessages>;

export const tenant = 'north' as TenantId;
export const otherTenant = 'south' as TenantId;
export const anna = 'agent:anna';
export const ben = 'agent:ben';
export const leaseMs = 30_000;

export class MessageHarness {
  readonly clock: MessageClock;
  readonly opened: OpenedMessages;
  #turn = 0;
  #ids = 0;

  private constructor(clock: MessageClock, opened: OpenedMessages) {
    this.clock = clock;
    this.opened = opened;
  }

  static async open(open: OpenMessages): Promise<MessageHarness> {
    const clock = { now: 1_800_000_000_000 };
    return new MessageHarness(clock, await open(clock));
  }

  close(): Promise<void> {
    return this.opened.close();
  }

  /** Another one with each call: none may know more than the rows. */
  get store(): MessageStore {
    this.#turn += 1;
    const store = this.opened.stores[this.#turn % this.opened.stores.length];
    if (store === undefined) throw new Error('no store was opened');
    return store;
  }

  /** Gives the message's id. */
  async post(address: string, more: Partial<PostMessage> = {}): Promise<string> {
    this.#ids += 1;
    const messageId = more.messageId ?? `m${this.#ids}`;
    await this.store.execute({
      command: 'post-message',
      tenantId: tenant,
      messageId,
      sender: anna,
      address,
      payload: { n: this.#ids },
      ...more,
    });
    return messageId;
  }

  async take(mailbox: string, more: Partial<TakeMessages> = {}): Promise<readonly Message[]> {
    this.#ids += 1;
    const taken = await this.store.execute({
      command: 'take-messages',
      tenantId: tenant,
      mailboxes: [mailbox],
      takeId: `t${this.#ids}`,
      max: 10,
      leaseMs,
      ...more,
    });
    return taken.messages;
  }

  async settle(messages: readonly Message[], outcome: 'handled' | 'refused' | 'released' = 'handled'): Promise<number> {
    let settled = 0;
    for (const { tenantId, mailbox, messageId, takeId = '' } of messages) {
      const messageIds = [messageId];
      const command = { command: 'settle-messages', tenantId, mailbox, takeId, messageIds, outcome } as const;
      settled += (await this.store.execute({ ...command, detail: 'no time' })).settled;
    }
    return settled;
  }

  async find(mailbox: string, messageId: string): Promise<Message> {
    const message = await this.store.findMessage(tenant, mailbox, messageId);
    if (message === undefined) throw new Error(`no message ${messageId} in ${mailbox}`);
    return message;
  }

  /** What the sweeper does. */
  async sweep(): Promise<void> {
    for (const due of await this.store.findDueMailboxes(100))
      await this.store.execute({ command: 'sweep-mailbox', ...due });
  }
}

export function idsOf(messages: readonly Message[]): readonly string[] {
  return messages.map(({ messageId }) => messageId);
}
