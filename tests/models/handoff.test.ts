// A conversation goes from any provider to any other over HTTP, and the strict stand-ins refuse none of it.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Message } from '@chorale/module-models';
import { openHandoffTrial, speakerNames, type HandoffTrial } from './handoff-trial.ts';

/** As many as take seconds; the bench has a thousand for each pair. */
const histories = 25;

let trial: HandoffTrial;
beforeAll(async () => {
  trial = await openHandoffTrial();
});
afterAll(async () => trial?.close());

describe('a conversation handed over HTTP', () => {
  for (const from of speakerNames) {
    for (const to of speakerNames) {
      test(`[HO1, HO2] from ${from} to ${to}: no random history is refused`, async () => {
        expect(await trial.handOver({ from, to, histories })).toEqual([]);
      });
    }
  }

  test('[HO2] what a provider signed is still there when the conversation comes back to it', async () => {
    for (const name of ['anthropic', 'openai responses', 'google', 'bedrock']) {
      const reply = (await trial.repliesOf(name)).find((each) => each.parts.some((part) => 'signature' in part));
      if (reply === undefined) throw new Error(`${name} signed nothing`);
      const signed = reply.parts.flatMap((part) => ('signature' in part && part.signature !== undefined ? [part] : []));
      expect([name, signed.length > 0]).toEqual([name, true]);
      const messages: Message[] = [
        { role: 'user', parts: [{ type: 'text', text: 'go' }] },
        { role: 'assistant', parts: reply.parts, by: reply.by },
      ];
      for (const part of reply.parts) {
        if (part.type !== 'tool-call') continue;
        const { id: callId, name: tool } = part;
        messages.push({
          role: 'tool',
          parts: [{ type: 'tool-result', callId, name: tool, content: '1', isError: false }],
        });
      }
      messages.push({ role: 'user', parts: [{ type: 'text', text: 'and now' }] });
      await trial.ask(name, { messages, stream: false, thinks: true });
      expect([name, trial.lastSent(name)]).toEqual([
        name,
        expect.stringMatching(/encrypted_content|"signature"|thoughtSignature/i),
      ]);
    }
  });
});
