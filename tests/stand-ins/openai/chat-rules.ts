// What /v1/chat/completions demands beyond the fields themselves.

import type { Lack, VendorModel } from '../core/protocol.ts';
import type { ChatBody, ChatMessage } from './chat-body.ts';
import { textOf } from './chat-body.ts';
import { invalid, invalidValue } from './invalid.ts';
import { findStrictSchemaFault } from './strict-schema.ts';

const metadataMax = 16;

/** @throws VendorError */
export function checkChat(
  body: ChatBody,
  model: VendorModel,
  server: { readonly imitates: boolean; readonly lacks: readonly Lack[] },
): void {
  checkLacks(body, server.lacks);
  checkOptions(body);
  if (model.reasons === true && !server.imitates) checkReasoningModel(body);
  checkTools(body);
  if (!server.imitates) checkJsonIsSpokenOf(body);
  checkFormat(body);
  checkOrder(body.messages);
  const tokensMax = body.max_completion_tokens ?? body.max_tokens ?? 0;
  if (model.outputTokensMax !== undefined && tokensMax > model.outputTokensMax) {
    const name = typeof body.max_completion_tokens === 'number' ? 'max_completion_tokens' : 'max_tokens';
    throw invalid(
      `${name} is too large: ${tokensMax}. This model supports at most ${model.outputTokensMax} completion tokens, whereas you provided ${tokensMax}.`,
      name,
      'invalid_value',
    );
  }
}

function checkLacks(body: ChatBody, lacks: readonly Lack[]): void {
  if (lacks.includes('json-schema') && body.response_format?.type === 'json_schema') {
    throw invalid(`'response_format.type' must be 'json_object' or 'text'`, 'response_format');
  }
  if (lacks.includes('tools') && body.tools !== undefined) {
    throw invalid(`${body.model} does not support tools`, null);
  }
  if (lacks.includes('streaming') && body.stream === true) throw invalid('streaming is not supported', 'stream');
  const pictured = body.messages.some(
    (message) =>
      message.role === 'user' &&
      typeof message.content !== 'string' &&
      message.content.some((part) => part.type === 'image_url'),
  );
  if (lacks.includes('images') && pictured) throw invalid(`${body.model} is not a multimodal model`, null);
}

function checkOptions(body: ChatBody): void {
  if (body.stream_options !== undefined && body.stream_options !== null && body.stream !== true) {
    throw invalid(`The 'stream_options' parameter is only allowed when 'stream' is enabled.`, 'stream_options');
  }
  if (typeof body.max_tokens === 'number' && typeof body.max_completion_tokens === 'number') {
    throw invalid(
      `Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.`,
      'max_tokens',
      'invalid_parameter_combination',
    );
  }
  if (typeof body.top_logprobs === 'number' && body.logprobs !== true) {
    throw invalid(`The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.`, 'top_logprobs');
  }
  const names = Object.keys(body.metadata ?? {});
  if (names.length > metadataMax) {
    throw invalid(`Invalid 'metadata': too many properties. Expected at most ${metadataMax}.`, 'metadata');
  }
}

function checkReasoningModel(body: ChatBody): void {
  if (typeof body.max_tokens === 'number') {
    throw invalid(
      `Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.`,
      'max_tokens',
      'unsupported_parameter',
    );
  }
  for (const name of ['temperature', 'top_p'] as const) {
    const value = body[name];
    if (typeof value === 'number' && value !== 1) {
      throw invalid(
        `Unsupported value: '${name}' does not support ${value} with this model. Only the default (1) value is supported.`,
        name,
        'unsupported_value',
      );
    }
  }
  if (body.stop !== undefined && body.stop !== null) {
    throw invalid(`Unsupported parameter: 'stop' is not supported with this model.`, 'stop', 'unsupported_parameter');
  }
}

function checkTools(body: ChatBody): void {
  const tools = body.tools ?? [];
  for (const option of ['tool_choice', 'parallel_tool_calls'] as const) {
    if (tools.length === 0 && body[option] !== undefined && body[option] !== 'none') {
      throw invalidValue(option, `'${option}' is only allowed when 'tools' are specified.`);
    }
  }
  for (const [index, { function: called }] of tools.entries()) {
    const fault = called.strict === true ? findStrictSchemaFault(called.parameters) : undefined;
    if (fault !== undefined) {
      throw invalid(
        `Invalid schema for function '${called.name}': ${fault}`,
        `tools[${index}].function.parameters`,
        'invalid_function_parameters',
      );
    }
  }
  const choice = body.tool_choice;
  if (typeof choice === 'object' && !tools.some((tool) => tool.function.name === choice.function.name)) {
    throw invalidValue('tool_choice', `tool '${choice.function.name}' is not found in 'tools' parameter.`);
  }
}

function checkJsonIsSpokenOf(body: ChatBody): void {
  if (body.response_format?.type !== 'json_object') return;
  if (body.messages.some((message) => /json/i.test(textOf(message.content)))) return;
  throw invalid(
    `'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.`,
    'messages',
  );
}

function checkFormat(body: ChatBody): void {
  const format = body.response_format;
  if (format?.type !== 'json_schema') return;
  const { name, schema, strict } = format.json_schema;
  if (schema === undefined) {
    throw invalid(
      `Missing required parameter: 'response_format.json_schema.schema'.`,
      'response_format.json_schema.schema',
      'missing_required_parameter',
    );
  }
  const fault = strict === true ? findStrictSchemaFault(schema) : undefined;
  if (fault !== undefined) throw invalid(`Invalid schema for response_format '${name}': ${fault}`, 'response_format');
}

/** Every call is answered by the tool messages right after it, and none of those stands alone. */
function checkOrder(messages: readonly ChatMessage[]): void {
  let waiting: readonly string[] = [];
  let asked: readonly string[] = [];
  for (const [index, message] of messages.entries()) {
    if (message.role === 'tool') {
      if (!asked.includes(message.tool_call_id)) {
        throw invalid(
          asked.length === 0
            ? `Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.`
            : `Invalid parameter: 'tool_call_id' of '${message.tool_call_id}' not found in 'tool_calls' of previous message.`,
          `messages.[${index}].${asked.length === 0 ? 'role' : 'tool_call_id'}`,
        );
      }
      if (!waiting.includes(message.tool_call_id)) {
        throw invalid(
          `Invalid parameter: Duplicate value for 'tool_call_id' of '${message.tool_call_id}'.`,
          `messages.[${index}].tool_call_id`,
        );
      }
      waiting = waiting.filter((id) => id !== message.tool_call_id);
      continue;
    }
    if (waiting.length > 0) throw unanswered(waiting, index);
    asked = message.role === 'assistant' ? (message.tool_calls ?? []).map((call) => call.id) : [];
    waiting = asked;
    if (message.role === 'assistant') checkAssistant(message, index);
  }
  if (waiting.length > 0) throw unanswered(waiting, messages.length);
}

function unanswered(ids: readonly string[], index: number): Error {
  return invalid(
    `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${ids.join(', ')}`,
    `messages.[${index}].role`,
  );
}

function checkAssistant(message: Extract<ChatMessage, { role: 'assistant' }>, index: number): void {
  const ids = (message.tool_calls ?? []).map((call) => call.id);
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice !== undefined) {
    throw invalid(`Duplicate value for 'tool_calls[].id' of '${twice}'.`, `messages.[${index}].tool_calls`);
  }
  const says = typeof message.content === 'string' || Array.isArray(message.content);
  if (!says && ids.length === 0 && typeof message.refusal !== 'string') {
    throw invalid(`Invalid value for 'content': expected a string, got null.`, `messages.[${index}].content`);
  }
}
