// Sends what fits: the schema of a topic says what may be sent to it.
import { refused } from '@chorale/lib-errors';
import type { Json } from '@chorale/module-goals';
import { messageLimits, type TopicSchema } from './message.ts';
import type { MessageReplies, MessageStore, PostMessage, PutTopic } from './message-store.ts';

/** What is wrong with a value, by a JSON Schema; empty when it fits. Throws for a schema that cannot be used. */
export type SchemaCheck = (schema: TopicSchema['schema'], value: Json) => readonly string[];

export interface SendingPorts {
  readonly messages: Pick<MessageStore, 'execute' | 'findTopic' | 'listTopics'>;
  readonly checkSchema: SchemaCheck;
}

/** Characters of a schema as JSON. */
const schemaLengthMax = 32 * 1024;

/** Throws `message-misfit` with what is wrong, and what `post-message` refuses. */
export async function sendMessage(
  { messages, checkSchema }: SendingPorts,
  message: Omit<PostMessage, 'command'>,
): Promise<MessageReplies['post-message']> {
  const { tenantId, address, payload } = message;
  if (address.startsWith('topic:')) {
    const topic = await messages.findTopic(tenantId, topicNameOf(address));
    const mistakes = topic === undefined ? [] : checkSchema(topic.schema, payload);
    if (mistakes.length > 0) {
      throw refused('message-misfit', `The message does not fit what ${address} takes: ${mistakes.join('; ')}.`, {
        action: 'Correct it; the schema says what is taken.',
      });
    }
  }
  return messages.execute({ command: 'post-message', ...message });
}

/** A schema holds for the topic within every goal. */
function topicNameOf(address: string): string {
  return address.replace(/@.*$/, '');
}

/** Throws `schema-invalid` and `topics-exhausted`. */
export async function registerTopic(
  { messages, checkSchema }: SendingPorts,
  topic: Omit<PutTopic, 'command'>,
): Promise<TopicSchema> {
  if (!/^topic:[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$/.test(topic.topic))
    throw refused('address-invalid', `${topic.topic} is no topic; write topic:NAME.`);
  if (JSON.stringify(topic.schema).length > schemaLengthMax)
    throw refused('schema-invalid', `A schema has at most ${schemaLengthMax} characters.`);
  try {
    checkSchema(topic.schema, null);
  } catch (error) {
    throw refused(
      'schema-invalid',
      `The schema cannot be used: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const others = await messages.listTopics(topic.tenantId);
  if (others.length >= messageLimits.topicsMax && others.every((other) => other.topic !== topic.topic))
    throw refused('topics-exhausted', `There are ${others.length} topics with a schema, and no more are kept.`);
  return (await messages.execute({ command: 'put-topic', ...topic })).topic;
}
