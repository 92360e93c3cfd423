// A journal entry in a line: what was called or waited for, and what a model's answer took.
import type { Json, Step } from '@chorale/lib-client';
import { formatTokens, formatUsd } from '../models/format-usd.ts';
import { countOf } from '../ui/format.ts';

export interface StepLine {
  readonly name: string;
  readonly kind: string;
  /** Of a model's answer: tokens, cost, cache. Of a call: the beginning of its arguments. */
  readonly detail: string;
  /** Of the record that says why this model. */
  readonly callId: string | undefined;
  /** Of the sub-goal that was waited for. */
  readonly subGoalId?: string;
}

const nanoDollars = 1e9;
const argumentsMax = 80;

const waitNames: Readonly<Record<string, string>> = {
  'plan-leave': 'Approval of the plan',
  leave: 'Leave for a call',
  'ask-person': 'An answer',
  'run-plan': 'The plan',
  delegate: 'Delegated tasks',
};

const decisionNames: Readonly<Record<string, string>> = {
  'open-session': 'Opened the session',
  'refuse-call': 'Refused a call',
  'adopt-plan': 'Adopted the plan',
  'check-edited-plan': 'Checked the changed plan',
  'plan-outcome': 'What came of the plan',
  recall: 'Recalled what may help',
  'record-outcome': 'Kept how it ended',
};

export function sayStep(step: Step): StepLine {
  const kind = step.kind.replace('-', ' ');
  switch (step.kind) {
    case 'model-call':
      return sayModelCall(step);
    case 'wait':
      return sayWait(step);
    case 'decision':
      return { name: decisionNames[step.name] ?? step.name, kind, detail: sayRecalled(step), callId: undefined };
    case 'message':
      return { name: 'What people said', kind, detail: '', callId: undefined };
    case 'tool-call':
      return { name: step.name, kind, detail: cut(JSON.stringify(step.input)), callId: undefined };
  }
}

function sayRecalled({ name, output }: Step): string {
  const notes = name === 'recall' ? fieldsOf(output)['notes'] : undefined;
  return Array.isArray(notes) ? countOf(notes.length, 'memory', 'memories') : '';
}

function sayWait({ name, kind, output }: Step): StepLine {
  const subGoalId = fieldsOf(output)['goal'];
  const line = { name: waitNames[name] ?? name, kind, detail: '', callId: undefined };
  return typeof subGoalId === 'string' && subGoalId.startsWith('goal_') ? { ...line, subGoalId } : line;
}

function sayModelCall({ name, kind, input, output }: Step): StepLine {
  const answer = fieldsOf(output);
  const usage = fieldsOf(answer['usage']);
  const { inputTokens, outputTokens, cachedInputTokens } = usage;
  const parts: string[] = [];
  if (typeof inputTokens === 'number' && typeof outputTokens === 'number')
    parts.push(`${formatTokens(inputTokens)} tokens in, ${formatTokens(outputTokens)} out`);
  if (typeof answer['cost'] === 'number') parts.push(formatUsd(answer['cost'] / nanoDollars));
  if (answer['cache'] === 'exact') parts.push('from the cache');
  else if (typeof cachedInputTokens === 'number' && cachedInputTokens > 0)
    parts.push(`${formatTokens(cachedInputTokens)} cached`);
  const callId = fieldsOf(input)['callId'];
  return {
    name: typeof answer['deploymentId'] === 'string' ? answer['deploymentId'] : name,
    kind: kind.replace('-', ' '),
    detail: parts.join(', '),
    callId: typeof callId === 'string' ? callId : undefined,
  };
}

/** Whether the task has a conversation that a person can speak into. */
export function hasSession(steps: readonly Step[] | undefined): boolean {
  return steps?.some(({ kind, name }) => kind === 'decision' && name === 'open-session') === true;
}

function fieldsOf(value: Json | undefined): { readonly [key: string]: Json | undefined } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { readonly [key: string]: Json })
    : {};
}

function cut(text: string): string {
  return text.length <= argumentsMax ? text : `${text.slice(0, argumentsMax - 1)}…`;
}
