// What /v1/chat/completions answers, whole or as a stream of chunks.

import type { MadeFinish, MadeReply } from '../core/make-reply.ts';
import type { Answer, VendorState } from '../core/protocol.ts';
import { splitText } from '../core/split-text.ts';
import type { TokenUse } from '../core/tokens.ts';
import type { ChatBody } from './chat-body.ts';

const finishes: Readonly<Record<MadeFinish, string>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  refusal: 'stop',
  'content-filter': 'content_filter',
};

function usageOf(use: TokenUse): unknown {
  return {
    prompt_tokens: use.input,
    completion_tokens: use.output,
    total_tokens: use.input + use.output,
    prompt_tokens_details: { cached_tokens: use.cachedInput, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: use.reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

interface Said {
  readonly text: string | null;
  readonly refusal: string | null;
  readonly reasoning: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
}

function saidIn(made: MadeReply, state: VendorState): Said {
  const joined = (type: 'text' | 'refusal' | 'reasoning'): string =>
    made.parts.flatMap((part) => (part.type === type ? [part.text] : [])).join('');
  return {
    text: made.parts.some((part) => part.type === 'text') ? joined('text') : null,
    refusal: made.parts.some((part) => part.type === 'refusal') ? joined('refusal') : null,
    // OpenAI shows none of it here; servers that imitate its format do.
    reasoning: state.kind === 'openai-compatible' ? joined('reasoning') : '',
    calls: made.parts
      .filter((part) => part.type === 'tool-call')
      .map((part) => ({ id: state.newId('call_', 24), name: part.name, arguments: part.arguments })),
  };
}

export function chatAnswer(body: ChatBody, made: MadeReply, state: VendorState): Answer {
  const said = saidIn(made, state);
  const head = {
    id: state.newId('chatcmpl-', 29),
    created: state.now(),
    model: body.model,
    service_tier: 'default',
    system_fingerprint: 'fp_0123456789',
  };
  if (body.stream === true) return chatStream({ body, made, said, head });
  return {
    form: 'json',
    body: {
      ...head,
      object: 'chat.completion',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: said.text,
            refusal: said.refusal,
            annotations: [],
            ...(said.reasoning === '' ? {} : { reasoning_content: said.reasoning }),
            ...(said.calls.length === 0
              ? {}
              : {
                  tool_calls: said.calls.map((call) => ({
                    id: call.id,
                    type: 'function',
                    function: { name: call.name, arguments: call.arguments },
                  })),
                }),
          },
          logprobs: null,
          finish_reason: finishes[made.finish],
        },
      ],
      usage: usageOf(made.use),
    },
  };
}

interface Streamed {
  readonly body: ChatBody;
  readonly made: MadeReply;
  readonly said: Said;
  readonly head: object;
}

function chatStream({ body, made, said, head }: Streamed): Answer {
  const withUsage = body.stream_options?.include_usage === true;
  const event = (rest: object): string =>
    `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', ...rest })}\n\n`;
  const delta = (change: object, finish: string | null = null): string =>
    event({
      choices: [{ index: 0, delta: change, logprobs: null, finish_reason: finish }],
      ...(withUsage ? { usage: null } : {}),
    });
  const first = {
    role: 'assistant',
    content: said.text === null && (said.refusal !== null || said.calls.length > 0) ? null : '',
    refusal: null,
  };
  const chunks = [
    delta(first),
    ...splitText(said.reasoning).map((piece) => delta({ reasoning_content: piece })),
    ...splitText(said.text ?? '').map((piece) => delta({ content: piece })),
    ...splitText(said.refusal ?? '').map((piece) => delta({ refusal: piece })),
    ...said.calls.flatMap((call, index) => [
      delta({ tool_calls: [{ index, id: call.id, type: 'function', function: { name: call.name, arguments: '' } }] }),
      ...splitText(call.arguments).map((piece) => delta({ tool_calls: [{ index, function: { arguments: piece } }] })),
    ]),
    delta({}, finishes[made.finish]),
    ...(withUsage ? [event({ choices: [], usage: usageOf(made.use) })] : []),
    'data: [DONE]\n\n',
  ];
  return {
    form: 'stream',
    chunks,
    errorEvent: () =>
      `data: ${JSON.stringify({
        error: {
          message: 'The server had an error while processing your request. Sorry about that!',
          type: 'server_error',
          param: null,
          code: null,
        },
      })}\n\n`,
  };
}
