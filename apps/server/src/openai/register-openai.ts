// The OpenAI-compatible part of the server. It keeps that format's own ways: its errors, larger bodies, and bodies as
// bytes, because what is forwarded must be what came.
import { refused } from '@chorale/lib-errors';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { recordRefusal } from '../audit/record-refusal.ts';
import { handleChat, handleResponses } from './chat-routes.ts';
import { handleGetModel, handleListModels } from './list-models.ts';
import { createKeyActs } from './key-acts.ts';
import type { OpenCalls } from './open-calls.ts';
import { findCaller, type OpenAiServices } from './openai-call.ts';
import { toOpenAiError } from './openai-error.ts';
import { handleEmbeddings, handleSpeech, handleTranscription } from './pass-through-routes.ts';

/** Conversations with pictures, and files of sound as OpenAI takes them. */
const bodySizeBytesMax = 32 * 1024 * 1024;

export const openAiAddresses = [
  { method: 'POST', address: '/v1/chat/completions' },
  { method: 'POST', address: '/v1/responses' },
  { method: 'POST', address: '/v1/embeddings' },
  { method: 'POST', address: '/v1/audio/speech' },
  { method: 'POST', address: '/v1/audio/transcriptions' },
  { method: 'POST', address: '/v1/audio/translations' },
  { method: 'GET', address: '/v1/models' },
  { method: 'GET', address: '/v1/models/{model}' },
] as const;

export interface OpenAiOptions {
  readonly services: OpenAiServices;
  readonly openCalls: OpenCalls;
  /** Told of defects, which are never explained to the caller. */
  readonly onDefect: (request: FastifyRequest, reply: FastifyReply, error: unknown) => void;
}

export function registerOpenAi(api: FastifyInstance, { services, openCalls, onDefect }: OpenAiOptions): void {
  const keyActs = createKeyActs(services.audit, services.now);
  void api.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    const asBytes = async (_request: FastifyRequest, body: Buffer): Promise<Buffer> => body;
    const parsing = { parseAs: 'buffer', bodyLimit: bodySizeBytesMax } as const;
    scope.addContentTypeParser(['application/json', 'multipart/form-data'], parsing, asBytes);
    scope.setErrorHandler(async (error: FastifyError, request, reply) => {
      const { modelKey } = request;
      const told =
        modelKey === undefined
          ? await recordRefusal(services.audit, request, error)
          : await keyActs.refused(modelKey, request, error);
      const { status, body, retryable, retryAfterMs } = toOpenAiError(told, request.id);
      if (status >= 500) onDefect(request, reply, told);
      // OpenAI's clients try 409 and 429 again by themselves unless they are told that it is of no use.
      void reply.header('x-should-retry', retryable ? 'true' : 'false');
      if (retryAfterMs !== undefined) void reply.header('retry-after', Math.ceil(retryAfterMs / 1_000));
      return reply.code(status).header('content-type', 'application/json').send(JSON.stringify(body));
    });
    scope.decorateRequest('modelCaller');
    scope.decorateRequest('modelKey');
    scope.addHook('onRequest', async (request) => {
      request.modelCaller = await findCaller({ ...services, keyActs }, request);
    });
    scope.addHook('preValidation', async (request, reply) => {
      openCalls.enter(reply);
      if (request.method === 'POST' && !Buffer.isBuffer(request.body))
        throw refused('body-missing', 'this route needs a body', { action: 'send what the OpenAI API describes' });
    });
    scope.post('/v1/chat/completions', handleChat(services));
    scope.post('/v1/responses', handleResponses(services));
    scope.post('/v1/embeddings', handleEmbeddings(services));
    scope.post('/v1/audio/speech', handleSpeech(services));
    scope.post('/v1/audio/transcriptions', handleTranscription(services, '/audio/transcriptions'));
    scope.post('/v1/audio/translations', handleTranscription(services, '/audio/translations'));
    scope.get('/v1/models', handleListModels(services));
    scope.get('/v1/models/*', handleGetModel(services));
  });
}
