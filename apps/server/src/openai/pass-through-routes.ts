// POST /v1/embeddings and POST /v1/audio/*.
import { refused } from '@chorale/lib-errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { editJson } from './edit-json.ts';
import { editFormField, findFormField } from './form-field.ts';
import { type OpenAiServices, readBody } from './openai-call.ts';
import { type PassedOn, passOn } from './pass-through.ts';
import { tokensOfEmbeddings, tokensOfSound, tokensOfSpeech } from './passed-tokens.ts';
import { findText, getText, invalidField, type Place } from './read-fields.ts';

type OpenAiHandler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

export function handleEmbeddings(services: OpenAiServices): OpenAiHandler {
  return (request, reply) =>
    passOn(services, { request, reply }, () => {
      const { json, body } = readJsonBody(request);
      const texts = readInput(body);
      if (texts === undefined && services.models.privacy !== undefined)
        throw invalidField('input', 'must be text: what is in tokens cannot be looked at for personal data');
      const tokens = tokensOfEmbeddings(texts ?? [], json.length);
      return { ...fromJson(json, body), operation: 'embeddings', path: '/embeddings', texts, tokens, stream: false };
    });
}

export function handleSpeech(services: OpenAiServices): OpenAiHandler {
  return (request, reply) =>
    passOn(services, { request, reply }, () => {
      const { json, body } = readJsonBody(request);
      const texts = [getText(body, 'input'), findText(body, 'instructions') ?? ''];
      const stream = findText(body, 'stream_format') === 'sse';
      const tokens = tokensOfSpeech(texts);
      return { ...fromJson(json, body), operation: 'speech', path: '/audio/speech', texts, tokens, stream };
    });
}

/** `path` is that of transcriptions or translations: both take a form with a file in it. */
export function handleTranscription(services: OpenAiServices, path: string): OpenAiHandler {
  return (request, reply) =>
    passOn(services, { request, reply }, () => {
      const contentType = request.headers['content-type'] ?? '';
      if (!contentType.startsWith('multipart/form-data'))
        throw refused('media-type-unsupported', 'a transcription is asked for with a form', {
          action: 'send Content-Type: multipart/form-data',
        });
      const form = { bytes: request.body as Buffer, contentType };
      const model = findFormField(form, 'model');
      if (model === undefined) throw invalidField('model', 'is missing');
      return {
        operation: 'transcription',
        path,
        model,
        given: undefined,
        texts: undefined,
        tokens: tokensOfSound(form.bytes.length),
        contentType,
        stream: findFormField(form, 'stream') === 'true',
        bytesFor: (name) => editFormField(form, 'model', name),
      };
    });
}

function readJsonBody(request: FastifyRequest): { readonly json: Buffer; readonly body: Place } {
  if (!(request.headers['content-type'] ?? '').startsWith('application/json'))
    throw refused('media-type-unsupported', 'a body must be JSON', { action: 'send Content-Type: application/json' });
  const json = request.body as Buffer;
  return { json, body: readBody(json) };
}

function fromJson(json: Buffer, body: Place): Pick<PassedOn, 'model' | 'given' | 'contentType' | 'bytesFor'> {
  const edits = (model: string): ReadonlyMap<string, string | undefined> =>
    new Map([
      ['chorale', undefined],
      ['model', JSON.stringify(model)],
    ]);
  return {
    model: getText(body, 'model'),
    given: body.fields['chorale'],
    contentType: 'application/json',
    bytesFor: (model) => editJson(json, edits(model)),
  };
}

/** Undefined for texts that are given as tokens. */
function readInput({ fields }: Place): readonly string[] | undefined {
  const input = fields['input'] ?? undefined;
  if (typeof input === 'string') return [input];
  if (!Array.isArray(input) || input.length === 0)
    throw invalidField('input', 'must be a text, a list of texts, or tokens', input);
  return input.every((item) => typeof item === 'string') ? input : undefined;
}
