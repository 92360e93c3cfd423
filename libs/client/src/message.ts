// Messages between agents, people and services, as they lie in mailboxes.
import type { Calls } from './calls.ts';
import type { Page } from './goal.ts';
import type { Json } from './json.ts';
import type { Priority } from './plan.ts';

export const messageStates = ['waiting', 'taken', 'handled', 'dead'] as const;
export type MessageState = (typeof messageStates)[number];

export const deadReasons = ['expired', 'refused', 'not-handled', 'mailbox-full'] as const;

export interface Message {
  readonly messageId: string;
  /** The one it lies in. */
  readonly mailbox: string;
  readonly from: string;
  /** As the sender wrote it: a topic, where the mailbox is one of many. */
  readonly to: string;
  readonly payload: Json;
  readonly priority: Priority;
  /** The sender waits for an answer. */
  readonly question: boolean;
  readonly state: MessageState;
  readonly sentAt: number;
  readonly expiresAt?: number;
  /** How often it was handed out. */
  readonly deliveries: number;
  readonly deadReason?: (typeof deadReasons)[number];
  readonly deadDetail?: string;
  readonly endedAt?: number;
}

export interface MessageRequest {
  /** `agent:NAME`, `role:NAME`, `topic:NAME`, `person:NAME`, `service:NAME` or `everyone`; within a goal with `@GOAL`. */
  readonly to: string;
  readonly payload: Json;
  /** Sent again with the same id it is the same message. */
  readonly messageId?: string;
  readonly priority?: Priority;
  readonly question?: boolean;
  readonly expiresAt?: number | string;
}

export interface SentMessage {
  readonly messageId: string;
  /** Where it lies now. */
  readonly mailboxes: readonly string[];
}

export interface MessageFilter {
  readonly mailbox?: string;
  readonly state?: MessageState;
  readonly limit?: number;
  readonly after?: string;
}

export interface Mailbox {
  readonly mailbox: string;
  /** Messages that wait or are in somebody's hands. */
  readonly open: number;
  readonly usedAt: number;
}

export interface TakeRequest {
  readonly mailboxes: readonly string[];
  /** Repeated, the same messages are given. */
  readonly takeId: string;
  readonly max?: number;
  readonly leaseSeconds?: number;
  readonly waitSeconds?: number;
}

export interface SettleRequest {
  readonly mailbox: string;
  readonly takeId: string;
  readonly messageIds: readonly string[];
  readonly outcome: 'handled' | 'refused' | 'released';
  readonly detail?: string;
}

export interface TopicSchema {
  readonly topic: string;
  readonly schema: { readonly [keyword: string]: Json };
  readonly setBy: string;
  readonly setAt: number;
}

export interface MessageMethods {
  postMessage(request: MessageRequest): Promise<SentMessage>;
  /** Newest first. */
  listMessages(filter?: MessageFilter): Promise<Page<Message>>;
  getMessage(mailbox: string, messageId: string): Promise<Message>;
  /** Undefined when nobody has answered by then. */
  awaitAnswer(messageId: string, waitSeconds: number): Promise<Message | undefined>;
  answerMessage(answer: {
    readonly mailbox: string;
    readonly messageId: string;
    readonly payload: Json;
  }): Promise<{ readonly counts: boolean }>;
  takeMessages(request: TakeRequest): Promise<readonly Message[]>;
  settleMessages(request: SettleRequest): Promise<{ readonly settled: number }>;
  redriveMessage(mailbox: string, messageId: string): Promise<Message>;
  listMailboxes(): Promise<readonly Mailbox[]>;
  listTopics(): Promise<readonly TopicSchema[]>;
  setTopic(topic: string, schema: TopicSchema['schema']): Promise<TopicSchema>;
  removeTopic(topic: string): Promise<void>;
}

export function messageMethods({ get, items, post, remove }: Calls): MessageMethods {
  const path = (messageId: string): string => `/v1/messages/${encodeURIComponent(messageId)}`;
  return {
    postMessage: (request) => post('/v1/messages', request),
    listMessages: (filter = {}) => get('/v1/messages', { ...filter }),
    getMessage: (mailbox, messageId) => get(path(messageId), { mailbox }),
    async awaitAnswer(messageId, waitSeconds) {
      const { answer } = await get<{ readonly answer?: Message }>(`${path(messageId)}/answer`, { waitSeconds });
      return answer;
    },
    answerMessage: ({ messageId, ...answer }) => post(`${path(messageId)}/answer`, answer),
    takeMessages: async (request) =>
      (await post<{ readonly items: readonly Message[] }>('/v1/mailboxes/take', request)).items,
    settleMessages: (request) => post('/v1/mailboxes/settle', request),
    redriveMessage: (mailbox, messageId) => post(`${path(messageId)}/redrive`, { mailbox }),
    listMailboxes: () => items('/v1/mailboxes'),
    listTopics: () => items('/v1/topics'),
    setTopic: (topic, schema) => post('/v1/topics', { topic, schema }),
    removeTopic: (topic) => remove(`/v1/topics/${encodeURIComponent(topic)}`),
  };
}
