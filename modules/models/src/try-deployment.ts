// One try of a call at one deployment, up to the first byte of its answer or its failure.

import type { ChoraleError } from '@chorale/lib-errors';
import { outputTokensMost } from './call-cost.ts';
import { assumeInputPaid, type CallRun } from './call-run.ts';
import { followSignal, type CancelSource } from './cancel-source.ts';
import type { Deployment } from './deployment.ts';
import type { TryTicket } from './deployment-health.ts';
import { failureRules } from './failure.ts';
import { noteUnsupported } from './note-unsupported.ts';
import { patienceOf } from './patience.ts';
import { UpstreamFailure, type UpstreamAnswer, type UpstreamBody } from './upstream.ts';

export interface PreparedTry {
  readonly deployment: Deployment;
  readonly body: UpstreamBody;
  /** Its place is taken already: of many calls that wait for a reservation, one is the probe. */
  readonly ticket: TryTicket;
}

/** A try that was made ready and is not made after all. */
export function dropTry({ state: { health, ports }, call, demands }: CallRun, { ticket }: PreparedTry): void {
  const { tenantId } = call.context;
  health.failed(ticket, { kind: 'cancelled', at: ports.clock.now(), tenantId, demands });
  health.ended(ticket);
}

export interface OpenedTry {
  readonly deployment: Deployment;
  readonly answer: UpstreamAnswer;
  readonly ticket: TryTicket;
  readonly cancel: CancelSource;
  readonly firstByteAt: number;
}

/** Undefined: it failed, and the run knows how. */
type TryEnd = OpenedTry | undefined;

export interface RunningTry {
  readonly end: Promise<TryEnd>;
  /** Another deployment was faster. */
  abandon(): void;
}

function asFailure(run: CallRun, deployment: Deployment, error: unknown): UpstreamFailure {
  if (run.cancel.signal.aborted) return new UpstreamFailure('cancelled', 'the call was cut off', { cause: error });
  if (error instanceof UpstreamFailure) return error;
  run.state.ports.report({ what: 'upstream-broken', deploymentId: deployment.id, error });
  return new UpstreamFailure('malformed', 'its answer could not be read', { cause: error });
}

/** May the provider charge for it although nothing came? */
const mayHaveCost = (failure: UpstreamFailure): boolean => failure.kind === 'cancelled' || failure.kind === 'stalled';

/** What follows for this call from a failure before the first byte. */
function noteFailure(run: CallRun, deployment: Deployment, failure: UpstreamFailure): void {
  run.lastFailure = failure;
  const { next } = failureRules[failure.kind];
  if (next === 'fatal') run.fatal = failure;
  if (next === 'next-model') run.closedModels.add(deployment.model);
  if (failure.kind === 'unsupported') noteUnsupported(run, deployment, failure);
}

export function startTry(run: CallRun, { deployment, body, ticket }: PreparedTry): RunningTry {
  const { ports, health, settings } = run.state;
  const { startedAt } = ticket;
  const cancel = followSignal(run.cancel.signal);
  let abandoned = false;
  run.underWay.add(deployment);

  function fail(failure: UpstreamFailure): void {
    const at = ports.clock.now();
    const { kind, status, message } = failure;
    run.underWay.delete(deployment);
    cancel.release();
    if (mayHaveCost(failure)) assumeInputPaid(run, deployment);
    const why = { kind, ...(status === undefined ? {} : { status }), message };
    run.tries.push({ deploymentId: deployment.id, startedAt, endedAt: at, failure: why });
    const { tenantId } = run.call.context;
    health.failed(ticket, { kind, retryAfterMs: failure.retryAfterMs, at, tenantId, demands: run.demands });
    health.ended(ticket);
  }

  async function open(): Promise<TryEnd> {
    const { firstByteMs, tokenMs, silenceMs: silenceMsMax } = patienceOf(deployment, settings.patience);
    const beginMs = run.call.stream
      ? firstByteMs
      : Math.min(settings.wholeAnswerMsMax, firstByteMs + tokenMs * outputTokensMost(deployment, run.demands));
    const firstByteMsMax = Math.min(beginMs, Math.max(1, run.endsAt - startedAt));
    try {
      const { stream } = run.call;
      const answer = await ports.upstream.open(
        { deployment, body, stream, firstByteMsMax, silenceMsMax },
        cancel.signal,
      );
      const firstByteAt = ports.clock.now();
      if (abandoned) return undefined;
      if (cancel.signal.aborted) throw new UpstreamFailure('cancelled', 'the call was cut off');
      health.answered(ticket, firstByteAt);
      return { deployment, answer, ticket, cancel, firstByteAt };
    } catch (error) {
      if (abandoned) return undefined;
      const failure = asFailure(run, deployment, error);
      fail(failure);
      noteFailure(run, deployment, failure);
      return undefined;
    }
  }

  return {
    end: open(),
    abandon: () => {
      if (abandoned) return;
      abandoned = true;
      health.outrun(ticket, ports.clock.now());
      fail(new UpstreamFailure('cancelled', 'another deployment answered first'));
      cancel.cancel();
    },
  };
}

/** A refusal of the budget: cheaper deployments may still fit. */
export const isBudgetError = (error: ChoraleError): boolean => error.code === 'budget-exhausted';
