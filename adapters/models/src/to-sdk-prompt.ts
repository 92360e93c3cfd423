// A conversation in the words of the provider packages. It is prepared for the deployment before, so that each wire's
// rules on order, ids and signatures already hold.

import type {
  LanguageModelV4FilePart,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4TextPart,
  LanguageModelV4ToolResultPart,
  SharedV4ProviderOptions,
} from '@ai-sdk/provider';
import {
  UpstreamFailure,
  type AssistantPart,
  type Deployment,
  type Message,
  type ToolResultPart,
  type UserPart,
  type Wire,
} from '@chorale/module-models';
import { writeSignature } from './signatures.ts';

type AssistantContent = Extract<LanguageModelV4Message, { role: 'assistant' }>['content'];

export function toSdkPrompt(messages: readonly Message[], deployment: Deployment): LanguageModelV4Prompt {
  const marks = cacheMarks(messages, deployment);
  return messages.map((message, index): LanguageModelV4Message => {
    const mark = marks.has(index) ? { providerOptions: cacheMark } : {};
    switch (message.role) {
      case 'system':
        return { role: 'system', content: message.parts.map((part) => part.text).join('\n\n'), ...mark };
      case 'user':
        return { role: 'user', content: message.parts.map((part) => toUserPart(part, deployment)), ...mark };
      case 'assistant':
        return { role: 'assistant', content: message.parts.flatMap((part) => toAssistantPart(part, deployment.wire)) };
      case 'tool':
        return { role: 'tool', content: message.parts.map((part) => toResult(part, deployment.wire)), ...mark };
    }
  });
}

const cacheMark: SharedV4ProviderOptions = {
  anthropic: { cacheControl: { type: 'ephemeral' } },
  amazonBedrock: { cachePoint: { type: 'default' } },
};
const markedWires: ReadonlySet<Wire> = new Set(['anthropic-messages', 'bedrock-converse']);
/** Beside the one on the system messages; Anthropic takes four in all. */
const messageMarks = 2;

/**
 * Anthropic keeps a prompt up to a mark: on the system messages, on the end, and on the end of the call before this one,
 * where its mark still is.
 */
function cacheMarks(messages: readonly Message[], deployment: Deployment): ReadonlySet<number> {
  if (!markedWires.has(deployment.wire) || !deployment.capabilities.includes('prompt-cache')) return new Set();
  const indices = messages.map((_, index) => index);
  const system = indices.filter((index) => messages[index]?.role === 'system').slice(-1);
  const ends = indices.filter((index) => {
    const role = messages[index]?.role;
    return (role === 'user' || role === 'tool') && messages[index + 1]?.role !== 'user';
  });
  return new Set([...system, ...ends.slice(-messageMarks)]);
}

function toUserPart(part: UserPart, deployment: Deployment): LanguageModelV4TextPart | LanguageModelV4FilePart {
  if (part.type === 'text') return { type: 'text', text: part.text };
  if ('base64' in part.source) {
    return { type: 'file', mediaType: part.mediaType, data: { type: 'data', data: part.source.base64 } };
  }
  if (deployment.wire === 'google-generate' || deployment.wire === 'bedrock-converse') {
    throw new UpstreamFailure('unsupported', `${deployment.id} takes images as data, not by address`);
  }
  if (!URL.canParse(part.source.url)) {
    throw new UpstreamFailure('invalid-request', `${deployment.id}: an image has an address that is none`);
  }
  return { type: 'file', mediaType: part.mediaType, data: { type: 'url', url: new URL(part.source.url) } };
}

function toAssistantPart(part: AssistantPart, wire: Wire): AssistantContent {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return [{ type: 'text', text: part.text }];
    case 'reasoning': {
      if (part.signature === undefined) return [];
      const providerOptions = writeSignature(wire, part.signature);
      // Google signs plain text too; without words of its own such a part goes back as text.
      if (wire === 'google-generate' && part.text === '') return [{ type: 'text', text: '', providerOptions }];
      return [{ type: 'reasoning', text: part.text, providerOptions }];
    }
    case 'tool-call': {
      const signed = part.signature === undefined ? {} : { providerOptions: writeSignature(wire, part.signature) };
      return [{ type: 'tool-call', toolCallId: part.id, toolName: part.name, input: part.arguments, ...signed }];
    }
  }
}

/** Bedrock refuses a result that is blank. */
const blankResult = '(nothing)';

function toResult(part: ToolResultPart, wire: Wire): LanguageModelV4ToolResultPart {
  const value = wire === 'bedrock-converse' && part.content.trim() === '' ? blankResult : part.content;
  return {
    type: 'tool-result',
    toolCallId: part.callId,
    toolName: part.name,
    output: { type: part.isError ? 'error-text' : 'text', value },
  };
}
