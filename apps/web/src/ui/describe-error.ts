import { ClientError } from '@chorale/lib-client';

export interface ErrorDescription {
  readonly happened: string;
  readonly action: string | undefined;
  readonly issues: readonly string[];
  /** Code and request id: what somebody who mends it asks for first. */
  readonly trail: string;
}

export function describeError(error: unknown): ErrorDescription {
  if (error instanceof ClientError) return describeClientError(error);
  return {
    happened: error instanceof Error ? error.message : String(error),
    action: 'This is a defect of the page. Reload it; if it comes back, report it with the steps that led here.',
    issues: [],
    trail: 'page-error',
  };
}

function describeClientError(error: ClientError): ErrorDescription {
  const { problem } = error;
  if (problem !== undefined) {
    return {
      happened: problem.detail,
      action: problem.action ?? (problem.retryable ? 'Try again in a moment.' : undefined),
      issues: (problem.issues ?? []).map((issue) => `${issue.at}: ${issue.message}`),
      trail: `${problem.code} · request ${problem.instance}`,
    };
  }
  const action =
    error.kind === 'unreachable'
      ? 'Start the server with `chorale serve`, or check the network. The page goes on by itself when it answers.'
      : 'Another program or a proxy answers at this address. Check where the page was opened from.';
  const happened = error.kind === 'unreachable' ? 'The server does not answer.' : error.message;
  return { happened, action, issues: [], trail: error.kind };
}
