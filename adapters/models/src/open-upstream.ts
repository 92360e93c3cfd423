// Carries one try of a call to one deployment: translated (the chat lane), or byte for byte (the byte lane).
//
// Owns: the connections. Does not own keys (asked for by provider at each call, so that a changed one is used at once),
// retries, fallbacks or budgets: those are the router's.

import type { Clock } from '@chorale/lib-time';
import type { Upstream, UpstreamCall } from '@chorale/module-models';
import type { ExchangeContext } from './exchange.ts';
import { openBytes } from './open-bytes.ts';
import { openChat } from './open-chat.ts';
import { openTransport, type Transport, type TransportOptions } from './open-transport.ts';
import type { FaultContext } from './read-fault.ts';
import type { ProviderAccount } from './vendor-headers.ts';

export interface UpstreamOptions extends TransportOptions {
  /** The account at a provider, by the provider's name in the configuration. */
  readonly findAccount: (provider: string) => ProviderAccount | undefined;
  readonly clock: Clock;
}

export interface OpenUpstream extends Upstream {
  /** Cuts every answer that is still coming. */
  close(): Promise<void>;
}

/** What both lanes need of a call. */
export interface LaneCall {
  readonly call: UpstreamCall;
  readonly account: ProviderAccount | undefined;
  readonly transport: Transport;
  readonly context: ExchangeContext;
  faults(): FaultContext;
}

export function openUpstream({ findAccount, clock, ...options }: UpstreamOptions): OpenUpstream {
  const transport = openTransport(options);
  return {
    async open(call, signal) {
      const account = findAccount(call.deployment.provider);
      const context = { who: call.deployment.id, secret: account?.apiKey ?? account?.aws?.secretAccessKey, clock };
      const lane = { call, account, transport, context, faults: () => ({ ...context, nowMs: clock.now() }) };
      return call.body.form === 'bytes'
        ? openBytes(lane, call.body, signal)
        : openChat(lane, call.body.request, signal);
    },
    close: () => transport.close(),
  };
}
