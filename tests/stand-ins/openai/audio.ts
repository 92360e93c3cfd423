// /v1/audio/speech and /v1/audio/transcriptions, just enough to see that bytes pass through unchanged.

import type { Operation, VendorRequest, VendorState } from '../core/protocol.ts';
import { number, record, text } from '../core/shape.ts';
import { countTokens } from '../core/tokens.ts';
import { checkShape, invalid } from './invalid.ts';
import { findModel, jsonBody } from './request-body.ts';

const speechShape = record(
  { model: text({ min: 1 }), input: text({ min: 1, max: 4_096 }), voice: text({ min: 1 }) },
  {
    instructions: text(),
    response_format: text({ values: ['mp3', 'opus', 'aac', 'flac', 'wav', 'pcm'] }),
    speed: number({ min: 0.25, max: 4 }),
    stream_format: text({ values: ['audio'] }),
  },
);

/** Not sound: the words, behind a mark that no text has. */
export function readSpeech(request: VendorRequest, state: VendorState): Operation {
  const body = jsonBody(request);
  checkShape(speechShape, body, { unknownFields: 'refuse' });
  const { model, input } = body as unknown as { model: string; input: string };
  findModel(model, state);
  const bytes = Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0x00]), Buffer.from(input)]);
  return {
    what: 'plain',
    model,
    inputTokens: countTokens(input),
    answer: { form: 'bytes', contentType: 'audio/mpeg', bytes },
  };
}

interface FormPart {
  readonly name: string;
  readonly fileName: string | undefined;
  readonly bytes: Buffer;
}

function partsOf(request: VendorRequest): readonly FormPart[] {
  const type = request.headers['content-type'] ?? '';
  const boundary = /^multipart\/form-data;.*boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (boundary === undefined) throw invalid('Could not parse multipart form', null);
  // Latin-1 keeps every byte as one character.
  const pieces = request.bytes.toString('latin1').split(`--${boundary}`);
  return pieces.slice(1, -1).map((piece) => {
    const split = piece.indexOf('\r\n\r\n');
    const head = piece.slice(0, split);
    return {
      name: /name="([^"]*)"/.exec(head)?.[1] ?? '',
      fileName: /filename="([^"]*)"/.exec(head)?.[1],
      bytes: Buffer.from(piece.slice(split + 4, -2), 'latin1'),
    };
  });
}

/** Says back what the file holds. */
export function readTranscription(request: VendorRequest, state: VendorState): Operation {
  const parts = partsOf(request);
  const file = parts.find((part) => part.name === 'file');
  const model = parts.find((part) => part.name === 'model')?.bytes.toString();
  if (model === undefined) throw invalid('you must provide a model parameter', 'model');
  if (file?.fileName === undefined) throw invalid('you must provide a file', 'file');
  findModel(model, state);
  const said = file.bytes.subarray(4).toString();
  const tokens = countTokens(said);
  return {
    what: 'plain',
    model,
    inputTokens: tokens,
    answer: {
      form: 'json',
      body: {
        text: said,
        usage: { type: 'tokens', input_tokens: tokens, output_tokens: tokens, total_tokens: tokens * 2 },
      },
    },
  };
}
