// A request in the words of the provider packages: limits, tools, schema, effort, and what only one vendor has.

import type {
  LanguageModelV4CallOptions,
  LanguageModelV4FunctionTool,
  SharedV4ProviderOptions,
} from '@ai-sdk/provider';
import {
  prepareHistory,
  type ChatRequest,
  type Deployment,
  type Message,
  type OutputSchema,
} from '@chorale/module-models';
import { toSdkPrompt } from './to-sdk-prompt.ts';

export function toSdkOptions(request: ChatRequest, deployment: Deployment): LanguageModelV4CallOptions {
  const { messages } = prepareHistory(request.messages, deployment);
  const tools = request.tools?.map((tool): LanguageModelV4FunctionTool => ({
    type: 'function',
    name: tool.name,
    description: tool.description,
    inputSchema: tool.inputSchema as LanguageModelV4FunctionTool['inputSchema'],
  }));
  const reasons =
    request.reasoningEffort !== undefined &&
    deployment.capabilities.includes('reasoning') &&
    mayThink(messages, deployment);
  return {
    prompt: toSdkPrompt(messages, deployment),
    ...(tools === undefined || tools.length === 0 ? {} : { tools, toolChoice: toToolChoice(request) }),
    ...(request.output === undefined ? {} : { responseFormat: toFormat(request.output) }),
    ...defined({
      maxOutputTokens: request.outputTokensMax,
      temperature: request.temperature,
      topP: request.topP,
      seed: request.seed,
      stopSequences: request.stop && [...request.stop],
      reasoning: reasons ? request.reasoningEffort : undefined,
    }),
    // A refusal is told apart from an answer only in what came over the wire.
    includeRawChunks: deployment.wire.startsWith('openai-'),
    providerOptions: vendorOptions(request, deployment, reasons),
  };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}

function toToolChoice({ toolChoice = 'auto' }: ChatRequest): NonNullable<LanguageModelV4CallOptions['toolChoice']> {
  return typeof toolChoice === 'string' ? { type: toolChoice } : { type: 'tool', toolName: toolChoice.tool };
}

function toFormat({ name, schema }: OutputSchema): NonNullable<LanguageModelV4CallOptions['responseFormat']> {
  return { type: 'json', name, schema: schema as LanguageModelV4FunctionTool['inputSchema'] };
}

/**
 * While Anthropic thinks, an answer that called tools must begin with its signed thoughts for as long as the round goes
 * on, also when a user speaks in between. When another model gave it there are none, and the round goes on without
 * thinking.
 */
function mayThink(messages: readonly Message[], deployment: Deployment): boolean {
  if (deployment.wire !== 'anthropic-messages' && deployment.wire !== 'bedrock-converse') return true;
  for (const message of messages.toReversed()) {
    if (message.role !== 'assistant') continue;
    if (!message.parts.some((part) => part.type === 'tool-call')) return true;
    if (message.parts[0]?.type !== 'reasoning') return false;
  }
  return true;
}

function vendorOptions(request: ChatRequest, deployment: Deployment, reasons: boolean): SharedV4ProviderOptions {
  const parallel = request.parallelToolCalls;
  const cacheKey = request.cacheKey;
  switch (deployment.kind) {
    case 'openai':
      return {
        openai: defined({
          // Nothing stays at the provider: reasoning comes back encrypted and is kept by us.
          store: false,
          include:
            deployment.wire === 'openai-responses' && deployment.capabilities.includes('reasoning')
              ? ['reasoning.encrypted_content']
              : undefined,
          promptCacheKey: cacheKey,
          parallelToolCalls: request.tools === undefined ? undefined : parallel,
          strictJsonSchema: request.output === undefined ? undefined : isStrict(request.output.schema),
        }),
      };
    case 'anthropic':
      return { anthropic: defined({ disableParallelToolUse: parallel === false ? true : undefined }) };
    case 'google':
      return { google: defined({ thinkingConfig: reasons ? { includeThoughts: true } : undefined }) };
    case 'mistral':
      return { mistral: defined({ parallelToolCalls: parallel, promptCacheKey: cacheKey }) };
    case 'bedrock':
    case 'nvidia':
    case 'ollama':
    case 'llama.cpp':
    case 'vllm':
    case 'lm-studio':
    case 'openai-compatible':
      return {
        compatible: defined({
          parallel_tool_calls: request.tools === undefined ? undefined : parallel,
          strictJsonSchema: request.output === undefined ? undefined : isStrict(request.output.schema),
        }),
      };
  }
}

/** OpenAI's strict mode wants every object closed and every property required; other schemas go without it. */
function isStrict(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return true;
  if (Array.isArray(schema)) return schema.every(isStrict);
  const { properties, required, additionalProperties } = schema as Readonly<Record<string, unknown>>;
  if (typeof properties === 'object' && properties !== null) {
    const names = Object.keys(properties);
    const listed: readonly unknown[] = Array.isArray(required) ? required : [];
    if (additionalProperties !== false || !names.every((name) => listed.includes(name))) return false;
  }
  return Object.values(schema).every(isStrict);
}
