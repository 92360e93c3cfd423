// How many tokens something takes, without a vendor's tokenizer: characters are counted, and those outside ASCII apart,
// because scripts without an alphabet take about a token for each.

import type { ChatRequest, Message, ToolSpec } from './conversation.ts';

export interface TokenEstimate {
  /** What is likely. */
  readonly expected: number;
  /** What is reserved: text denser than this is rare, and is charged all the same. */
  readonly most: number;
}

const asciiPerToken = 4;
const asciiPerTokenLeast = 2;
const otherTokens = 0.75;
const otherTokensMost = 2;
/** Role, delimiters and the like around each message and tool. */
const frameTokens = 4;
const frameTokensMost = 12;
/** Vendors count an image by its size, which an address does not tell: a large one in its usual detail. */
const imageTokens = 1_000;
const imageTokensMost = 3_000;
const firstNonAscii = 0x80;

export function estimateTextTokens(text: string): TokenEstimate {
  let other = 0;
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) >= firstNonAscii) other++;
  const ascii = text.length - other;
  return {
    expected: Math.ceil(ascii / asciiPerToken + other * otherTokens),
    most: Math.ceil(ascii / asciiPerTokenLeast + other * otherTokensMost),
  };
}

/** A tool is described once and sent with every turn. */
const toolTokens = new WeakMap<ToolSpec, TokenEstimate>();

function estimateTool(tool: ToolSpec): TokenEstimate {
  const known = toolTokens.get(tool);
  if (known !== undefined) return known;
  const tokens = estimateTextTokens(tool.name + tool.description + JSON.stringify(tool.inputSchema));
  toolTokens.set(tool, tokens);
  return tokens;
}

function textsOf(message: Message): readonly string[] {
  return message.parts.map((part) => {
    switch (part.type) {
      case 'text':
      case 'reasoning':
      case 'refusal':
        return part.text;
      case 'tool-call':
        return part.name + (part.invalid ?? JSON.stringify(part.arguments));
      case 'tool-result':
        return part.content;
      case 'image':
        return '';
    }
  });
}

export function estimateRequestTokens(request: ChatRequest): TokenEstimate {
  let expected = 0;
  let most = 0;
  const add = (tokens: TokenEstimate): void => {
    expected += tokens.expected;
    most += tokens.most;
  };
  for (const message of request.messages) {
    for (const text of textsOf(message)) add(estimateTextTokens(text));
    const images = message.role === 'user' ? message.parts.filter((part) => part.type === 'image').length : 0;
    add({ expected: frameTokens + images * imageTokens, most: frameTokensMost + images * imageTokensMost });
  }
  for (const tool of request.tools ?? []) {
    add(estimateTool(tool));
    add({ expected: frameTokens, most: frameTokensMost });
  }
  if (request.output !== undefined)
    add(estimateTextTokens(request.output.name + JSON.stringify(request.output.schema)));
  return { expected, most };
}
