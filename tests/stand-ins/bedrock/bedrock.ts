// Amazon Bedrock's Converse: signed requests, or a bearer key, at /model/{id}/converse and /converse-stream.

import type { Operation, Protocol, VendorRequest, VendorState } from '../core/protocol.ts';
import { isObject } from '../core/shape.ts';
import { converseAnswer } from './converse-answer.ts';
import { converseAsked, conversePrompt } from './converse-asked.ts';
import { converseShape, type ConverseBody } from './converse-body.ts';
import { checkConverse } from './converse-rules.ts';
import { checkShape, invalid, refusal } from './invalid.ts';
import { checkSignature } from './sigv4.ts';
import { describeBedrockFault, tooLong, unknownModel } from './status-faults.ts';

function authenticate(request: VendorRequest, { keys }: VendorState): string {
  const { authorization } = request.headers;
  if (authorization === undefined)
    throw refusal(403, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
  const bearer = /^Bearer (.+)$/.exec(authorization)?.[1];
  if (bearer === undefined) return checkSignature(request, keys);
  if (keys.includes(bearer)) return bearer;
  throw refusal(403, 'AccessDeniedException', 'Authentication failed: Please make sure your API Key is valid.');
}

const address = /^\/model\/([^/]+)\/(converse|converse-stream)$/;

function readConverse(request: VendorRequest, state: VendorState): Operation {
  const [, id = '', method] = address.exec(request.url.pathname) ?? [];
  if (request.method !== 'POST' || method === undefined)
    throw refusal(404, 'UnknownOperationException', 'Unknown operation');
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? ''))
    throw invalid('The content type must be application/json');
  if (!isObject(request.json)) throw refusal(400, 'SerializationException', 'Malformed JSON');
  const model = state.models.get(decodeURIComponent(id));
  if (model === undefined) throw unknownModel(decodeURIComponent(id));
  checkShape(converseShape, request.json);
  const body = request.json as unknown as ConverseBody;
  checkConverse(body, model, state);
  const stream = method === 'converse-stream';
  return {
    what: 'conversation',
    model,
    asked: converseAsked(body, model, stream),
    prompt: conversePrompt(body),
    caching: 'marked',
    cacheKey: '',
    contextError: () => tooLong(model.contextTokens ?? 0),
    answer: (made) => converseAnswer(made, stream, state),
  };
}

export const bedrock: Protocol = {
  authenticate,
  read: readConverse,
  renderError: ({ message }) => ({ message }),
  describeFault: describeBedrockFault,
  headers: (requestId) => ({ 'x-amzn-requestid': requestId }),
};
