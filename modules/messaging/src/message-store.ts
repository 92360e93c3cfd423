// The port to what keeps mailboxes. Implemented by the stores of SQLite and PostgreSQL, which pass
// `message-store.contract.ts`.
import type { TenantId } from '@chorale/lib-ids';
import type { Json, PriorityClass } from '@chorale/module-goals';
import type { Mailbox, Message, MessageState, TopicSchema } from './message.ts';

/** Puts a message into the mailbox it is addressed to, or into each that listens to the topic. */
export interface PostMessage {
  readonly command: 'post-message';
  readonly tenantId: TenantId;
  readonly messageId: string;
  readonly sender: string;
  readonly address: string;
  readonly payload: Json;
  readonly priority?: PriorityClass;
  readonly question?: boolean;
  readonly expiresAt?: number;
}

/** The mailbox gets what is sent to everyone in its scope, and to these topics, from now on. */
export interface OpenMailbox {
  readonly command: 'open-mailbox';
  readonly tenantId: TenantId;
  readonly mailbox: string;
  readonly topics: readonly string[];
}

/**
 * Hands out what waits: urgent first, then in the order it came, and nothing of a sender before what that sender sent
 * earlier has ended. Repeated with one `takeId` it gives what it gave.
 */
export interface TakeMessages {
  readonly command: 'take-messages';
  readonly tenantId: TenantId;
  /** The first that has messages comes first. */
  readonly mailboxes: readonly string[];
  readonly takeId: string;
  readonly max: number;
  /** What has not ended by then is handed out again, to whoever takes next. */
  readonly leaseMs: number;
}

/** Ends messages that were taken, or gives them back. What another take has got hold of since is left to it. */
export interface SettleMessages {
  readonly command: 'settle-messages';
  readonly tenantId: TenantId;
  readonly takeId: string;
  readonly mailbox: string;
  readonly messageIds: readonly string[];
  readonly outcome: 'handled' | 'refused' | 'released';
  /** Why it was refused. */
  readonly detail?: string;
}

/** Answers a question and ends it, in one. The first answer counts. */
export interface AnswerQuestion {
  readonly command: 'answer-question';
  readonly tenantId: TenantId;
  readonly mailbox: string;
  readonly messageId: string;
  readonly sender: string;
  readonly payload: Json;
}

/** A dead letter waits again, as if it had just come. */
export interface RedriveMessage {
  readonly command: 'redrive-message';
  readonly tenantId: TenantId;
  readonly mailbox: string;
  readonly messageId: string;
}

/** Ends what has expired and forgets what has ended long ago. */
export interface SweepMailbox {
  readonly command: 'sweep-mailbox';
  readonly tenantId: TenantId;
  readonly mailbox: string;
}

/** They are gone, whoever has them in hand: not ended, and no dead letters. */
export interface ForgetMessages {
  readonly command: 'forget-messages';
  readonly tenantId: TenantId;
  readonly mailbox: string;
  readonly messageIds: readonly string[];
}

export interface PutTopic {
  readonly command: 'put-topic';
  readonly tenantId: TenantId;
  readonly topic: string;
  readonly schema: { readonly [keyword: string]: Json };
  readonly setBy: string;
}

export interface DropTopic {
  readonly command: 'drop-topic';
  readonly tenantId: TenantId;
  readonly topic: string;
}

export type MessageCommand =
  | PostMessage
  | OpenMailbox
  | TakeMessages
  | SettleMessages
  | AnswerQuestion
  | RedriveMessage
  | SweepMailbox
  | ForgetMessages
  | PutTopic
  | DropTopic;

export interface MessageReplies {
  /** The mailboxes it lies in now, whether this command put it there or one before. */
  readonly 'post-message': { readonly mailboxes: readonly string[] };
  readonly 'open-mailbox': Record<never, never>;
  readonly 'take-messages': { readonly messages: readonly Message[] };
  /** How many; the others were not in the hands of this take. */
  readonly 'settle-messages': { readonly settled: number };
  /** False when somebody had answered before. */
  readonly 'answer-question': { readonly counts: boolean };
  readonly 'redrive-message': { readonly message: Message };
  readonly 'sweep-mailbox': { readonly ended: number; readonly forgotten: number };
  readonly 'forget-messages': { readonly forgotten: number };
  readonly 'put-topic': { readonly topic: TopicSchema };
  readonly 'drop-topic': { readonly done: boolean };
}

export interface MessageFilter {
  readonly mailbox?: string;
  readonly state?: MessageState;
  /** The last message of the page before. */
  readonly before?: Pick<Message, 'sentAt' | 'messageId' | 'mailbox'>;
  readonly limit: number;
}

/** What lies in mailboxes now, for whoever waits for it. */
export interface PostedHint {
  readonly tenantId: TenantId;
  readonly mailboxes: readonly string[];
}

/** Durable: `execute` resolves only when the effect is on disk. A command that is repeated happens once. */
export interface MessageStore {
  execute<C extends MessageCommand>(command: C): Promise<MessageReplies[C['command']]>;
  /** Told of what this process posted, answered or put back, once it is on disk. Losing it costs a poll. */
  onPosted(listener: (hint: PostedHint) => void): () => void;
  /** Newest first. */
  listMessages(tenantId: TenantId, filter: MessageFilter): Promise<readonly Message[]>;
  findMessage(tenantId: TenantId, mailbox: string, messageId: string): Promise<Message | undefined>;
  /** Those used last come first. */
  listMailboxes(tenantId: TenantId, limit: number): Promise<readonly Mailbox[]>;
  findTopic(tenantId: TenantId, topic: string): Promise<TopicSchema | undefined>;
  /** By name. */
  listTopics(tenantId: TenantId): Promise<readonly TopicSchema[]>;
  /** Mailboxes in which time has something to do. */
  findDueMailboxes(limit: number): Promise<readonly Pick<Mailbox, 'tenantId' | 'mailbox'>[]>;
}
