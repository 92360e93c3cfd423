// How a call that was not answered ends, in the words of its caller.

import { refused, temporary, type ChoraleError } from '@chorale/lib-errors';
import type { FailureKind } from './failure.ts';
import type { Candidate, CallTry } from './model-call.ts';
import type { UpstreamFailure } from './upstream.ts';

export type RouteErrorCode =
  | 'no-model-configured'
  | 'no-deployment'
  | 'deployments-cooling'
  | 'deployments-failed'
  | 'answer-broken'
  | 'context-too-long'
  | 'unsupported'
  | 'content-refused'
  | 'invalid-request'
  | 'deadline-passed'
  | 'call-cancelled'
  | 'call-running';

type Refused = Extract<FailureKind, 'content-policy' | 'invalid-request' | 'context-too-long' | 'unsupported'>;

const refusals: Readonly<Record<Refused, { readonly code: RouteErrorCode; readonly action: string }>> = {
  'content-policy': { code: 'content-refused', action: 'Say it otherwise, or ask a model with another policy.' },
  'invalid-request': { code: 'invalid-request', action: 'Mend the request; another deployment would say the same.' },
  'context-too-long': {
    code: 'context-too-long',
    action: 'Shorten the conversation, or configure a model with a longer context.',
  },
  unsupported: { code: 'unsupported', action: 'Leave out what the model cannot do, or ask one that can.' },
};

const isRefused = (kind: FailureKind): kind is Refused => Object.hasOwn(refusals, kind);

function noModelConfigured(): ChoraleError {
  return refused('no-model-configured' satisfies RouteErrorCode, 'No model is configured.', {
    action:
      'Start the server with the key of a provider, such as OPENAI_API_KEY, or start a local server such as Ollama, and look at `chorale models list`.',
  });
}

/** How long until the first of those that cool down may be tried. */
export type CoolingOf = (deploymentId: string) => number | undefined;

/** Nothing was tried, because nothing passed the filters. */
export function nothingToTry(candidates: readonly Candidate[], coolingMs: CoolingOf): ChoraleError {
  if (candidates.length === 0) return noModelConfigured();
  const cooling = candidates.filter(({ excluded }) => excluded?.why === 'cooling-down');
  const data = { excluded: candidates.map(({ deploymentId, excluded }) => ({ deploymentId, ...excluded })) };
  const reasons = candidates
    .filter(({ excluded }) => excluded?.why !== 'not-asked-for' || candidates.length === 1)
    .slice(0, 5)
    .map(({ deploymentId, excluded }) => `${deploymentId}: ${excluded?.why} (${excluded?.detail})`);
  if (cooling.length > 0) {
    const retryAfterMs = Math.max(1, Math.min(...cooling.map(({ deploymentId }) => coolingMs(deploymentId) ?? 1_000)));
    return temporary(
      'deployments-cooling' satisfies RouteErrorCode,
      `Every deployment that may take this call is cooling down. ${reasons.join('; ')}.`,
      { retryAfterMs, data, action: 'Try again later, or configure another deployment.' },
    );
  }
  const why = reasons.length === 0 ? 'None has a name that was asked for' : reasons.join('; ');
  return refused('no-deployment' satisfies RouteErrorCode, `No deployment may take this call. ${why}.`, {
    data,
    action: 'Ask for less (models, region, retention, capabilities, cost), or configure a deployment that offers it.',
  });
}

/** A failure that ends the call at once, or the last of all tries. */
export function failedTries(failure: UpstreamFailure, tries: readonly CallTry[], retryAfterMs: number): ChoraleError {
  const data = { tries: tries.map(({ deploymentId, failure: why }) => ({ deploymentId, ...why })) };
  const last = tries.at(-1)?.deploymentId ?? 'The provider';
  const allSame = tries.every((one) => one.failure?.kind === failure.kind);
  if (isRefused(failure.kind) && allSame) {
    const { code, action } = refusals[failure.kind];
    return refused(code, `${last} refused the request: ${failure.message}`, { action, data, cause: failure });
  }
  const tried = `${tries.length} ${tries.length === 1 ? 'try' : 'tries'}`;
  return temporary(
    'deployments-failed' satisfies RouteErrorCode,
    `No deployment answered after ${tried}; the last, ${last}, said: ${failure.message}`,
    { retryAfterMs, data, cause: failure, action: 'Try again later, or configure another deployment.' },
  );
}

/** The first byte was delivered, so nothing else can answer in its place. */
export function answerBroken(deploymentId: string, failure: UpstreamFailure): ChoraleError {
  const data = { deploymentId, kind: failure.kind, status: failure.status };
  if (isRefused(failure.kind)) {
    const { code, action } = refusals[failure.kind];
    return refused(code, `${deploymentId} broke off its answer: ${failure.message}`, { action, data, cause: failure });
  }
  return temporary(
    'answer-broken' satisfies RouteErrorCode,
    `${deploymentId} broke off its answer: ${failure.message}`,
    { data, cause: failure, action: 'Ask again; what came so far is not the whole answer.' },
  );
}

export function callCutOff(why: 'deadline' | 'caller'): ChoraleError {
  return why === 'deadline'
    ? refused('deadline-passed' satisfies RouteErrorCode, 'The time of this call is over.', {
        action: 'Give it a later deadline.',
      })
    : refused('call-cancelled' satisfies RouteErrorCode, 'The caller cancelled this call.');
}

export function callRunning(callId: string): ChoraleError {
  return temporary('call-running' satisfies RouteErrorCode, `Call ${callId} is being made.`, {
    retryAfterMs: 1_000,
    action: 'Ask again when it has ended; its reply is kept.',
  });
}
