// /v1/embeddings: vectors made of the text's words, so that the same text always has the same, and texts that share words are
// near each other.

import { createHash } from 'node:crypto';
import type { Operation, VendorRequest, VendorState } from '../core/protocol.ts';
import { either, list, number, record, text, anything } from '../core/shape.ts';
import { countTokens } from '../core/tokens.ts';
import { checkShape, invalid } from './invalid.ts';
import { findModel, jsonBody } from './request-body.ts';

const shape = record(
  {
    model: text({ min: 1 }),
    input: either({ string: text({ min: 1 }), array: list(anything, { min: 1, max: 2_048 }) }),
  },
  {
    dimensions: number({ min: 1, max: 1_536, whole: true }),
    encoding_format: text({ values: ['float', 'base64'] }),
    user: text(),
  },
);
const dimensionsDefault = 64;

function vectorOf(input: string, dimensions: number): readonly number[] {
  const sum = Array.from({ length: dimensions }, () => 0);
  const words = input.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [input];
  for (const word of words) addWord(sum, word);
  const length = Math.hypot(...sum);
  return sum.map((value) => Math.fround(value / length));
}

function addWord(sum: number[], word: string): void {
  for (let at = 0; at < sum.length; at++) {
    const bytes = createHash('sha256')
      .update(`${at >> 5} ${word}`)
      .digest();
    const end = Math.min(sum.length, at + bytes.length);
    for (let place = 0; at < end; at++, place++) sum[at]! += ((bytes[place] ?? 0) - 127.5) / 127.5;
    at--;
  }
}

export function readEmbeddings(request: VendorRequest, state: VendorState): Operation {
  const body = jsonBody(request);
  checkShape(shape, body, { unknownFields: state.kind === 'openai' ? 'refuse' : 'overlook' });
  const {
    model,
    input,
    dimensions,
    encoding_format: format,
  } = body as unknown as {
    model: string;
    input: string | readonly unknown[];
    dimensions?: number;
    encoding_format?: 'float' | 'base64';
  };
  findModel(model, state);
  const inputs = typeof input === 'string' ? [input] : input;
  for (const [index, entry] of inputs.entries()) {
    if (typeof entry !== 'string' || entry === '') {
      throw invalid(`Invalid 'input[${index}]': input cannot be an empty string.`, 'input');
    }
  }
  const tokens = inputs.reduce<number>((sum, entry) => sum + countTokens(String(entry)), 0);
  const data = inputs.map((entry, index) => {
    const vector = vectorOf(String(entry), dimensions ?? dimensionsDefault);
    const embedding = format === 'base64' ? Buffer.from(Float32Array.from(vector).buffer).toString('base64') : vector;
    return { object: 'embedding', index, embedding };
  });
  return {
    what: 'plain',
    model,
    inputTokens: tokens,
    answer: {
      form: 'json',
      body: { object: 'list', data, model, usage: { prompt_tokens: tokens, total_tokens: tokens } },
    },
  };
}
