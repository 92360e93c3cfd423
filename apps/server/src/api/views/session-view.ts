import type { SessionCall, SessionModelCall, SessionStep, TaskSession } from '@chorale/lib-client';
import type { ExplainedCall, ExplainedModelCall, ExplainedSession, ExplainedStep } from '@chorale/module-agents';
import { nanoDollars } from '../../models/configured-budgets.ts';
import { compact } from './compact.ts';
import { failureView } from './goal-view.ts';
import { candidateView } from './model-view.ts';

export function sessionView(
  { steps, totals: { cost, ...counts } }: ExplainedSession,
  of: Pick<TaskSession, 'agent' | 'run'>,
): TaskSession {
  return { ...of, steps: steps.map(stepView), totals: { ...counts, costUsd: cost / nanoDollars } };
}

function stepView({ model, call, failure, ...step }: ExplainedStep): SessionStep {
  return compact({
    ...step,
    model: model === undefined ? undefined : modelView(model),
    call: call === undefined ? undefined : callView(call),
    failure: failure === undefined ? undefined : failureView(failure),
  });
}

function modelView({ cost, routing, ...call }: ExplainedModelCall): SessionModelCall {
  return compact({
    ...call,
    costUsd: cost === undefined ? undefined : cost / nanoDollars,
    routing:
      routing === undefined
        ? undefined
        : {
            ...routing,
            candidates: routing.candidates.map(candidateView),
            tries: routing.tries.map((one) => compact(one)),
          },
  });
}

function callView({ result, ...call }: ExplainedCall): SessionCall {
  return compact({ ...call, result: result === undefined ? undefined : compact(result) });
}
