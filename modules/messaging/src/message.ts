// A message as it lies in one mailbox, and the mailbox it lies in.
import type { TenantId } from '@chorale/lib-ids';
import type { Json, PriorityClass } from '@chorale/module-goals';

/** `taken`: somebody handles it under a lease. `dead`: nobody will, unless it is put back. */
export type MessageState = 'waiting' | 'taken' | 'handled' | 'dead';

export type DeadReason = 'expired' | 'refused' | 'not-handled' | 'mailbox-full';

export interface Message {
  readonly tenantId: TenantId;
  /** The address of the one mailbox it lies in. */
  readonly mailbox: string;
  /** Given by the sender: a second message with this id in this mailbox is the first. */
  readonly messageId: string;
  /** From 1 in each mailbox, in the order of commits. */
  readonly no: number;
  readonly sender: string;
  /** As the sender wrote it: a topic, where the mailbox is one of many. */
  readonly address: string;
  readonly priority: PriorityClass;
  readonly payload: Json;
  /** The sender waits for an answer. */
  readonly question: boolean;
  readonly sentAt: number;
  readonly expiresAt: number | undefined;
  readonly state: MessageState;
  /** Waiting or taken. */
  readonly open: boolean;
  /** Names the take under which it was handed out last. */
  readonly takeId: string | undefined;
  readonly leaseUntil: number | undefined;
  /** How often it was handed out. */
  readonly deliveries: number;
  readonly deadReason: DeadReason | undefined;
  /** What its handler said when it refused it. */
  readonly deadDetail: string | undefined;
  readonly endedAt: number | undefined;
  /** When time does something to it: an open one expires, an ended one is forgotten. */
  readonly dueAt: number;
}

export interface Mailbox {
  readonly tenantId: TenantId;
  readonly mailbox: string;
  readonly lastNo: number;
  readonly open: number;
  readonly usedAt: number;
}

/** The mailbox gets what is sent to the topic; `everyone` is a topic too. */
export interface Subscription {
  readonly tenantId: TenantId;
  readonly topic: string;
  readonly mailbox: string;
}

/** What may be sent to a topic. */
export interface TopicSchema {
  readonly tenantId: TenantId;
  readonly topic: string;
  readonly schema: { readonly [keyword: string]: Json };
  readonly setBy: string;
  readonly setAt: number;
}

/** The answer to a question: a message in a mailbox of the question's own, where there is room for one. */
export const answerId = 'answer';

export function replyMailbox(messageId: string): string {
  return `reply:${messageId}`;
}

export const messageLimits = {
  /** Characters of the payload as JSON. */
  payloadLengthMax: 64 * 1024,
  messageIdLengthMax: 200,
  /** Open messages of a mailbox; past it the sender is told to come back. */
  openMax: 10_000,
  /** In use, of a tenant; past it no new ones are begun. About: processes that begin some at once count for themselves. */
  mailboxesMax: 20_000,
  /** Mailboxes that one topic feeds. */
  subscribersMax: 1_000,
  /** Topics with a schema, of a tenant. */
  topicsMax: 1_000,
  takeMax: 500,
  mailboxesPerTakeMax: 8,
  /** Handed out so often without an end, it is a dead letter. */
  deliveriesMax: 5,
  leaseMsMin: 1_000,
  leaseMsMax: 3_600_000,
  detailLengthMax: 500,
  /** Where the sender does not say. */
  expiryMs: 7 * 86_400_000,
  /** So long an ended message keeps its id from being used again. */
  handledKeepMs: 7 * 86_400_000,
  deadKeepMs: 30 * 86_400_000,
  /** A mailbox in which nothing happened for so long is forgotten, with what it listens to. */
  mailboxKeepMs: 7 * 86_400_000,
  /** What one sweep of a mailbox ends or forgets. */
  sweepMax: 500,
} as const;
