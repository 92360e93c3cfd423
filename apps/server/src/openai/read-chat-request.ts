// A body of /v1/chat/completions in our own terms.
//
// Invariants: RC1 what our terms cannot say is named in `sameWireOnly`: such a request goes to deployments that speak
//                 this very format, as it came, and to no other.
import type { ChatRequest, ToolChoice, ToolSpec } from '@chorale/module-models';
import { readMessages } from './read-chat-messages.ts';
import {
  findCount,
  findFields,
  findFlag,
  findItems,
  findNumber,
  findObject,
  findOneOf,
  findText,
  getFields,
  getText,
  invalidField,
  type Place,
} from './read-fields.ts';

/** A request for an answer in words, whatever format it came in. */
export interface WireRequest {
  readonly request: ChatRequest;
  readonly model: string;
  readonly stream: boolean;
  /** Fields that only a deployment of the caller's own wire format understands. */
  readonly sameWireOnly: readonly string[];
}

export interface ChatWireRequest extends WireRequest {
  readonly includeUsage: boolean;
}

/** Fields that change what comes back and have no counterpart, with the value at which they change nothing. */
const wireOnly: Readonly<Record<string, unknown>> = {
  n: 1,
  logprobs: false,
  top_logprobs: 0,
  logit_bias: undefined,
  frequency_penalty: 0,
  presence_penalty: 0,
  modalities: undefined,
  audio: undefined,
  prediction: undefined,
  web_search_options: undefined,
  functions: undefined,
  function_call: undefined,
  verbosity: 'medium',
};

const efforts = ['minimal', 'low', 'medium', 'high'] as const;

export function readChatRequest(body: Place): ChatWireRequest {
  const model = getText(body, 'model');
  const history = readMessages(body);
  const sameWireOnly = [...history.sameWireOnly, ...findWireOnly(body)];
  const request = {
    messages: history.messages,
    ...readTools(body, sameWireOnly),
    ...readOutput(body),
    ...readSettings(body, sameWireOnly),
  };
  const stream = findFlag(body, 'stream') ?? false;
  const streamOptions = findFields(body, 'stream_options');
  if (streamOptions !== undefined && !stream) throw invalidField('stream_options', 'is only for streams');
  return {
    request,
    model,
    stream,
    includeUsage: streamOptions === undefined ? false : (findFlag(streamOptions, 'include_usage') ?? false),
    sameWireOnly,
  };
}

function findWireOnly({ fields }: Place): readonly string[] {
  return Object.keys(wireOnly).filter((name) => {
    const value = fields[name] ?? undefined;
    if (value === undefined || value === wireOnly[name]) return false;
    return typeof value !== 'object' || Object.keys(value).length > 0;
  });
}

function readSettings(body: Place, sameWireOnly: string[]): Omit<ChatRequest, 'messages'> {
  const outputTokensMax = findCount(body, 'max_completion_tokens') ?? findCount(body, 'max_tokens');
  const temperature = findNumber(body, 'temperature');
  const topP = findNumber(body, 'top_p');
  const seed = findNumber(body, 'seed');
  const stop = readStop(body);
  const cacheKey = findText(body, 'prompt_cache_key');
  const effort = findText(body, 'reasoning_effort');
  const reasoningEffort = efforts.find((known) => known === effort);
  if (effort !== undefined && reasoningEffort === undefined) sameWireOnly.push('reasoning_effort');
  return {
    ...(outputTokensMax === undefined ? {} : { outputTokensMax }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(seed === undefined ? {} : { seed }),
    ...(stop === undefined ? {} : { stop }),
    ...(cacheKey === undefined ? {} : { cacheKey }),
    ...(reasoningEffort === undefined ? {} : { reasoningEffort }),
  };
}

function readStop({ fields }: Place): readonly string[] | undefined {
  const stop = fields['stop'] ?? undefined;
  if (stop === undefined) return undefined;
  if (typeof stop === 'string') return [stop];
  if (Array.isArray(stop) && stop.every((item) => typeof item === 'string')) return stop;
  throw invalidField('stop', 'must be a string or a list of strings', stop);
}

type ToolFields = Pick<ChatRequest, 'tools' | 'toolChoice' | 'parallelToolCalls'>;

function readTools(body: Place, sameWireOnly: string[]): ToolFields {
  const items = findItems(body, 'tools');
  const choice = readToolChoice(body, sameWireOnly);
  const parallelToolCalls = findFlag(body, 'parallel_tool_calls');
  const tools: ToolSpec[] = [];
  for (const item of items ?? []) {
    if (getText(item, 'type') === 'function') tools.push(readTool(getFields(item, 'function')));
    else sameWireOnly.push(`${item.at}type`);
  }
  return {
    ...(tools.length === 0 ? {} : { tools }),
    ...(choice === undefined ? {} : { toolChoice: choice }),
    ...(parallelToolCalls === undefined ? {} : { parallelToolCalls }),
  };
}

const noParameters = { type: 'object', properties: {} } as const;

/** A function as both formats of OpenAI describe one. */
export function readTool(item: Place): ToolSpec {
  return {
    name: getText(item, 'name'),
    description: findText(item, 'description') ?? '',
    inputSchema: findObject(item, 'parameters') ?? noParameters,
  };
}

const namedChoices = ['auto', 'none', 'required'] as const;

function readToolChoice(body: Place, sameWireOnly: string[]): ToolChoice | undefined {
  if (typeof body.fields['tool_choice'] === 'string') return findOneOf(body, 'tool_choice', namedChoices);
  const choice = findFields(body, 'tool_choice');
  if (choice === undefined) return undefined;
  if (getText(choice, 'type') === 'function') return { tool: getText(getFields(choice, 'function'), 'name') };
  sameWireOnly.push('tool_choice');
  return undefined;
}

function readOutput(body: Place): Pick<ChatRequest, 'output'> {
  const format = findFields(body, 'response_format');
  if (format === undefined) return {};
  return readFormat(format, () => getFields(format, 'json_schema'));
}

const anyObject = { type: 'object' } as const;

/** `schemaOf` gives what holds name and schema: the two formats keep them at different places. */
export function readFormat(format: Place, schemaOf: () => Place): Pick<ChatRequest, 'output'> {
  switch (findOneOf(format, 'type', ['text', 'json_object', 'json_schema'] as const)) {
    case undefined:
    case 'text':
      return {};
    case 'json_object':
      return { output: { name: 'answer', schema: anyObject } };
    case 'json_schema': {
      const described = schemaOf();
      return { output: { name: getText(described, 'name'), schema: findObject(described, 'schema') ?? anyObject } };
    }
  }
}
