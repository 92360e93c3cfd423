// POST /v1/chat/completions and POST /v1/responses.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { beginCall, makeContext, type OpenAiServices, readBody, routeCall } from './openai-call.ts';
import type { AnswerFacts, AnswerWriter } from './answer-writer.ts';
import { readChatRequest } from './read-chat-request.ts';
import { readResponsesRequest } from './read-responses-request.ts';
import { toRoutable, type WireCall } from './route-wire.ts';
import { sendChatAnswer } from './send-answer.ts';
import { createChatWriter } from './write-chat-answer.ts';
import { createResponsesWriter } from './write-responses-stream.ts';

type OpenAiHandler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** What differs between the two formats. */
interface Format {
  read(json: Buffer): {
    readonly call: Omit<WireCall, 'context' | 'json'>;
    /** The field `chorale` of the body. */
    readonly given: unknown;
    readonly cacheKey: string | undefined;
    writer(facts: AnswerFacts): AnswerWriter;
  };
}

const withoutOptions = new Map([['chorale', undefined]]);
const unchanged: ReadonlyMap<string, undefined> = new Map();

const chatFormat: Format = {
  read(json) {
    const body = readBody(json);
    const asked = readChatRequest(body);
    const given = body.fields['chorale'];
    const edits = given === undefined ? unchanged : withoutOptions;
    return {
      call: { ...asked, fields: body.fields, wire: 'openai-chat', path: '/chat/completions', edits },
      given,
      cacheKey: asked.request.cacheKey,
      writer: (facts) => createChatWriter(facts, asked),
    };
  },
};

/** Whatever the provider would do unasked: nothing of it is to be found by an id later. */
const notStored = new Map([
  ['chorale', undefined],
  ['store', 'false'],
]);

const responsesFormat: Format = {
  read(json) {
    const body = readBody(json);
    const asked = readResponsesRequest(body);
    return {
      call: { ...asked, fields: body.fields, wire: 'openai-responses', path: '/responses', edits: notStored },
      given: body.fields['chorale'],
      cacheKey: asked.request.cacheKey,
      writer: (facts) => createResponsesWriter({ ...facts, echoed: asked.echoed }),
    };
  },
};

export const handleChat = (services: OpenAiServices): OpenAiHandler => handle(services, chatFormat);
export const handleResponses = (services: OpenAiServices): OpenAiHandler => handle(services, responsesFormat);

function handle(services: OpenAiServices, format: Format): OpenAiHandler {
  return async (request, reply) => {
    const call = beginCall(services, request, reply);
    const json = request.body as Buffer;
    const read = format.read(json);
    const { model, stream } = read.call;
    const asked = makeContext(call, model, read.given);
    // Calls of one conversation say so in the format's own way, or not at all.
    const context =
      asked.session === undefined && read.cacheKey !== undefined ? { ...asked, session: read.cacheKey } : asked;
    const routable = toRoutable({ ...read.call, context, json }, services.models);
    const sending = await routeCall(call, { ...routable, stream });
    const facts = { id: context.callId, createdAt: Math.floor(services.now() / 1_000), model };
    const { restore, placeholders } = routable;
    const { wire } = read.call;
    await sendChatAnswer({ ...sending, stream, wire, restore, placeholders, writer: read.writer(facts) });
    return reply;
  };
}
