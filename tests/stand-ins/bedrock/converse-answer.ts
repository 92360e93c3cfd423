// What Converse answers: whole, or as messages of the binary event stream.

import type { MadeFinish, MadePart, MadeReply } from '../core/make-reply.ts';
import type { Answer, VendorState } from '../core/protocol.ts';
import { splitText } from '../core/split-text.ts';
import { eventFrame } from './event-frame.ts';

const stops: Readonly<Record<MadeFinish, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  refusal: 'end_turn',
  'content-filter': 'guardrail_intervened',
};

/** A call as it is told of whole; what is no JSON cannot be said in it. */
function inputOf(json: string): unknown {
  try {
    return JSON.parse(json === '' ? '{}' : json);
  } catch {
    return {};
  }
}

function wholeBlock(part: MadePart, state: VendorState): object {
  switch (part.type) {
    case 'reasoning':
      return { reasoningContent: { reasoningText: { text: part.text, signature: state.signer.sign(part.text) } } };
    case 'text':
    case 'refusal':
      return { text: part.text };
    case 'tool-call':
      return {
        toolUse: { toolUseId: state.newId('tooluse_', 22), name: part.name, input: inputOf(part.arguments) },
      };
  }
}

const event = (type: string, payload: object): Buffer =>
  eventFrame({ ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' }, payload);

function streamedBlock(part: MadePart, contentBlockIndex: number, state: VendorState): readonly Buffer[] {
  const delta = (change: object): Buffer => event('contentBlockDelta', { contentBlockIndex, delta: change });
  const end = event('contentBlockStop', { contentBlockIndex });
  switch (part.type) {
    case 'reasoning':
      return [
        ...splitText(part.text).map((text) => delta({ reasoningContent: { text } })),
        delta({ reasoningContent: { signature: state.signer.sign(part.text) } }),
        end,
      ];
    // Blocks of text have no beginning.
    case 'text':
    case 'refusal':
      return [...splitText(part.text).map((text) => delta({ text })), end];
    case 'tool-call': {
      const toolUse = { toolUseId: state.newId('tooluse_', 22), name: part.name };
      return [
        event('contentBlockStart', { contentBlockIndex, start: { toolUse } }),
        ...splitText(part.arguments).map((input) => delta({ toolUse: { input } })),
        end,
      ];
    }
  }
}

export function converseAnswer({ parts, finish, use }: MadeReply, stream: boolean, state: VendorState): Answer {
  const usage = {
    inputTokens: use.input - use.cachedInput - use.cacheWrite,
    outputTokens: use.output,
    totalTokens: use.input + use.output,
    cacheReadInputTokens: use.cachedInput,
    cacheWriteInputTokens: use.cacheWrite,
  };
  const metrics = { latencyMs: 100 };
  const stopReason = stops[finish];
  if (!stream) {
    const content = parts.map((part) => wholeBlock(part, state));
    return { form: 'json', body: { output: { message: { role: 'assistant', content } }, stopReason, usage, metrics } };
  }
  return {
    form: 'stream',
    contentType: 'application/vnd.amazon.eventstream',
    chunks: [
      event('messageStart', { role: 'assistant' }),
      ...parts.flatMap((part, index) => streamedBlock(part, index, state)),
      event('messageStop', { stopReason }),
      event('metadata', { usage, metrics }),
    ],
    errorEvent: () =>
      eventFrame(
        {
          ':exception-type': 'throttlingException',
          ':content-type': 'application/json',
          ':message-type': 'exception',
        },
        { message: 'Too many requests, please wait before trying again.' },
      ),
  };
}
