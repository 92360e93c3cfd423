// Whether values come back whatever way an answer is cut into pieces, and whether a failing detector lets anything pass.

import { defaultTenant } from '@chorale/lib-ids';
import {
  createPlaceholderRestorer,
  createPlaceholders,
  createPrivacy,
  createWireRestorer,
  defaultDetectors,
  findSensitive,
  maskText,
  type CallContext,
  type Wire,
} from '@chorale/module-models';
import type { Sample } from './make-corpus.ts';

const nonce = '7k2m9x4c8v1b5n3q';
const context = { callId: 'c', tenantId: defaultTenant, models: [] } as unknown as CallContext;

/** A stream of the wire that says the text in pieces of a few characters. */
const streams: Partial<Record<Wire, (pieces: readonly string[]) => string>> = {
  'openai-chat': (pieces) =>
    `${pieces.map((content) => sse({ choices: [{ index: 0, delta: { content } }] })).join('')}${sse({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}data: [DONE]\n\n`,
  'openai-responses': (pieces) =>
    pieces
      .map((delta) => sse({ type: 'response.output_text.delta', output_index: 0, content_index: 0, delta }))
      .join('') + sse({ type: 'response.output_text.done', output_index: 0, content_index: 0, text: pieces.join('') }),
  'anthropic-messages': (pieces) =>
    pieces
      .map(
        (text) =>
          `event: content_block_delta\n${sse({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })}`,
      )
      .join('') + `event: content_block_stop\n${sse({ type: 'content_block_stop', index: 0 })}`,
  'google-generate': (pieces) =>
    pieces
      .map((text, at) => {
        const end = at === pieces.length - 1 ? { finishReason: 'STOP' } : {};
        return sse({ candidates: [{ index: 0, content: { parts: [{ text }] }, ...end }] });
      })
      .join(''),
};

const sse = (event: object): string => `data: ${JSON.stringify(event)}\n\n`;

/** All texts that the events of the stream add. */
function readSaid(stream: string): string {
  const said: string[] = [];
  for (const line of stream.split('\n')) {
    if (!line.startsWith('data: {')) continue;
    const event = JSON.parse(line.slice(6)) as Record<string, never>;
    const { delta, candidates, choices } = event as {
      delta?: string | { text?: string };
      candidates?: { content: { parts: { text: string }[] } }[];
      choices?: { delta: { content?: string } }[];
    };
    said.push(typeof delta === 'string' ? delta : (delta?.text ?? ''));
    said.push(candidates?.[0]?.content.parts[0]?.text ?? choices?.[0]?.delta.content ?? '');
  }
  return said.join('');
}

export interface Tries {
  readonly tried: number;
  readonly right: number;
}

/** Each text masked, and restored from two pieces for every place it can be cut at. */
export function restoreTextCutEverywhere(samples: readonly Sample[]): Tries {
  let tried = 0;
  let right = 0;
  for (const { text } of samples) {
    const placeholders = createPlaceholders(nonce);
    const masked = maskText(text, findSensitive(text), placeholders);
    for (let cut = 0; cut <= masked.length; cut++) {
      const restorer = createPlaceholderRestorer(placeholders);
      const restored = restorer.push(masked.slice(0, cut)) + restorer.push(masked.slice(cut)) + restorer.end();
      tried++;
      right += Number(restored === text);
    }
  }
  return { tried, right };
}

/** The bytes of a stream of every wire, cut in two at every byte. */
export function restoreStreamCutEverywhere(samples: readonly Sample[]): Tries {
  let tried = 0;
  let right = 0;
  for (const [at, { text }] of samples.entries()) {
    const placeholders = createPlaceholders(nonce);
    const masked = maskText(text, findSensitive(text), placeholders);
    const pieces = masked.match(new RegExp(`.{1,${3 + (at % 9)}}`, 'gsu')) ?? [];
    for (const [wire, say] of Object.entries(streams)) {
      const bytes = new TextEncoder().encode(say(pieces));
      for (let cut = 0; cut <= bytes.length; cut++) {
        const restorer = createWireRestorer(wire as Wire, placeholders);
        const out = [restorer.push(bytes.subarray(0, cut)), restorer.push(bytes.subarray(cut)), restorer.end()];
        tried++;
        right += Number(readSaid(Buffer.concat(out).toString('utf8')) === text);
      }
    }
  }
  return { tried, right };
}

/** A detector that fails at some text or other: nothing of the call may pass. */
export function crashDetectors(samples: readonly Sample[]): Tries {
  let right = 0;
  const faults = [
    new Error('broken'),
    new TypeError('undefined is not a function'),
    new RangeError('too deep'),
    'no error',
  ];
  for (const [at, { text }] of samples.entries()) {
    const fail = (): never => {
      // oxlint-disable-next-line typescript/only-throw-error -- a detector may throw anything
      throw faults[at % faults.length];
    };
    const privacy = createPrivacy({
      policyFor: () => ({ personal: 'ignore', secret: 'ignore' }),
      nonceFor: () => nonce,
      detectors: at % 2 === 0 ? [fail, ...defaultDetectors] : [...defaultDetectors, fail],
    });
    const message = { role: 'user', parts: [{ type: 'text', text }] } as const;
    try {
      if (at % 3 === 0) privacy.shieldBody({ messages: [{ role: 'user', content: text }] }, context);
      else privacy.shield({ messages: [message] }, context);
    } catch (error) {
      right += Number((error as { code?: string }).code === 'privacy-check-failed');
    }
  }
  return { tried: samples.length, right };
}
