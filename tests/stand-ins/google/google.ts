// Google's interface: generateContent, streamGenerateContent and the list of models.

import type { Operation, Protocol, VendorRequest, VendorState } from '../core/protocol.ts';
import { isObject } from '../core/shape.ts';
import { VendorError } from '../core/vendor-error.ts';
import { generateAnswer } from './generate-answer.ts';
import { generateAsked, generatePrompt } from './generate-asked.ts';
import { generateShape, type GenerateBody } from './generate-body.ts';
import { checkGenerate } from './generate-rules.ts';
import { checkShape, invalid } from './invalid.ts';
import { describeGoogleFault, keyNotValid, promptTooLong, unknownModel } from './status-faults.ts';

function authenticate(request: VendorRequest, state: VendorState): string {
  const header = request.headers['x-goog-api-key'];
  const key = typeof header === 'string' ? header : request.url.searchParams.get('key');
  if (key === null) {
    throw new VendorError(
      403,
      "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
      { type: 'PERMISSION_DENIED' },
    );
  }
  if (!state.keys.includes(key)) throw keyNotValid();
  return key;
}

function readGenerate(
  request: VendorRequest,
  state: VendorState,
  route: { model: string; stream: boolean },
): Operation {
  if (route.stream && request.url.searchParams.get('alt') !== 'sse') {
    throw invalid('This stand-in streams server-sent events only: add ?alt=sse to the address.');
  }
  if (!isObject(request.json)) throw invalid('Invalid JSON payload received. Unexpected end of string.');
  const model = state.models.get(route.model);
  if (model === undefined) throw unknownModel(route.model);
  checkShape(generateShape, request.json);
  const body = request.json as unknown as GenerateBody;
  checkGenerate(body, model, state);
  const asked = generateAsked(body, model, { stream: route.stream });
  return {
    what: 'conversation',
    model,
    asked,
    prompt: generatePrompt(body),
    caching: 'automatic',
    cacheKey: '',
    contextError: (tokens) => promptTooLong(model.contextTokens ?? 0, tokens),
    answer: (made) =>
      generateAnswer({ body, model: model.id, reasons: asked.reasons, stream: route.stream }, made, state),
  };
}

function readModels(state: VendorState): Operation {
  const models = [...state.models.values()].map(({ id, contextTokens, outputTokensMax, reasons }) => ({
    name: `models/${id}`,
    version: '001',
    displayName: id,
    inputTokenLimit: contextTokens ?? 8_192,
    outputTokenLimit: outputTokensMax ?? 8_192,
    supportedGenerationMethods: ['generateContent', 'countTokens'],
    ...(reasons === true ? { thinking: true } : {}),
  }));
  return { what: 'free', answer: { form: 'json', body: { models } } };
}

export const google: Protocol = {
  authenticate,
  read(request, state) {
    const { pathname } = request.url;
    if (request.method === 'GET' && pathname === '/v1beta/models') return readModels(state);
    const called = /^\/v1beta\/models\/([^/:]+):(generateContent|streamGenerateContent)$/.exec(pathname);
    if (request.method === 'POST' && called !== null) {
      const [, model = '', method] = called;
      return readGenerate(request, state, { model: decodeURIComponent(model), stream: method !== 'generateContent' });
    }
    throw new VendorError(404, `Not Found: ${request.method} ${pathname}`, { type: 'NOT_FOUND' });
  },
  renderError: ({ status, message, type, details }) => ({
    error: { code: status, message, status: type, ...(details.length === 0 ? {} : { details }) },
  }),
  describeFault: describeGoogleFault,
  headers: () => ({ 'x-gemini-service-tier': 'standard', vary: 'Origin' }),
};
