// What an agent did at a task, step by step.
import type { Json } from './json.ts';
import type { ModelCallTry, ModelCandidate, ModelDataClass, ModelStrategy, ModelUsage } from './model.ts';
import type { Failure } from './problem.ts';

export const stepDecisions = [
  'recalled',
  'session-opened',
  'model-answered',
  'model-failed',
  'call-made',
  'call-failed',
  'call-refused',
  'waits',
  'answered',
  'message-heard',
  'noted',
  'under-way',
] as const;
/** What a step came to. */
export type StepDecision = (typeof stepDecisions)[number];

export interface TaskSession {
  readonly agent: string;
  readonly run: number;
  readonly steps: readonly SessionStep[];
  readonly totals: {
    readonly modelCalls: number;
    readonly toolCalls: number;
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly costUsd: number;
  };
}

export interface SessionStep {
  readonly stepNo: number;
  /** The attempt that wrote it last. */
  readonly attempt: number;
  readonly decision: StepDecision;
  readonly startedAt: number;
  readonly tookMs?: number;
  readonly model?: SessionModelCall;
  readonly call?: SessionCall;
  /** What memory gave before the agent began, and why. */
  readonly recalled?: SessionRecall;
  readonly failure?: Failure;
}

export interface SessionRecall {
  readonly notes: readonly {
    readonly number: number;
    readonly memoryId: string;
    readonly score: number;
    readonly why: readonly string[];
  }[];
  /** How such tasks went before. */
  readonly advice: readonly string[];
  /** Why memory could not be asked. */
  readonly failure?: string;
}

export interface SessionModelCall {
  readonly callId?: string;
  /** `turn`, `compact` or `screen`. */
  readonly purpose: string;
  readonly deploymentId?: string;
  readonly model?: string;
  readonly usage?: ModelUsage;
  readonly costUsd?: number;
  readonly cache?: 'none' | 'exact';
  /** Names of the tools it asked for. */
  readonly asked: readonly string[];
  /** How the deployment was chosen, as long as the record of the call is kept. */
  readonly routing?: {
    readonly strategy: ModelStrategy;
    readonly taskClass: string;
    readonly dataClass: ModelDataClass;
    readonly masked: number;
    readonly candidates: readonly ModelCandidate[];
    readonly tries: readonly ModelCallTry[];
  };
}

/** Of a tool, or of what waits for somebody. */
export interface SessionCall {
  readonly name: string;
  readonly arguments: Json;
  /** Why it waited for a person although its grant does not ask for that. */
  readonly held?: string;
  readonly result?: {
    /** SHA-256, hex, of its canonical JSON. */
    readonly digest: string;
    /** Its beginning. */
    readonly preview: string;
    /** Hash of the artifact that holds it, when it was too large for a row. */
    readonly artifact?: string;
  };
}
