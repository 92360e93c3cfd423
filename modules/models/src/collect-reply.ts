// Between a reply as a whole and the pieces it comes in.

import { broken } from '@chorale/lib-errors';
import type { ChatEvent, ChatReply } from './conversation.ts';
import type { UpstreamAnswer } from './upstream.ts';

/** Reads an answer to its end. @throws what the answer throws; broken `answer-without-end`. */
export async function collectReply(answer: UpstreamAnswer): Promise<ChatReply> {
  if (answer.form !== 'chat')
    throw broken('answer-form', 'The answer is bytes of a wire format.', { action: 'Read its bytes instead.' });
  for await (const event of answer.events) if (event.type === 'end') return event.reply;
  throw broken('answer-without-end', 'The answer ended without its last event.');
}

/** The pieces of a reply that is there already, such as one from a cache. */
export async function* replayReply(reply: ChatReply): AsyncGenerator<ChatEvent> {
  let index = 0;
  for (const part of reply.parts) {
    switch (part.type) {
      case 'text':
        yield { type: 'text', delta: part.text };
        break;
      case 'refusal':
        yield { type: 'refusal', delta: part.text };
        break;
      case 'reasoning':
        yield {
          type: 'reasoning',
          delta: part.text,
          ...(part.signature === undefined ? {} : { signature: part.signature }),
        };
        break;
      case 'tool-call': {
        const delta = part.invalid ?? JSON.stringify(part.arguments);
        yield { type: 'tool-call-start', index, id: part.id, name: part.name };
        yield { type: 'tool-call-arguments', index, delta };
        yield { type: 'tool-call-end', index, call: part };
        index++;
        break;
      }
    }
  }
  yield { type: 'end', reply };
}
