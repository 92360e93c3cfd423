// Messages as their senders and those who look after them see them.
import { refused } from '@chorale/lib-errors';
import { makeId } from '@chorale/lib-ids';
import { addressName, sendMessage, type Message } from '@chorale/module-messaging';
import { awaitAnswer } from '../../messages/open-messages.ts';
import type { Caller } from '../caller.ts';
import { invalidCursor } from '../page-by-number.ts';
import { defineRoute, type Route } from '../route.ts';
import { pageOf } from '../schemas/fields.ts';
import {
  answerQuerySchema,
  answerRequestSchema,
  answerSchema,
  inMailboxSchema,
  messagePath,
  messageQuerySchema,
  messageRequestSchema,
  messageSchema,
  sentMessageSchema,
} from '../schemas/message.ts';
import { z } from 'zod';
import { priorityClass } from '../views/goal-view.ts';
import { messageView } from '../views/message-view.ts';

/** Who sends is who asks: nobody writes in the name of another. */
function senderOf({ kind, subject }: Caller): string {
  return `${kind === 'service' || kind === 'key' ? 'service' : 'person'}:${addressName(subject)}`;
}

const send = defineRoute({
  method: 'POST',
  address: '/v1/messages',
  operation: 'postMessage',
  summary: 'Send a message to an agent, a role, a topic, a person, a service or everyone',
  description: 'Answered when it lies in the mailboxes. The same messageId again is the same message.',
  tag: 'messages',
  permit: 'message.send',
  record: 'work',
  body: messageRequestSchema,
  responses: { 201: { description: 'Where it lies now.', schema: sentMessageSchema } },
  refusals: ['address-invalid', 'message-invalid', 'message-misfit', 'mailbox-full'],
  handle: async ({ caller, body }, { services }) => {
    const { to, payload, priority, question, expiresAt } = body;
    const messageId = body.messageId ?? makeId<'message'>('message', services.now(), services.random);
    const { mailboxes } = await sendMessage(services.messaging, {
      tenantId: caller.tenantId,
      messageId,
      sender: senderOf(caller),
      address: to,
      payload,
      ...(priority === undefined ? {} : { priority: priorityClass(priority) }),
      ...(question === undefined ? {} : { question }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    });
    return { status: 201, body: { messageId, mailboxes } };
  },
});

const pageSize = 50;

const listAll = defineRoute({
  method: 'GET',
  address: '/v1/messages',
  operation: 'listMessages',
  summary: 'List messages, newest first',
  tag: 'messages',
  permit: 'message.read',
  query: messageQuerySchema,
  responses: { 200: { description: 'A page of messages.', schema: pageOf(messageSchema) } },
  refusals: ['cursor-invalid'],
  handle: async ({ caller, query }, { services }) => {
    const { mailbox, state, limit = pageSize, after } = query;
    const found = await services.messaging.messages.listMessages(caller.tenantId, {
      limit: limit + 1,
      ...(mailbox === undefined ? {} : { mailbox }),
      ...(state === undefined ? {} : { state }),
      ...(after === undefined ? {} : { before: readCursor(after) }),
    });
    const items = found.slice(0, limit);
    const last = items.at(-1);
    const next = found.length > limit && last !== undefined ? { next: makeCursor(last) } : {};
    return { status: 200, body: { items: items.map(messageView), ...next } };
  },
});

const cursorShape = z.tuple([z.int(), z.string(), z.string()]);

function makeCursor({ sentAt, mailbox, messageId }: Message): string {
  return Buffer.from(JSON.stringify([sentAt, mailbox, messageId])).toString('base64url');
}

function readCursor(text: string): Pick<Message, 'sentAt' | 'mailbox' | 'messageId'> {
  try {
    const [sentAt, mailbox, messageId] = cursorShape.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    return { sentAt, mailbox, messageId };
  } catch {
    throw invalidCursor();
  }
}

const getOne = defineRoute({
  method: 'GET',
  address: '/v1/messages/{messageId}',
  operation: 'getMessage',
  summary: 'Get one message as it lies in a mailbox',
  tag: 'messages',
  permit: 'message.read',
  path: messagePath,
  query: inMailboxSchema,
  responses: { 200: { description: 'The message.', schema: messageSchema } },
  refusals: ['message-not-found'],
  handle: async ({ caller, path, query }, { services }) => {
    const found = await services.messaging.messages.findMessage(caller.tenantId, query.mailbox, path.messageId);
    if (found !== undefined) return { status: 200, body: messageView(found) };
    throw refused('message-not-found', `there is no message ${path.messageId} in ${query.mailbox}`, {
      action: 'see the list of messages for what there is',
    });
  },
});

const findAnswer = defineRoute({
  method: 'GET',
  address: '/v1/messages/{messageId}/answer',
  operation: 'awaitAnswer',
  summary: 'Get the answer to a question, and wait for it up to a minute',
  tag: 'messages',
  permit: 'message.read',
  path: messagePath,
  query: answerQuerySchema,
  responses: { 200: { description: 'The answer; nothing while there is none.', schema: answerSchema } },
  handle: async ({ caller, path, query, request }, { services }) => {
    const until = performance.now() + (query.waitSeconds ?? 0) * 1_000;
    const isOver = (): boolean => performance.now() >= until || request.socket.destroyed;
    const answer = await awaitAnswer(services.messaging, { tenantId: caller.tenantId, ...path }, isOver);
    return { status: 200, body: answer === undefined ? {} : { answer: messageView(answer) } };
  },
});

const giveAnswer = defineRoute({
  method: 'POST',
  address: '/v1/messages/{messageId}/answer',
  operation: 'answerMessage',
  summary: 'Answer a question, which ends it; the first answer counts',
  tag: 'messages',
  permit: 'message.send',
  record: 'work',
  path: messagePath,
  body: answerRequestSchema,
  responses: { 200: { description: 'Whether it counts.', schema: z.strictObject({ counts: z.boolean() }) } },
  refusals: ['question-not-found', 'question-expired', 'message-invalid'],
  handle: async ({ caller, path, body }, { services }) => {
    const { tenantId } = caller;
    const answer = { command: 'answer-question', tenantId, sender: senderOf(caller), ...path, ...body } as const;
    return { status: 200, body: await services.messaging.messages.execute(answer) };
  },
});

const redrive = defineRoute({
  method: 'POST',
  address: '/v1/messages/{messageId}/redrive',
  operation: 'redriveMessage',
  summary: 'Put a dead letter back, as if it had just come',
  tag: 'messages',
  permit: 'message.manage',
  path: messagePath,
  body: inMailboxSchema,
  responses: { 200: { description: 'The message, which waits again.', schema: messageSchema } },
  refusals: ['message-not-found', 'message-not-dead'],
  audit: ({ path, body }) => ({ on: { kind: 'message', id: path.messageId }, detail: { mailbox: body.mailbox } }),
  handle: async ({ caller, path, body }, { services }) => {
    const command = { command: 'redrive-message', tenantId: caller.tenantId, ...path, ...body } as const;
    const { message } = await services.messaging.messages.execute(command);
    return { status: 200, body: messageView(message) };
  },
});

export const messageRoutes: readonly Route[] = [send, listAll, getOne, findAnswer, giveAnswer, redrive];
