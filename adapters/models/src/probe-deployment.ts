// Sees whether a deployment answers: one call for a word.

import type { CancelSignal, Clock } from '@chorale/lib-time';
import { UpstreamFailure, type Deployment, type FailureKind, type Upstream, type Usage } from '@chorale/module-models';

export type Probe =
  | {
      readonly works: true;
      readonly firstMs: number;
      readonly totalMs: number;
      readonly text: string;
      readonly usage: Usage;
      /** Which model says it answered. */
      readonly model: string;
    }
  | { readonly works: false; readonly totalMs: number; readonly kind: FailureKind; readonly message: string };

export interface ProbeOptions {
  readonly clock: Clock;
  readonly signal: CancelSignal;
  readonly timeoutMs?: number;
}

const timeoutMsDefault = 30_000;
/** Room for the thoughts of a model that reasons before each word. */
const outputTokensMax = 512;

export async function probeDeployment(
  upstream: Upstream,
  deployment: Deployment,
  { clock, signal, timeoutMs = timeoutMsDefault }: ProbeOptions,
): Promise<Probe> {
  const begunAt = clock.now();
  try {
    const answer = await upstream.open(
      {
        deployment,
        body: {
          form: 'chat',
          request: {
            messages: [{ role: 'user', parts: [{ type: 'text', text: 'Answer with the one word: ready' }] }],
            outputTokensMax: Math.min(outputTokensMax, deployment.outputTokensMax),
          },
        },
        stream: deployment.capabilities.includes('streaming'),
        firstByteMsMax: timeoutMs,
        silenceMsMax: timeoutMs,
      },
      signal,
    );
    const firstMs = clock.now() - begunAt;
    if (answer.form !== 'chat') throw new UpstreamFailure('malformed', `${deployment.id}: answered in bytes`);
    for await (const event of answer.events) {
      if (event.type !== 'end') continue;
      const { parts, usage, by } = event.reply;
      const text = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('');
      return { works: true, firstMs, totalMs: clock.now() - begunAt, text, usage, model: by.model };
    }
    throw new UpstreamFailure('connection', `${deployment.id}: the answer has no end`);
  } catch (error) {
    if (!(error instanceof UpstreamFailure)) throw error;
    return { works: false, totalMs: clock.now() - begunAt, kind: error.kind, message: error.message };
  }
}
