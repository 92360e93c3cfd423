// The health of all deployments of a process, and what each of them was seen to reject.
//
// Owns: one state for each deployment id, as many as there are deployments, and a bounded number of rejections.
//       Nothing is written down: a process that begins anew finds out anew, at the price of a try each.

import type { TenantId } from '@chorale/lib-ids';
import { createBoundedMap } from './bounded-map.ts';
import type { CallDemands } from './classify-call.ts';
import type { Deployment } from './deployment.ts';
import {
  failureShare,
  freshHealth,
  onFirstByte,
  onTooSlow,
  onTryEnded,
  onTryFailed,
  onTryStarted,
} from './deployment-health.ts';
import type { Health, SeenFailure, TryTicket } from './deployment-health.ts';

export interface HealthBook {
  read(deploymentId: string): Health;
  begin(deploymentId: string, now: number): TryTicket;
  answered(ticket: TryTicket, now: number): void;
  /** It was given up for one that was faster. */
  outrun(ticket: TryTicket, now: number): void;
  failed(ticket: TryTicket, failure: FailedTry): void;
  ended(ticket: TryTicket, pace?: { readonly tokens: number; readonly tookMs: number }): void;
  failureShare(deploymentId: string, now: number): number;
  /** Why this call need not be sent there: it rejected one like it, of the same tenant. */
  findRejection(deployment: Deployment, asked: AskedCall, now: number): Rejection | undefined;
  /** Forgets deployments that are no more. */
  keepOnly(deploymentIds: ReadonlySet<string>): void;
}

/** A tenant whose calls are rejected for what is in them takes nothing from another. */
export interface AskedCall {
  readonly tenantId: TenantId;
  readonly demands: CallDemands;
}

export type FailedTry = SeenFailure & AskedCall & { readonly at: number };

export interface Rejection {
  readonly why: 'capability' | 'context-length';
  readonly detail: string;
}

/** Providers change what they accept; what was rejected is tried again. */
const rejectionMs = 600_000;
const rejectionsMax = 2_000;

export function createHealthBook(): HealthBook {
  const states = new Map<string, Health>();
  const rejectedShapes = createBoundedMap<{ readonly at: number }>(rejectionsMax);
  const rejectedTokens = createBoundedMap<{ readonly at: number; readonly tokens: number }>(rejectionsMax);
  // Most deployments reject nothing; a decision over many of them need not look.
  let rejectsAny = false;

  const read = (id: string): Health => states.get(id) ?? freshHealth;
  const change = (id: string, move: (health: Health) => Health): void => void states.set(id, move(read(id)));
  const isRecent = (seen: { readonly at: number }, now: number): boolean => now - seen.at < rejectionMs;

  function noteRejection(deploymentId: string, { kind, at, tenantId, demands }: FailedTry): void {
    const id = `${tenantId} ${deploymentId}`;
    if (kind === 'unsupported') rejectedShapes.set(`${id} ${demands.shape}`, { at });
    else if (kind === 'context-too-long') {
      const before = rejectedTokens.find(id);
      const known = before !== undefined && isRecent(before, at) ? before.tokens : Infinity;
      rejectedTokens.set(id, { at, tokens: Math.min(known, demands.inputTokens) });
    } else return;
    rejectsAny = true;
  }

  return {
    read,
    begin: (deploymentId, now) => {
      const { health, isProbe } = onTryStarted(read(deploymentId), now);
      states.set(deploymentId, health);
      return { deploymentId, startedAt: now, isProbe };
    },
    answered: (ticket, now) => change(ticket.deploymentId, (health) => onFirstByte(health, ticket, now)),
    outrun: (ticket, now) => change(ticket.deploymentId, (health) => onTooSlow(health, ticket, now)),
    failed: (ticket, failure) => {
      change(ticket.deploymentId, (health) => onTryFailed(health, ticket, failure));
      noteRejection(ticket.deploymentId, failure);
    },
    ended: (ticket, pace) => change(ticket.deploymentId, (health) => onTryEnded(health, pace)),
    failureShare: (id, now) => failureShare(read(id), now),
    findRejection: (deployment, { tenantId, demands }, now) => {
      if (!rejectsAny) return undefined;
      const id = `${tenantId} ${deployment.id}`;
      const tooLong = rejectedTokens.find(id);
      if (tooLong !== undefined && isRecent(tooLong, now) && demands.inputTokens >= tooLong.tokens)
        return { why: 'context-length', detail: `about ${tooLong.tokens} tokens were too many for it` };
      const shape = rejectedShapes.find(`${id} ${demands.shape}`);
      if (shape !== undefined && isRecent(shape, now))
        return { why: 'capability', detail: `it rejected a request that used ${demands.shape || 'nothing special'}` };
      return undefined;
    },
    keepOnly: (ids) => {
      for (const id of states.keys()) if (!ids.has(id)) states.delete(id);
    },
  };
}
