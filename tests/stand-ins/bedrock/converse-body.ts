// The fields of a request to Converse, and the same once they are known to be right.

import { anyObject, bool, list, number, record, text, type Shape, ShapeViolation, isObject } from '../core/shape.ts';

export type Block =
  | { readonly text: string }
  | { readonly image: object }
  | { readonly toolUse: { readonly toolUseId: string; readonly name: string; readonly input: unknown } }
  | {
      readonly toolResult: {
        readonly toolUseId: string;
        readonly content: readonly ({ readonly text: string } | { readonly json: unknown })[];
        readonly status?: 'success' | 'error';
      };
    }
  | {
      readonly reasoningContent:
        | { readonly reasoningText: { readonly text: string; readonly signature?: string } }
        | { readonly redactedContent: string };
    }
  | { readonly cachePoint: object };

export interface ConverseMessage {
  readonly role: 'user' | 'assistant';
  readonly content: readonly Block[];
}

export interface ConverseBody {
  readonly messages: readonly ConverseMessage[];
  readonly system?: readonly ({ readonly text: string } | { readonly cachePoint: object })[];
  readonly inferenceConfig?: {
    readonly maxTokens?: number;
    readonly temperature?: number;
    readonly topP?: number;
    readonly stopSequences?: readonly string[];
  };
  readonly toolConfig?: {
    readonly tools: readonly (
      | {
          readonly toolSpec: {
            readonly name: string;
            readonly description?: string;
            readonly inputSchema: { readonly json: Readonly<Record<string, unknown>> };
          };
        }
      | { readonly cachePoint: object }
    )[];
    readonly toolChoice?: { readonly auto?: object; readonly any?: object; readonly tool?: { readonly name: string } };
  };
  readonly additionalModelRequestFields?: Readonly<Record<string, unknown>>;
}

/** A union of AWS: exactly one member is set. */
function oneOf(members: Readonly<Record<string, Shape>>): Shape {
  return (value, path, rules) => {
    const names = isObject(value) ? Object.keys(value).filter((name) => value[name] !== undefined) : [];
    const [name] = names;
    const shape = names.length === 1 && name !== undefined && Object.hasOwn(members, name) ? members[name] : undefined;
    if (shape === undefined || name === undefined || !isObject(value))
      throw new ShapeViolation(path, { why: 'value', found: names.join(' and '), allowed: Object.keys(members) });
    shape(value[name], [...path, name], rules);
  };
}

const toolId = text({ min: 1, max: 64, pattern: /^[a-zA-Z0-9_-]+$/ });
const toolName = text({ min: 1, max: 64, pattern: /^[a-zA-Z0-9_-]+$/ });
const cachePoint = record({ type: text({ values: ['default'] }) }, { ttl: text({ values: ['5m', '1h'] }) });
const image = record({
  format: text({ values: ['png', 'jpeg', 'gif', 'webp'] }),
  source: oneOf({ bytes: text({ min: 1 }), s3Location: anyObject }),
});

const block = oneOf({
  text: text({ min: 1 }),
  image,
  toolUse: record({ toolUseId: toolId, name: toolName, input: anyObject }),
  toolResult: record(
    { toolUseId: toolId, content: list(oneOf({ text: text({ min: 1 }), json: anyObject, image }), { min: 1 }) },
    { status: text({ values: ['success', 'error'] }) },
  ),
  reasoningContent: oneOf({
    reasoningText: record({ text: text() }, { signature: text({ min: 1 }) }),
    redactedContent: text({ min: 1 }),
  }),
  cachePoint,
});

export const converseShape = record(
  {
    messages: list(record({ role: text({ values: ['user', 'assistant'] }), content: list(block, { min: 1 }) }), {
      min: 1,
    }),
  },
  {
    system: list(oneOf({ text: text({ min: 1 }), cachePoint })),
    inferenceConfig: record(
      {},
      {
        maxTokens: number({ min: 1, whole: true }),
        temperature: number({ min: 0, max: 1 }),
        topP: number({ min: 0, max: 1 }),
        stopSequences: list(text({ min: 1 }), { max: 2_500 }),
      },
    ),
    toolConfig: record(
      {
        tools: list(
          oneOf({
            toolSpec: record(
              { name: toolName, inputSchema: record({ json: anyObject }) },
              { description: text({ min: 1 }), strict: bool },
            ),
            cachePoint,
          }),
          { min: 1 },
        ),
      },
      { toolChoice: oneOf({ auto: record({}), any: record({}), tool: record({ name: toolName }) }) },
    ),
    additionalModelRequestFields: anyObject,
    additionalModelResponseFieldPaths: list(text({ min: 1 }), { max: 10 }),
  },
);
