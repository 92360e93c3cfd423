// A body of /v1/responses in our own terms. Nothing is kept here between two requests: what refers to an earlier answer
// by its id is refused, and the whole conversation is sent each time.
import type { ChatRequest, ToolChoice, ToolSpec } from '@chorale/module-models';
import { type WireRequest, readFormat, readTool } from './read-chat-request.ts';
import {
  findCount,
  findFields,
  findFlag,
  findItems,
  findNumber,
  findOneOf,
  findText,
  getText,
  type Place,
  unsupportedField,
} from './read-fields.ts';
import { readResponseInput } from './read-responses-input.ts';

export interface ResponsesWireRequest extends WireRequest {
  /** Holds reasoning that this server wrapped: only after translation can a provider read it. */
  readonly mustTranslate: boolean;
  /** What the answer repeats of the request. */
  readonly echoed: { readonly [name: string]: unknown };
}

export function readResponsesRequest(body: Place): ResponsesWireRequest {
  refuseState(body);
  const model = getText(body, 'model');
  const input = readResponseInput(body);
  const sameWireOnly = [...input.sameWireOnly];
  const request = {
    messages: input.messages,
    ...readTools(body, sameWireOnly),
    ...readText(body),
    ...readSettings(body, sameWireOnly),
  };
  return {
    request,
    model,
    stream: findFlag(body, 'stream') ?? false,
    sameWireOnly,
    mustTranslate: input.hasWrapped,
    echoed: echoOf(body),
  };
}

function refuseState(body: Place): void {
  const stateless = 'answers are not kept; send the whole conversation as input';
  for (const name of ['previous_response_id', 'conversation', 'prompt'])
    if ((body.fields[name] ?? undefined) !== undefined) throw unsupportedField(name, stateless);
  if (findFlag(body, 'store') === true) throw unsupportedField('store', stateless);
  if (findFlag(body, 'background') === true)
    throw unsupportedField('background', 'an answer is given to the request that asks for it');
  if (findOneOf(body, 'truncation', ['disabled', 'auto'] as const) === 'auto')
    throw unsupportedField('truncation', 'nothing is left out of a conversation unasked');
}

const efforts = ['minimal', 'low', 'medium', 'high'] as const;

function readSettings(body: Place, sameWireOnly: string[]): Omit<ChatRequest, 'messages'> {
  const outputTokensMax = findCount(body, 'max_output_tokens');
  const temperature = findNumber(body, 'temperature');
  const topP = findNumber(body, 'top_p');
  const cacheKey = findText(body, 'prompt_cache_key');
  const reasoning = findFields(body, 'reasoning');
  const effort = reasoning === undefined ? undefined : findText(reasoning, 'effort');
  const reasoningEffort = efforts.find((known) => known === effort);
  if (effort !== undefined && reasoningEffort === undefined) sameWireOnly.push('reasoning.effort');
  for (const name of ['max_tool_calls', 'top_logprobs']) if ((body.fields[name] ?? 0) !== 0) sameWireOnly.push(name);
  return {
    ...(outputTokensMax === undefined ? {} : { outputTokensMax }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(cacheKey === undefined ? {} : { cacheKey }),
    ...(reasoningEffort === undefined ? {} : { reasoningEffort }),
  };
}

function readText(body: Place): Pick<ChatRequest, 'output'> {
  const text = findFields(body, 'text');
  const format = text === undefined ? undefined : findFields(text, 'format');
  return format === undefined ? {} : readFormat(format, () => format);
}

function readTools(
  body: Place,
  sameWireOnly: string[],
): Pick<ChatRequest, 'tools' | 'toolChoice' | 'parallelToolCalls'> {
  const tools: ToolSpec[] = [];
  for (const item of findItems(body, 'tools') ?? []) {
    if (getText(item, 'type') === 'function') tools.push(readTool(item));
    else sameWireOnly.push(`${item.at}type`);
  }
  const toolChoice = readToolChoice(body, sameWireOnly);
  const parallelToolCalls = findFlag(body, 'parallel_tool_calls');
  return {
    ...(tools.length === 0 ? {} : { tools }),
    ...(toolChoice === undefined ? {} : { toolChoice }),
    ...(parallelToolCalls === undefined ? {} : { parallelToolCalls }),
  };
}

function readToolChoice(body: Place, sameWireOnly: string[]): ToolChoice | undefined {
  if (typeof body.fields['tool_choice'] === 'string')
    return findOneOf(body, 'tool_choice', ['auto', 'none', 'required'] as const);
  const choice = findFields(body, 'tool_choice');
  if (choice === undefined) return undefined;
  if (getText(choice, 'type') === 'function') return { tool: getText(choice, 'name') };
  sameWireOnly.push('tool_choice');
  return undefined;
}

function echoOf({ fields }: Place): ResponsesWireRequest['echoed'] {
  const reasoning = (fields['reasoning'] ?? {}) as { readonly effort?: unknown; readonly summary?: unknown };
  const text = (fields['text'] ?? {}) as { readonly format?: unknown };
  return {
    instructions: fields['instructions'] ?? null,
    max_output_tokens: fields['max_output_tokens'] ?? null,
    metadata: fields['metadata'] ?? {},
    parallel_tool_calls: fields['parallel_tool_calls'] ?? true,
    previous_response_id: null,
    reasoning: { effort: reasoning.effort ?? null, summary: reasoning.summary ?? null },
    store: false,
    temperature: fields['temperature'] ?? null,
    text: { format: text.format ?? { type: 'text' } },
    tool_choice: fields['tool_choice'] ?? 'auto',
    tools: fields['tools'] ?? [],
    top_p: fields['top_p'] ?? null,
    truncation: 'disabled',
  };
}
