// Mailboxes as services that handle messages see them, and what topics take.
import { registerTopic } from '@chorale/module-messaging';
import { z } from 'zod';
import { defineRoute, type Route } from '../route.ts';
import { pageOf } from '../schemas/fields.ts';
import {
  mailboxSchema,
  settleRequestSchema,
  takenSchema,
  takeRequestSchema,
  topicPath,
  topicRequestSchema,
  topicSchema,
} from '../schemas/message.ts';
import { messageView } from '../views/message-view.ts';

const mailboxesMax = 1_000;

const listAll = defineRoute({
  method: 'GET',
  address: '/v1/mailboxes',
  operation: 'listMailboxes',
  summary: 'List mailboxes; those used last come first',
  tag: 'messages',
  permit: 'message.read',
  responses: { 200: { description: `The ${mailboxesMax} used last.`, schema: pageOf(mailboxSchema) } },
  handle: async ({ caller }, { services }) => {
    const found = await services.messaging.messages.listMailboxes(caller.tenantId, mailboxesMax);
    return { status: 200, body: { items: found.map(({ mailbox, open, usedAt }) => ({ mailbox, open, usedAt })) } };
  },
});

const take = defineRoute({
  method: 'POST',
  address: '/v1/mailboxes/take',
  operation: 'takeMessages',
  summary: 'Take messages to handle them, and wait for them up to a minute',
  description:
    'Each is in one hand until it is settled or the lease ends. What a sender sent is handed out in its order.',
  tag: 'messages',
  permit: 'message.manage',
  record: 'work',
  body: takeRequestSchema,
  responses: { 200: { description: 'What was taken.', schema: takenSchema } },
  refusals: ['take-invalid'],
  handle: async ({ caller: { tenantId }, body, request }, { services }) => {
    const { waitSeconds = 0, leaseSeconds = 60, max = 10, mailboxes, takeId } = body;
    const { messages, watch } = services.messaging;
    const isOver = (): boolean => performance.now() >= until || request.socket.destroyed;
    const until = performance.now() + waitSeconds * 1_000;
    const command = {
      command: 'take-messages',
      tenantId,
      mailboxes,
      takeId,
      max,
      leaseMs: leaseSeconds * 1_000,
    } as const;
    for (;;) {
      const woken = watch.waitFor(tenantId, mailboxes);
      const taken = (await messages.execute(command)).messages;
      if (taken.length > 0 || isOver()) return { status: 200, body: { items: taken.map(messageView) } };
      await woken;
    }
  },
});

const settle = defineRoute({
  method: 'POST',
  address: '/v1/mailboxes/settle',
  operation: 'settleMessages',
  summary: 'End messages that were taken, or give them back',
  tag: 'messages',
  permit: 'message.manage',
  record: 'work',
  body: settleRequestSchema,
  responses: { 200: { description: 'How many this take had.', schema: z.strictObject({ settled: z.int() }) } },
  handle: async ({ caller: { tenantId }, body }, { services }) => ({
    status: 200,
    body: await services.messaging.messages.execute({ command: 'settle-messages', tenantId, ...body }),
  }),
});

const listTopics = defineRoute({
  method: 'GET',
  address: '/v1/topics',
  operation: 'listTopics',
  summary: 'List what topics take',
  tag: 'messages',
  permit: 'message.read',
  responses: { 200: { description: 'Topics with a schema.', schema: pageOf(topicSchema) } },
  handle: async ({ caller }, { services }) => {
    const found = await services.messaging.messages.listTopics(caller.tenantId);
    return { status: 200, body: { items: found.map(({ tenantId: _tenant, ...topic }) => topic) } };
  },
});

const setTopic = defineRoute({
  method: 'POST',
  address: '/v1/topics',
  operation: 'setTopic',
  summary: 'Say what may be sent to a topic, as a JSON Schema',
  tag: 'messages',
  permit: 'message.manage',
  body: topicRequestSchema,
  responses: { 200: { description: 'The topic.', schema: topicSchema } },
  refusals: ['address-invalid', 'schema-invalid', 'topics-exhausted'],
  audit: ({ body }) => ({ on: { kind: 'topic', id: body.topic } }),
  handle: async ({ caller, body }, { services }) => {
    const { tenantId, subject } = caller;
    const { tenantId: _tenant, ...topic } = await registerTopic(services.messaging, {
      tenantId,
      setBy: subject,
      ...body,
    });
    return { status: 200, body: topic };
  },
});

const removeTopic = defineRoute({
  method: 'DELETE',
  address: '/v1/topics/{topic}',
  operation: 'removeTopic',
  summary: 'Let anything be sent to a topic again',
  tag: 'messages',
  permit: 'message.manage',
  path: topicPath,
  responses: { 204: { description: 'Its schema is gone.' } },
  audit: ({ path }) => ({ on: { kind: 'topic', id: path.topic } }),
  handle: async ({ caller, path }, { services }) => {
    await services.messaging.messages.execute({ command: 'drop-topic', tenantId: caller.tenantId, topic: path.topic });
    return { status: 204 };
  },
});

export const mailboxRoutes: readonly Route[] = [listAll, take, settle, listTopics, setTopic, removeTopic];
