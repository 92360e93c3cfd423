// What decides what a stand-in says: a function of the conversation, the same for every vendor's wire format.
//
// A brain keeps nothing between two calls: it finds its place by what the conversation contains, so that a client that
// was killed and started again meets the same model.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface BrainToolCall {
  /** Undefined where the wire format has no ids. */
  readonly id: string | undefined;
  readonly name: string;
  readonly arguments: unknown;
}

export interface BrainToolResult {
  readonly callId: string | undefined;
  readonly name: string | undefined;
  readonly content: string;
  readonly isError: boolean;
}

/** Neighbours of one role are one message: wire formats differ in how they cut a turn. */
export interface BrainMessage {
  readonly role: 'user' | 'assistant' | 'tool';
  readonly text: string;
  readonly images: number;
  readonly toolCalls: readonly BrainToolCall[];
  readonly toolResults: readonly BrainToolResult[];
}

export interface BrainTool {
  readonly name: string;
  readonly description: string;
  readonly schema: unknown;
}

export type BrainToolChoice = 'auto' | 'none' | 'required' | { readonly tool: string };

export interface BrainRequest {
  readonly model: string;
  readonly system: string;
  readonly messages: readonly BrainMessage[];
  readonly tools: readonly BrainTool[];
  readonly toolChoice: BrainToolChoice;
  readonly parallelToolCalls: boolean;
  readonly output: { readonly name: string; readonly schema: unknown } | undefined;
  readonly outputTokensMax: number | undefined;
  readonly stop: readonly string[];
  /** Whether the answer may carry reasoning. */
  readonly reasons: boolean;
  readonly stream: boolean;
  /** How many answers the stand-in was asked for, this one included. Of no use to a brain that should survive restarts. */
  readonly callNo: number;
}

export interface BrainReply {
  readonly reasoning?: string;
  readonly text?: string;
  readonly toolCalls?: readonly {
    readonly name: string;
    /** A string is sent as it is, valid JSON or not. */
    readonly arguments: { readonly [key: string]: Json } | string;
  }[];
  readonly refusal?: string;
  readonly finish?: 'stop' | 'length' | 'content-filter';
}

export type Brain = (request: BrainRequest) => BrainReply | Promise<BrainReply>;

/** Joins neighbours of one role. */
export function joinTurns(messages: readonly BrainMessage[]): readonly BrainMessage[] {
  const joined: BrainMessage[] = [];
  for (const message of messages) {
    const last = joined.at(-1);
    if (last?.role !== message.role) {
      joined.push(message);
      continue;
    }
    joined[joined.length - 1] = {
      role: message.role,
      text: [last.text, message.text].filter((text) => text !== '').join('\n'),
      images: last.images + message.images,
      toolCalls: [...last.toolCalls, ...message.toolCalls],
      toolResults: [...last.toolResults, ...message.toolResults],
    };
  }
  return joined;
}

export function brainMessage(role: BrainMessage['role'], rest: Partial<Omit<BrainMessage, 'role'>> = {}): BrainMessage {
  return { role, text: '', images: 0, toolCalls: [], toolResults: [], ...rest };
}
