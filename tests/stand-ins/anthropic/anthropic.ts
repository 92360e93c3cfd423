// Anthropic's interface: /v1/messages and the list of models.

import type { Operation, Protocol, VendorRequest, VendorState } from '../core/protocol.ts';
import { isObject } from '../core/shape.ts';
import { VendorError } from '../core/vendor-error.ts';
import { checkShape, invalid } from './invalid.ts';
import { messagesAnswer } from './messages-answer.ts';
import { messagesAsked, messagesPrompt } from './messages-asked.ts';
import { messagesShape, newestMessagesShape, type MessagesBody } from './messages-body.ts';
import { checkMessages } from './messages-rules.ts';
import { describeAnthropicFault, promptTooLong, unknownModel } from './status-faults.ts';

/** The newest took sampling parameters away. */
const newest = '2026-10-21';
const versions = [newest, '2023-06-01', '2023-01-01'];

function authenticate(request: VendorRequest, state: VendorState): string {
  const given = request.headers['x-api-key'];
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const key = typeof given === 'string' ? given : bearer;
  if (key === undefined) {
    throw new VendorError(401, 'x-api-key header is required', { type: 'authentication_error' });
  }
  if (!state.keys.includes(key)) throw new VendorError(401, 'invalid x-api-key', { type: 'authentication_error' });
  const version = request.headers['anthropic-version'];
  if (version === undefined) throw invalid('anthropic-version: header is required');
  if (!versions.includes(String(version))) {
    throw invalid(`anthropic-version: "${String(version)}" is not a valid version`);
  }
  const betas = String(request.headers['anthropic-beta'] ?? '');
  const unknown = betas.split(',').find((beta) => beta !== '' && !/^[a-z0-9-]+-\d{4}-\d{2}-\d{2}$/.test(beta.trim()));
  if (unknown !== undefined) throw invalid(`Unexpected value(s) \`${unknown}\` for the \`anthropic-beta\` header.`);
  return key;
}

function readMessages(request: VendorRequest, state: VendorState): Operation {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    throw invalid('content-type: must be application/json');
  }
  if (!isObject(request.json)) throw invalid('The request body is not valid JSON');
  checkShape(request.headers['anthropic-version'] === newest ? newestMessagesShape : messagesShape, request.json);
  const body = request.json as unknown as MessagesBody;
  const model = state.models.get(body.model);
  if (model === undefined) throw unknownModel(body.model);
  checkMessages(body, model, state);
  return {
    what: 'conversation',
    model,
    asked: messagesAsked(body, model),
    prompt: messagesPrompt(body),
    caching: 'marked',
    cacheKey: '',
    contextError: (tokens) => promptTooLong(model.contextTokens ?? 0, tokens),
    answer: (made) => messagesAnswer(body, made, state),
  };
}

function readModels(state: VendorState): Operation {
  const data = [...state.models.values()].map(({ id, contextTokens, outputTokensMax }) => ({
    type: 'model',
    id,
    display_name: id,
    created_at: '2026-01-01T00:00:00Z',
    ...(contextTokens === undefined ? {} : { max_input_tokens: contextTokens }),
    ...(outputTokensMax === undefined ? {} : { max_tokens: outputTokensMax }),
  }));
  return {
    what: 'free',
    answer: {
      form: 'json',
      body: { data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null },
    },
  };
}

export const anthropic: Protocol = {
  authenticate,
  read(request, state) {
    const route = `${request.method} ${request.url.pathname}`;
    if (route === 'POST /v1/messages') return readMessages(request, state);
    if (route === 'GET /v1/models') return readModels(state);
    throw new VendorError(404, 'Not Found', { type: 'not_found_error' });
  },
  renderError: ({ type, message }, requestId) => ({ type: 'error', error: { type, message }, request_id: requestId }),
  describeFault: describeAnthropicFault,
  headers: (requestId) => ({
    'request-id': requestId,
    'anthropic-organization-id': 'org-standin',
    'anthropic-ratelimit-requests-limit': '50',
    'anthropic-ratelimit-requests-remaining': '49',
  }),
};
