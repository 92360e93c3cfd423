// Tasks of a goal and what happened to them.
import type { Json } from './json.ts';
import type { Priority, TaskKind } from './plan.ts';
import type { Failure } from './problem.ts';

export const taskStates = [
  'waiting',
  'ready',
  'running',
  'sleeping',
  'blocked',
  'held',
  'succeeded',
  'failed',
  'skipped',
  'cancelled',
] as const;
export type TaskState = (typeof taskStates)[number];

export interface Task {
  readonly goalId: string;
  readonly no: number;
  readonly key: string;
  /** From the plan's definition, so that a list of tasks is enough to draw the graph. */
  readonly kind: TaskKind;
  readonly title?: string;
  readonly needs: readonly string[];
  readonly agent?: string;
  readonly skill?: string;
  readonly tool?: string;
  readonly definitionNo: number;
  /** The for_each task this is an item of. */
  readonly parentNo?: number;
  readonly itemIndex?: number;
  readonly item?: Json;
  readonly state: TaskState;
  /** What a state that waits waits for, or why an ended one ended so: see the glossary of reasons in the API's SPEC. */
  readonly reason?: string;
  /** The approval or the sub-goal it is blocked on. */
  readonly waitsFor?: string;
  readonly attempt: number;
  readonly run: number;
  readonly failures: number;
  readonly workerId?: string;
  readonly priority: Priority;
  readonly wakeAt?: number;
  readonly readyAt?: number;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  readonly output?: Json;
  readonly failure?: Failure;
  readonly inputOverride?: Json;
  readonly cancelRequested: boolean;
  /** Only runs to compensate another task. */
  readonly compensates: boolean;
}

export function isTaskEnded(state: TaskState): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'skipped' || state === 'cancelled';
}

export type AttemptOutcome = 'succeeded' | 'failed' | 'cancelled' | 'lost' | 'handed-back' | 'uncertain' | 'waiting';

/** One ended try. A try under way is the task itself. */
export interface Attempt {
  readonly taskNo: number;
  readonly attempt: number;
  readonly run: number;
  readonly workerId: string;
  readonly outcome: AttemptOutcome;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly failure?: Failure;
}

export type StepKind = 'tool-call' | 'model-call' | 'message' | 'decision' | 'wait';
export type StepState = 'started' | 'finished' | 'failed';

/** One entry in the journal of a task's run. */
export interface Step {
  readonly taskNo: number;
  readonly run: number;
  readonly stepNo: number;
  readonly attempt: number;
  readonly kind: StepKind;
  readonly name: string;
  readonly state: StepState;
  readonly idempotent: boolean;
  readonly input: Json;
  readonly output?: Json;
  readonly failure?: Failure;
  readonly startedAt: number;
  readonly finishedAt?: number;
}
