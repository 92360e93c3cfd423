// Where the prompt cache of a conversation is warm: its last deployment, for as long as providers keep such caches.

import type { TenantId } from '@chorale/lib-ids';
import { createBoundedMap } from './bounded-map.ts';
import type { Usage } from './conversation.ts';
import type { Deployment } from './deployment.ts';

export interface Warmth {
  readonly deploymentId: string;
  /** What the provider would find again. */
  readonly cachedTokens: number;
  /** Nano-dollars saved by them. */
  readonly saving: number;
}

export interface SessionWarmth {
  find(tenantId: TenantId, session: string | undefined, now: number): Warmth | undefined;
  note(tenantId: TenantId, session: string | undefined, seen: WarmthSeen): void;
}

interface WarmthSeen {
  readonly deployment: Deployment;
  readonly usage: Usage;
  readonly at: number;
}

const warmMs = 600_000;
const sessionsMax = 10_000;
/** Vendors cache no shorter prompts. */
const cachedTokensMin = 1_024;

export function createSessionWarmth(savingOf: (deployment: Deployment, tokens: number) => number): SessionWarmth {
  const sessions = createBoundedMap<Warmth & { readonly at: number }>(sessionsMax);
  const keyOf = (tenantId: TenantId, session: string): string => `${tenantId} ${session}`;
  return {
    find: (tenantId, session, now) => {
      if (session === undefined) return undefined;
      const warmth = sessions.find(keyOf(tenantId, session));
      return warmth !== undefined && now - warmth.at < warmMs ? warmth : undefined;
    },
    note: (tenantId, session, { deployment, usage, at }) => {
      if (session === undefined) return;
      const caches = deployment.capabilities.includes('prompt-cache') && usage.inputTokens >= cachedTokensMin;
      if (!caches) return sessions.delete(keyOf(tenantId, session));
      const saving = savingOf(deployment, usage.inputTokens);
      sessions.set(keyOf(tenantId, session), {
        deploymentId: deployment.id,
        cachedTokens: usage.inputTokens,
        saving,
        at,
      });
    },
  };
}
