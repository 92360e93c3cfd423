// What an agent did at a task, entry by entry, from its journal and the records of its model calls: the facts that
// `goal explain` shows. Nothing is guessed: what neither says is left out.

import type { ErrorRecord } from '@chorale/lib-errors';
import { canonicalJson, type Json, type Step } from '@chorale/module-goals';
import type { ModelCallRecord, Usage } from '@chorale/module-models';
import type { RecordedAnswer } from './ask-model.ts';
import { cutText } from './frame-data.ts';
import { recordedHold, sayHold } from './hold-call.ts';
import { isMapping } from './mapping.ts';
import { recallEntry, type RecalledNotes } from './recall-notes.ts';

export type StepDecision =
  | 'recalled'
  | 'session-opened'
  | 'model-answered'
  | 'model-failed'
  | 'call-made'
  | 'call-failed'
  | 'call-refused'
  | 'waits'
  | 'answered'
  | 'message-heard'
  | 'noted'
  | 'under-way';

export interface ExplainedStep {
  readonly stepNo: number;
  /** The attempt that wrote it last. */
  readonly attempt: number;
  readonly decision: StepDecision;
  readonly startedAt: number;
  readonly tookMs: number | undefined;
  /** Of a model call. */
  readonly model: ExplainedModelCall | undefined;
  /** Of a tool call, or of what waits for somebody. */
  readonly call: ExplainedCall | undefined;
  /** What memory gave before the agent began, and why. */
  readonly recalled: ExplainedRecall | undefined;
  readonly failure: ErrorRecord | undefined;
}

export type ExplainedRecall = Pick<RecalledNotes, 'notes' | 'advice' | 'failure'>;

export interface ExplainedModelCall {
  readonly callId: string | undefined;
  /** `turn`, `compact` or `screen`. */
  readonly purpose: string;
  readonly deploymentId: string | undefined;
  readonly model: string | undefined;
  readonly usage: Usage | undefined;
  /** Nano-dollars. */
  readonly cost: number | undefined;
  readonly cache: 'none' | 'exact' | undefined;
  /** What it asked for: names of tools, or nothing when it only spoke. */
  readonly asked: readonly string[];
  /** How the deployment was chosen, where the record is still there. */
  readonly routing:
    | Pick<ModelCallRecord, 'strategy' | 'taskClass' | 'dataClass' | 'masked' | 'candidates' | 'tries'>
    | undefined;
}

export interface ExplainedCall {
  readonly name: string;
  readonly arguments: Json;
  /** Why it waited for a person although its grant does not ask for that. */
  readonly held: string | undefined;
  readonly result: ExplainedResult | undefined;
}

export interface ExplainedResult {
  /** SHA-256, hex, of its canonical JSON: two results are the same when these are. */
  readonly digest: string;
  /** Its beginning. */
  readonly preview: string;
  /** The artifact that holds it, when it was too large for a row. */
  readonly artifact: string | undefined;
}

export interface ExplainedSession {
  readonly steps: readonly ExplainedStep[];
  readonly totals: {
    readonly modelCalls: number;
    readonly toolCalls: number;
    readonly inputTokens: number;
    readonly outputTokens: number;
    /** Nano-dollars. */
    readonly cost: number;
  };
}

export interface SessionRecords {
  /** Of one run of a task, in order. */
  readonly steps: readonly Step[];
  /** In any order; those of other tasks are passed over. */
  readonly calls: readonly ModelCallRecord[];
  readonly digest: (text: string) => string;
}

const previewLength = 300;

export function explainSession({ steps, calls, digest }: SessionRecords): ExplainedSession {
  const records = new Map<string, ModelCallRecord>(calls.map((record) => [record.callId, record]));
  const explained = steps.map((step) => explainStep(step, records, digest));
  const models = explained.flatMap(({ model }) => model ?? []);
  const sum = (of: (call: ExplainedModelCall) => number | undefined) =>
    models.reduce((total, call) => total + (of(call) ?? 0), 0);
  return {
    steps: explained,
    totals: {
      modelCalls: models.length,
      toolCalls: steps.filter(({ kind }) => kind === 'tool-call').length,
      inputTokens: sum(({ usage }) => usage?.inputTokens),
      outputTokens: sum(({ usage }) => usage?.outputTokens),
      cost: sum(({ cost }) => cost),
    },
  };
}

function explainStep(
  step: Step,
  records: ReadonlyMap<string, ModelCallRecord>,
  digest: SessionRecords['digest'],
): ExplainedStep {
  const { stepNo, attempt, kind, startedAt, finishedAt, failure } = step;
  return {
    stepNo,
    attempt,
    decision: decisionOf(step),
    startedAt,
    tookMs: finishedAt === undefined ? undefined : finishedAt - startedAt,
    model: kind === 'model-call' ? explainModelCall(step, records) : undefined,
    call: kind === 'model-call' || isRecall(step) ? undefined : explainCall(step, digest),
    recalled: isRecall(step) ? explainRecall(step) : undefined,
    failure,
  };
}

const decisions: ReadonlyMap<string, StepDecision> = new Map([
  ['refuse-call', 'call-refused'],
  ['open-session', 'session-opened'],
  [recallEntry, 'recalled'],
]);

function decisionOf({ kind, name, state }: Step): StepDecision {
  switch (kind) {
    case 'model-call':
      return state === 'started' ? 'under-way' : state === 'failed' ? 'model-failed' : 'model-answered';
    case 'tool-call':
      return state === 'started' ? 'under-way' : state === 'failed' ? 'call-failed' : 'call-made';
    case 'wait':
      return state === 'started' ? 'waits' : 'answered';
    case 'message':
      return 'message-heard';
    case 'decision':
      return decisions.get(name) ?? 'noted';
  }
}

function isRecall({ kind, name }: Step): boolean {
  return kind === 'decision' && name === recallEntry;
}

function explainRecall({ output }: Step): ExplainedRecall {
  const { notes = [], advice = [], failure } = (isMapping(output) ? output : {}) as unknown as Partial<RecalledNotes>;
  return { notes, advice, ...(failure === undefined ? {} : { failure }) };
}

function explainModelCall({ input, output }: Step, records: ReadonlyMap<string, ModelCallRecord>): ExplainedModelCall {
  const asked = isMapping(input) ? input : {};
  const answer = (isMapping(output) ? output : {}) as unknown as Partial<RecordedAnswer>;
  const callId = typeof asked['callId'] === 'string' ? asked['callId'] : undefined;
  const record = callId === undefined ? undefined : records.get(callId);
  return {
    callId,
    purpose: typeof asked['purpose'] === 'string' ? asked['purpose'] : 'turn',
    deploymentId: answer.deploymentId ?? record?.deploymentId,
    model: answer.model,
    usage: answer.usage ?? record?.usage,
    cost: answer.cost ?? record?.cost,
    // No agent is answered by likeness.
    cache: answer.cache ?? (record?.cache === 'semantic' ? undefined : record?.cache),
    asked: toolsAsked(answer.parts),
    routing: record === undefined ? undefined : routingOf(record),
  };
}

function routingOf({
  strategy,
  taskClass,
  dataClass,
  masked,
  candidates,
  tries,
}: ModelCallRecord): NonNullable<ExplainedModelCall['routing']> {
  return { strategy, taskClass, dataClass, masked, candidates, tries };
}

/** Unknown, and so none, when the answer was so large that a reference stands for it. */
function toolsAsked(parts: Json | undefined): readonly string[] {
  if (!Array.isArray(parts)) return [];
  return parts.flatMap((part: Json) => {
    if (!isMapping(part) || part['type'] !== 'tool-call') return [];
    return typeof part['name'] === 'string' ? [part['name']] : [];
  });
}

function explainCall({ name, input, output }: Step, digest: SessionRecords['digest']): ExplainedCall {
  const hold = name === 'leave' ? recordedHold(input) : undefined;
  const call = { name, arguments: input, held: hold === undefined ? undefined : sayHold(hold) };
  if (output === undefined) return { ...call, result: undefined };
  const text = canonicalJson(output);
  const artifact = isMapping(output) && typeof output['$artifact'] === 'string' ? output['$artifact'] : undefined;
  return { ...call, result: { digest: digest(text), preview: cutText(text, previewLength), artifact } };
}
