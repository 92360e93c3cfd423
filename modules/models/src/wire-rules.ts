// What each wire format demands of a history, as data: who may speak when, and how the ids of tool calls look.

import type { Deployment, Wire } from './deployment.ts';

export interface WireRules {
  /** An id of a tool call that may stay as it is. */
  readonly callId: RegExp;
  /** How long a made id is. */
  readonly callIdLength: number;
  /** System messages stand in front of all others, and nowhere else. */
  readonly systemFirst: boolean;
  /** Two messages of one role in a row are one message. */
  readonly alternates: boolean;
  readonly opensWithUser: boolean;
  /** The last message is not the assistant's. */
  readonly endsWithUser: boolean;
  /** A user may speak directly after tool results. */
  readonly userAfterTool: boolean;
  /** Reasoning can be given back: not at all, before what it led to, or also as the last part. */
  readonly reasoning: 'never' | 'before-content' | 'anywhere';
  /** A tool call can carry a signature. */
  readonly signedCalls: boolean;
}

const openAiChat: WireRules = {
  callId: /^[a-zA-Z0-9_-]{1,40}$/,
  callIdLength: 24,
  systemFirst: false,
  alternates: false,
  opensWithUser: false,
  endsWithUser: false,
  userAfterTool: true,
  reasoning: 'never',
  signedCalls: false,
};

const anthropic: WireRules = {
  callId: /^[a-zA-Z0-9_-]{1,64}$/,
  callIdLength: 24,
  systemFirst: true,
  alternates: true,
  opensWithUser: true,
  endsWithUser: true,
  userAfterTool: true,
  reasoning: 'before-content',
  signedCalls: false,
};

const byWire: Readonly<Record<Wire, WireRules>> = {
  'openai-chat': openAiChat,
  'openai-responses': { ...openAiChat, reasoning: 'before-content' },
  'anthropic-messages': anthropic,
  'google-generate': { ...anthropic, reasoning: 'anywhere', signedCalls: true },
  'mistral-chat': {
    ...anthropic,
    callId: /^[a-zA-Z0-9]{9}$/,
    callIdLength: 9,
    userAfterTool: false,
    reasoning: 'never',
  },
  'bedrock-converse': anthropic,
};

// Local servers put messages through the chat template of the model, and many templates refuse what OpenAI takes:
// a system message that is not the first, or two messages of one role in a row.
const templated: WireRules = {
  ...openAiChat,
  systemFirst: true,
  alternates: true,
  opensWithUser: true,
  endsWithUser: true,
};

export function rulesOf(target: Pick<Deployment, 'wire' | 'kind'>): WireRules {
  return target.wire === 'openai-chat' && target.kind !== 'openai' ? templated : byWire[target.wire];
}
