// OpenAI's interface, and that of the many servers which imitate it.
//
// The imitators differ: they overlook unknown fields, ask for no key unless they have some, have only the chat format and
// embeddings, and show what the model thought.

import type { Operation, Protocol, VendorRequest, VendorState } from '../core/protocol.ts';
import { VendorError } from '../core/vendor-error.ts';
import { readSpeech, readTranscription } from './audio.ts';
import { chatAnswer } from './chat-answer.ts';
import { chatAsked, chatPrompt } from './chat-asked.ts';
import type { ChatBody } from './chat-body.ts';
import { checkChat } from './chat-rules.ts';
import { chatShape, compatibleChatShape } from './chat-shape.ts';
import { readEmbeddings } from './embeddings.ts';
import { checkShape } from './invalid.ts';
import { findModel, jsonBody } from './request-body.ts';
import { readResponses } from './responses.ts';
import { contextTooLong, describeOpenaiFault } from './status-faults.ts';

type Read = (request: VendorRequest, state: VendorState) => Operation;

function authenticate(request: VendorRequest, state: VendorState): string {
  const given = request.headers.authorization;
  if (given === undefined && state.kind === 'openai-compatible' && state.keys.length === 0) return '';
  if (given === undefined) {
    throw new VendorError(
      401,
      "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
      { type: 'invalid_request_error' },
    );
  }
  const key = /^Bearer (.+)$/i.exec(given)?.[1] ?? '';
  if (state.kind === 'openai-compatible' && state.keys.length === 0) return key;
  if (state.keys.includes(key)) return key;
  throw new VendorError(
    401,
    `Incorrect API key provided: ${key.slice(0, 4)}***. You can find your API key at https://platform.openai.com/account/api-keys.`,
    { type: 'invalid_request_error', code: 'invalid_api_key' },
  );
}

function readChat(request: VendorRequest, state: VendorState): Operation {
  const body = jsonBody(request);
  const imitates = state.kind === 'openai-compatible';
  checkShape(imitates ? compatibleChatShape : chatShape, body, { unknownFields: imitates ? 'overlook' : 'refuse' });
  const chat = body as unknown as ChatBody;
  const model = findModel(chat.model, state);
  checkChat(chat, model, { imitates, lacks: state.lacks });
  return {
    what: 'conversation',
    model,
    asked: chatAsked(chat, model, { reasons: model.reasons === true && chat.reasoning_effort !== 'none' }),
    prompt: chatPrompt(chat),
    caching: 'automatic',
    cacheKey: chat.prompt_cache_key ?? '',
    contextError: (tokens) => contextTooLong(model.contextTokens ?? 0, tokens),
    answer: (made) => chatAnswer(chat, made, state),
  };
}

function readModels(_request: VendorRequest, state: VendorState): Operation {
  const data = [...state.models.values()].map(({ id, contextTokens }) => ({
    id,
    object: 'model',
    created: 1_754_000_000,
    owned_by: state.kind === 'openai' ? 'openai' : 'library',
    // vLLM says how much fits; OpenAI does not.
    ...(state.kind === 'openai' || contextTokens === undefined ? {} : { max_model_len: contextTokens }),
  }));
  return { what: 'free', answer: { form: 'json', body: { object: 'list', data } } };
}

const imitated: Readonly<Record<string, Read>> = {
  'GET /v1/models': readModels,
  'POST /v1/chat/completions': readChat,
  'POST /v1/embeddings': readEmbeddings,
};
const routes: Readonly<Record<string, Read>> = {
  ...imitated,
  'POST /v1/responses': readResponses,
  'POST /v1/audio/speech': readSpeech,
  'POST /v1/audio/transcriptions': readTranscription,
};

const protocolOf = (known: Readonly<Record<string, Read>>): Protocol => ({
  authenticate,
  read(request, state) {
    const read = known[`${request.method} ${request.url.pathname}`];
    if (read !== undefined) return read(request, state);
    throw new VendorError(404, `Invalid URL (${request.method} ${request.url.pathname})`, {
      type: 'invalid_request_error',
    });
  },
  renderError: ({ message, type, param, code }) => ({ error: { message, type, param, code } }),
  describeFault: describeOpenaiFault,
  headers: (requestId) => ({
    'x-request-id': requestId,
    'openai-version': '2020-10-01',
    'openai-processing-ms': '12',
    'x-ratelimit-limit-requests': '10000',
    'x-ratelimit-remaining-requests': '9999',
    'x-ratelimit-reset-requests': '6ms',
  }),
});

export const openai: Protocol = protocolOf(routes);
export const openaiCompatible: Protocol = protocolOf(imitated);
