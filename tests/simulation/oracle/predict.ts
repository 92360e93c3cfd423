// What becomes of a goal, from its plan and inputs alone: a second, small engine without time, rows or workers.
//
// Where chance decides (a race, or which failure comes first) it says everything that may happen. It holds for goals
// that nobody steered; check-outcomes.ts knows which those are.

import type { Json, PlanDefinition, TaskDefinition } from '@chorale/module-goals';
import type { Work } from '../cluster/tool-world.ts';

type End = 'succeeded' | 'failed' | 'skipped' | 'cancelled';

export interface TaskPrediction {
  readonly ends: ReadonlySet<End>;
  /** What it gives when it succeeds; undefined when that depends on chance. */
  readonly output?: Json | undefined;
}

export interface GoalPrediction {
  readonly ends: ReadonlySet<'succeeded' | 'failed'>;
  readonly tasks: ReadonlyMap<string, TaskPrediction>;
  /** Tasks whose failure may be what fails the goal. */
  readonly causes: ReadonlySet<string>;
  readonly outputs?: Json | undefined;
}

/** Null is an input that was not given: a retry may start a sub-goal with other inputs than its plan names. */
export type Inputs = { readonly flag?: boolean | null; readonly list?: readonly Json[] | null };

export function predictGoal(plan: PlanDefinition, inputs: Inputs): GoalPrediction {
  return new Prediction(plan, inputs).goal();
}

/** A value with `${{ item }}` in it, as the plans of the simulation write it. */
function fill(template: Json | undefined, item: Json | undefined): Json {
  if (template === '${{ item }}') return item ?? null;
  if (template === '${{ item.takesMs }}') return (item as Work).takesMs ?? null;
  if (Array.isArray(template)) return template.map((part: Json) => fill(part, item));
  if (template === null || template === undefined || typeof template !== 'object') return template ?? {};
  return Object.fromEntries(Object.entries(template).map(([name, part]) => [name, fill(part, item)]));
}

class Prediction {
  readonly #plan: PlanDefinition;
  readonly #inputs: Inputs;
  readonly #tasks = new Map<string, TaskPrediction>();
  readonly #racing: ReadonlySet<string>;

  constructor(plan: PlanDefinition, inputs: Inputs) {
    this.#plan = plan;
    this.#inputs = inputs;
    this.#racing = new Set(plan.tasks.flatMap(({ join, needs }) => (join === 'first' ? needs : [])));
  }

  goal(): GoalPrediction {
    const causes = new Set<string>();
    let certain = false;
    // Plans of the simulation list each task after what it needs.
    for (const task of this.#plan.tasks) {
      if (task.compensates === true) continue;
      const prediction = this.#task(task);
      this.#tasks.set(task.key, prediction);
      if (!prediction.ends.has('failed') || task.onFailure === 'continue') continue;
      causes.add(task.key);
      certain ||= prediction.ends.size === 1;
    }
    const outputs = this.#outputs();
    const ends = new Set<'succeeded' | 'failed'>();
    if (!certain && outputs !== 'unresolvable') ends.add('succeeded');
    if (causes.size > 0 || outputs === 'unresolvable') ends.add('failed');
    return { ends, tasks: this.#tasks, causes, outputs: outputs === 'unresolvable' ? undefined : outputs.outputs };
  }

  #outputs(): { readonly outputs: Json | undefined } | 'unresolvable' {
    const template = this.#plan.outputs?.['last'];
    if (typeof template !== 'string') return { outputs: {} };
    const [, key = '', further] = /tasks\.(\w+)\.output(\.missing)?/.exec(template) ?? [];
    if (further !== undefined) return 'unresolvable';
    const prediction = this.#tasks.get(key);
    if (prediction === undefined || prediction.ends.size > 1) return { outputs: undefined };
    if (!prediction.ends.has('succeeded')) return { outputs: { last: null } };
    return { outputs: prediction.output === undefined ? undefined : { last: prediction.output } };
  }

  #task(task: TaskDefinition): TaskPrediction {
    const ends = new Set<End>();
    const began = this.#begins(task);
    if (began.maybeNot) ends.add('skipped');
    if (this.#racing.has(task.key)) ends.add('cancelled');
    if (!began.maybe) return { ends };
    if (task.when === 'inputs.flag' && (this.#inputs.flag ?? undefined) === undefined)
      return { ends: ends.add('failed') };
    const body = task.forEach === undefined ? this.#body(task, undefined) : this.#group(task, task.forEach.items);
    for (const end of body.ends) ends.add(end);
    return { ends, output: body.output };
  }

  /** T5 to T7: whether a task begins once all it needs has ended, as far as that is certain. */
  #begins(task: TaskDefinition): { readonly maybe: boolean; readonly maybeNot: boolean } {
    const needs = task.needs.map((key) => this.#tasks.get(key)?.ends ?? new Set<End>());
    if (task.join === 'first') {
      return {
        maybe: needs.some((ends) => ends.has('succeeded')),
        maybeNot: needs.every((ends) => [...ends].some((end) => end !== 'succeeded')),
      };
    }
    // A flag that was not given is no condition: the task fails.
    if (task.when === 'inputs.flag')
      return { maybe: this.#inputs.flag !== false, maybeNot: this.#inputs.flag === false };
    if (task.when !== undefined) {
      const ends = this.#tasks.get(/tasks\.(\w+)\.state/.exec(task.when)?.[1] ?? '')?.ends ?? new Set<End>();
      return { maybe: ends.has('succeeded'), maybeNot: [...ends].some((end) => end !== 'succeeded') };
    }
    const unwanted = (end: End): boolean => end === 'skipped' || end === 'cancelled';
    return {
      maybe: needs.every((ends) => ![...ends].every(unwanted)),
      maybeNot: needs.some((ends) => [...ends].some(unwanted)),
    };
  }

  #body(task: TaskDefinition, item: Json | undefined): TaskPrediction {
    switch (task.kind) {
      case 'tool':
      case 'agent':
        return this.#work(task, fill(task.with, item) as Work);
      case 'timer':
        return predictTimer(task, item);
      case 'signal':
        return { ends: new Set(['succeeded']) };
      case 'approval':
        return { ends: new Set([task.question === 'Refuse?' ? 'failed' : 'succeeded']) };
      case 'workflow':
        return this.#subGoal(task, fill(task.with, item) as Inputs);
    }
  }

  #work(task: TaskDefinition, work: Work): TaskPrediction {
    const key = /^\$\{\{ tasks\.(\w+)\.output \}\}$/.exec(typeof work.value === 'string' ? work.value : '')?.[1];
    if (key === undefined) return predictWork(task, work);
    const given = this.#tasks.get(key);
    const certain = given?.ends.size === 1;
    const value = certain && !given.ends.has('succeeded') ? null : certain ? given.output : undefined;
    return { ...predictWork(task, work), output: value };
  }

  #subGoal(task: TaskDefinition, inputs: Inputs): TaskPrediction {
    const child = this.#plan.children?.[task.workflow ?? ''];
    if (child === undefined) return { ends: new Set(['failed']) };
    const { ends, outputs } = predictGoal(child, inputs);
    return { ends, output: outputs };
  }

  /** FE2, FE3: a group ends as its items do, and gives a list of what they gave. */
  #group(task: TaskDefinition, items: string): TaskPrediction {
    if (items === 'inputs.list' && (this.#inputs.list ?? undefined) === undefined) return { ends: new Set(['failed']) };
    const list = this.#list(items);
    if (list === undefined) return { ends: new Set(['succeeded', 'failed', 'cancelled']) };
    const each = list.map((item) => this.#body(task, item));
    const tolerated = task.onFailure === 'continue';
    const ends = new Set<End>();
    if (tolerated || each.every((one) => one.ends.has('succeeded'))) ends.add('succeeded');
    if (!tolerated && each.some((one) => one.ends.has('failed'))) ends.add('failed');
    const outputs = each.map((one) => (one.ends.size > 1 ? undefined : one.ends.has('succeeded') ? one.output : null));
    return { ends, output: outputs.includes(undefined) ? undefined : (outputs as Json) };
  }

  /** Undefined when what gives the list may not do so. */
  #list(items: string): readonly Json[] | undefined {
    if (items === 'inputs.list') return this.#inputs.list ?? [];
    const key = /^tasks\.(\w+)\.output$/.exec(items)?.[1];
    if (key === undefined) return JSON.parse(items) as Json[];
    const producer = this.#tasks.get(key);
    if (producer === undefined || producer.ends.size > 1 || !producer.ends.has('succeeded')) return undefined;
    return producer.output as Json[] | undefined;
  }
}

/** T8: retried while the policy has tries left and trying again can help. */
function predictWork(task: TaskDefinition, work: Work): TaskPrediction {
  const { failRuns = 0, family = 'broken', value = null } = work;
  const limit = family === 'refused' ? 0 : (task.retry?.limit ?? (family === 'temporary' ? 3 : 0));
  return failRuns > limit ? { ends: new Set(['failed']) } : { ends: new Set(['succeeded']), output: value };
}

function predictTimer(task: TaskDefinition, item: Json | undefined): TaskPrediction {
  const wait = typeof task.wait === 'string' ? fill(task.wait, item) : task.wait;
  return { ends: new Set([typeof wait === 'number' ? 'succeeded' : 'failed']) };
}
