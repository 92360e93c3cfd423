// The fields of a request to generateContent, and the same once they are known to be right.

import {
  anyObject,
  anything,
  bool,
  isObject,
  list,
  number,
  record,
  ShapeViolation,
  text,
  type Shape,
} from '../core/shape.ts';

export interface Part {
  readonly text?: string;
  readonly thought?: boolean;
  readonly thoughtSignature?: string;
  readonly inlineData?: { readonly mimeType: string; readonly data: string };
  readonly fileData?: { readonly fileUri: string };
  readonly functionCall?: {
    readonly name: string;
    readonly args?: Readonly<Record<string, unknown>>;
    readonly id?: string;
  };
  readonly functionResponse?: {
    readonly name: string;
    readonly response: Readonly<Record<string, unknown>>;
    readonly id?: string;
  };
}

export interface Content {
  readonly role?: 'user' | 'model' | 'function';
  readonly parts: readonly Part[];
}

export interface FunctionDeclaration {
  readonly name: string;
  readonly description?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly parametersJsonSchema?: unknown;
}

export interface GenerateBody {
  readonly contents: readonly Content[];
  readonly systemInstruction?: Content;
  readonly tools?: readonly { readonly functionDeclarations?: readonly FunctionDeclaration[] }[];
  readonly toolConfig?: {
    readonly functionCallingConfig?: {
      readonly mode?: 'AUTO' | 'ANY' | 'NONE' | 'VALIDATED';
      readonly allowedFunctionNames?: readonly string[];
    };
  };
  readonly generationConfig?: {
    readonly maxOutputTokens?: number;
    readonly stopSequences?: readonly string[];
    readonly responseMimeType?: string;
    readonly responseSchema?: Readonly<Record<string, unknown>>;
    readonly responseJsonSchema?: unknown;
    readonly thinkingConfig?: {
      readonly includeThoughts?: boolean;
      readonly thinkingBudget?: number;
      readonly thinkingLevel?: string;
    };
  };
}

const partFields = record(
  {},
  {
    text: text(),
    thought: bool,
    thoughtSignature: text(),
    inlineData: record({ mimeType: text(), data: text({ min: 1 }) }, { displayName: text() }),
    fileData: record({ fileUri: text({ min: 1 }) }, { mimeType: text(), displayName: text() }),
    functionCall: record({ name: text({ min: 1 }) }, { args: anyObject, id: text() }),
    functionResponse: record({ name: text({ min: 1 }), response: anyObject }, { id: text() }),
  },
);
const dataFields = ['text', 'inlineData', 'fileData', 'functionCall', 'functionResponse'];

const part: Shape = (value, path, rules) => {
  partFields(value, path, rules);
  const held = dataFields.filter((name) => isObject(value) && value[name] !== undefined);
  // One of the fields, and only one.
  if (held.length !== 1) throw new ShapeViolation([...path, 'data'], { why: 'missing' });
};

const contentOf = (roles: readonly string[]): Shape =>
  record({ parts: list(part, { min: 1 }) }, { role: text({ values: roles }) });

const whole = number({ whole: true });

export const generateShape: Shape = record(
  { contents: list(contentOf(['user', 'model', 'function']), { min: 1 }) },
  {
    systemInstruction: contentOf(['user', 'system']),
    cachedContent: text(),
    labels: anyObject,
    tools: list(
      record(
        {},
        {
          functionDeclarations: list(
            record(
              { name: text({ min: 1, pattern: /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}$/ }) },
              {
                description: text(),
                parameters: anyObject,
                parametersJsonSchema: anything,
                response: anyObject,
                responseJsonSchema: anything,
                behavior: text({ values: ['UNSPECIFIED', 'BLOCKING', 'NON_BLOCKING'] }),
              },
            ),
            { max: 512 },
          ),
        },
      ),
    ),
    toolConfig: record(
      {},
      {
        functionCallingConfig: record(
          {},
          {
            mode: text({ values: ['MODE_UNSPECIFIED', 'AUTO', 'ANY', 'NONE', 'VALIDATED'] }),
            allowedFunctionNames: list(text()),
          },
        ),
      },
    ),
    safetySettings: list(record({ category: text(), threshold: text() })),
    generationConfig: record(
      {},
      {
        candidateCount: number({ min: 1, max: 1, whole: true }),
        stopSequences: list(text(), { max: 5 }),
        maxOutputTokens: number({ min: 1, whole: true }),
        temperature: number({ min: 0, max: 2 }),
        topP: number({ min: 0, max: 1 }),
        topK: number({ min: 1, whole: true }),
        seed: whole,
        presencePenalty: number({ min: -2, max: 2 }),
        frequencyPenalty: number({ min: -2, max: 2 }),
        responseLogprobs: bool,
        logprobs: whole,
        responseMimeType: text({ values: ['text/plain', 'application/json', 'text/x.enum'] }),
        responseSchema: anyObject,
        responseJsonSchema: anything,
        responseModalities: list(text({ values: ['TEXT', 'IMAGE', 'AUDIO'] })),
        mediaResolution: text(),
        thinkingConfig: record(
          {},
          {
            includeThoughts: bool,
            thinkingBudget: whole,
            thinkingLevel: text({ values: ['minimal', 'low', 'medium', 'high', 'MINIMAL', 'LOW', 'MEDIUM', 'HIGH'] }),
          },
        ),
      },
    ),
  },
);

/** A declaration without parameters takes none. */
export function declarationsOf(body: GenerateBody): readonly FunctionDeclaration[] {
  return (body.tools ?? []).flatMap((tool) => tool.functionDeclarations ?? []);
}
