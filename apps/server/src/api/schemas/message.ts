import { deadReasons, messageStates } from '@chorale/lib-client';
import { z } from 'zod';
import { count, cursor, json, jsonObject, limit, list, priority, queryNumber, time, timeGiven } from './fields.ts';

const address = z
  .string()
  .min(1)
  .max(200)
  .describe('agent:NAME, role:NAME, topic:NAME, person:NAME, service:NAME or everyone; within a goal with @GOAL.');
const messageId = z.string().min(1).max(200);
const waitSecondsMax = 60;

export const messagePath = z.strictObject({ messageId });
export const topicPath = z.strictObject({ topic: address });

export const messageSchema = z.strictObject({
  messageId,
  mailbox: z.string().describe('The one it lies in.'),
  from: z.string(),
  to: z.string().describe('As the sender wrote it: a topic, where the mailbox is one of many.'),
  payload: json,
  priority,
  question: z.boolean().describe('The sender waits for an answer.'),
  state: z.enum(messageStates),
  sentAt: time,
  expiresAt: time.exactOptional(),
  deliveries: count.describe('How often it was handed out.'),
  deadReason: z.enum(deadReasons).exactOptional(),
  deadDetail: z.string().exactOptional().describe('What its handler said when it refused it.'),
  endedAt: time.exactOptional(),
});

export const messageRequestSchema = z.strictObject({
  to: address,
  payload: json,
  messageId: messageId.exactOptional().describe('Sent again with the same id it is the same message.'),
  priority: priority.exactOptional(),
  question: z.boolean().exactOptional(),
  expiresAt: timeGiven.exactOptional(),
});

export const sentMessageSchema = z.strictObject({ messageId, mailboxes: list(z.string()) });

export const messageQuerySchema = z.strictObject({
  mailbox: address.exactOptional(),
  state: z.enum(messageStates).exactOptional(),
  limit,
  after: cursor,
});

export const inMailboxSchema = z.strictObject({ mailbox: address });
export const answerQuerySchema = z.strictObject({
  waitSeconds: queryNumber({ min: 0, max: waitSecondsMax }).exactOptional(),
});
export const answerRequestSchema = z.strictObject({ mailbox: address, payload: json });
export const answerSchema = z.strictObject({ answer: messageSchema.exactOptional() });

export const mailboxSchema = z.strictObject({
  mailbox: z.string(),
  open: count.describe("Messages that wait or are in somebody's hands."),
  usedAt: time,
});

export const takeRequestSchema = z.strictObject({
  mailboxes: list(address).refine((all) => all.length >= 1 && all.length <= 8, 'must name 1 to 8 mailboxes'),
  takeId: messageId.describe('Repeated, the same messages are given.'),
  max: z.int().min(1).max(500).exactOptional(),
  leaseSeconds: z.int().min(1).max(3_600).exactOptional(),
  waitSeconds: z.int().min(0).max(waitSecondsMax).exactOptional(),
});
export const takenSchema = z.strictObject({ items: list(messageSchema) });

export const settleRequestSchema = z.strictObject({
  mailbox: address,
  takeId: messageId,
  messageIds: list(messageId).refine((all) => all.length <= 500, 'has at most 500 ids'),
  outcome: z.enum(['handled', 'refused', 'released']),
  detail: z.string().max(500).exactOptional(),
});

export const topicRequestSchema = z.strictObject({ topic: address, schema: jsonObject });
export const topicSchema = z.strictObject({
  topic: z.string(),
  schema: jsonObject,
  setBy: z.string(),
  setAt: time,
});
