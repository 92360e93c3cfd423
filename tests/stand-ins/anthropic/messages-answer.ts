// What /v1/messages answers, whole or as a stream of named events.

import type { MadeFinish, MadePart, MadeReply } from '../core/make-reply.ts';
import type { Answer, VendorState } from '../core/protocol.ts';
import { splitText } from '../core/split-text.ts';
import type { MessagesBody } from './messages-body.ts';

const stops: Readonly<Record<MadeFinish, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  refusal: 'refusal',
  'content-filter': 'refusal',
};

type AnswerBlock =
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'text'; readonly text: string; readonly citations: null }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly json: string };

function blockOf(part: MadePart, state: VendorState): AnswerBlock {
  switch (part.type) {
    case 'reasoning':
      return { type: 'thinking', thinking: part.text, signature: state.signer.sign(part.text) };
    case 'text':
    case 'refusal':
      return { type: 'text', text: part.text, citations: null };
    case 'tool-call':
      return { type: 'tool_use', id: state.newId('toolu_01', 22), name: part.name, json: part.arguments };
  }
}

/** The plain form has arguments as a value; what is no JSON cannot be said in it, and is left out. */
function plain(block: AnswerBlock): unknown {
  if (block.type !== 'tool_use') return block;
  let input: unknown = {};
  try {
    input = JSON.parse(block.json === '' ? '{}' : block.json);
  } catch {
    input = {};
  }
  return { type: 'tool_use', id: block.id, name: block.name, input };
}

export function messagesAnswer(body: MessagesBody, made: MadeReply, state: VendorState): Answer {
  const { use } = made;
  const blocks = made.parts.map((part) => blockOf(part, state));
  const usage = {
    input_tokens: use.input - use.cachedInput - use.cacheWrite,
    cache_creation_input_tokens: use.cacheWrite,
    cache_read_input_tokens: use.cachedInput,
    cache_creation: { ephemeral_5m_input_tokens: use.cacheWrite, ephemeral_1h_input_tokens: 0 },
    output_tokens: use.output,
    output_tokens_details: { thinking_tokens: use.reasoning },
    service_tier: 'standard',
  };
  const stop = {
    stop_reason: stops[made.finish],
    stop_sequence: null,
    ...(stops[made.finish] === 'refusal'
      ? { stop_details: { type: 'refusal', category: null, explanation: null } }
      : {}),
  };
  const head = { id: state.newId('msg_01', 22), type: 'message', role: 'assistant', model: body.model };
  if (body.stream !== true) {
    return { form: 'json', body: { ...head, content: blocks.map(plain), ...stop, usage } };
  }
  return stream(blocks, {
    start: { ...head, content: [], stop_reason: null, stop_sequence: null, usage: { ...usage, output_tokens: 1 } },
    stop,
    usage: {
      input_tokens: usage.input_tokens,
      cache_creation_input_tokens: usage.cache_creation_input_tokens,
      cache_read_input_tokens: usage.cache_read_input_tokens,
      output_tokens: usage.output_tokens,
      output_tokens_details: usage.output_tokens_details,
    },
  });
}

type Event = { readonly type: string; readonly [key: string]: unknown };

const chunk = (event: Event): string => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;

function stream(
  blocks: readonly AnswerBlock[],
  around: { readonly start: object; readonly stop: object; readonly usage: object },
): Answer {
  const events: readonly Event[] = [
    { type: 'message_start', message: around.start },
    ...blocks.flatMap((block, index) => eventsOf(block, index)),
    { type: 'message_delta', delta: around.stop, usage: around.usage },
    { type: 'message_stop' },
  ];
  return {
    form: 'stream',
    chunks: events.map(chunk),
    errorEvent: () => chunk({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }),
  };
}

function eventsOf(block: AnswerBlock, index: number): readonly Event[] {
  const delta = (change: object): Event => ({ type: 'content_block_delta', index, delta: change });
  const begun = (empty: object): Event => ({ type: 'content_block_start', index, content_block: empty });
  const end: Event = { type: 'content_block_stop', index };
  // The vendor sends one after the first block has begun, and then now and again.
  const ping: readonly Event[] = index === 0 ? [{ type: 'ping' }] : [];
  switch (block.type) {
    case 'thinking':
      return [
        begun({ type: 'thinking', thinking: '', signature: '' }),
        ...ping,
        ...splitText(block.thinking).map((thinking) => delta({ type: 'thinking_delta', thinking })),
        delta({ type: 'signature_delta', signature: block.signature }),
        end,
      ];
    case 'text':
      return [
        begun({ type: 'text', text: '' }),
        ...ping,
        ...splitText(block.text).map((text) => delta({ type: 'text_delta', text })),
        end,
      ];
    case 'tool_use':
      return [
        begun({ type: 'tool_use', id: block.id, name: block.name, input: {} }),
        ...ping,
        delta({ type: 'input_json_delta', partial_json: '' }),
        ...splitText(block.json).map((json) => delta({ type: 'input_json_delta', partial_json: json })),
        end,
      ];
  }
}
