// What expressions see of a goal: its inputs, and the tasks they name.
import type { ExpressionScope, TaskInScope } from './expression.ts';
import type { Goal } from './goal.ts';
import type { PlanDefinition } from './plan.ts';
import { graphOf } from './plan-graph.ts';
import { failureData } from './task-life.ts';
import type { Task } from './task.ts';

export interface ScopeParts {
  readonly goal: Pick<Goal, 'goalId' | 'title' | 'priority' | 'inputs'>;
  readonly tasks: Iterable<Task>;
  /** The item, when the task is one of a for_each. */
  readonly of?: Task;
}

export function makeScope(parts: ScopeParts): ExpressionScope {
  const tasks: Record<string, TaskInScope> = {};
  for (const task of parts.tasks) {
    tasks[task.key] = {
      state: task.state,
      output: task.output ?? null,
      ...(task.failure === undefined ? {} : { failure: failureData(task.failure) }),
    };
  }
  const { goalId, title, priority, inputs } = parts.goal;
  return {
    inputs,
    tasks,
    goal: { id: goalId, title, priority },
    ...(parts.of?.parentNo === undefined ? {} : { item: parts.of.item ?? null, index: parts.of.itemIndex ?? 0 }),
  };
}

/** The numbers of the tasks an expression or template names. */
export function numbersOf(definition: PlanDefinition, keys: readonly string[]): readonly number[] {
  const { numberOf } = graphOf(definition);
  return keys.flatMap((key) => numberOf.get(key) ?? []);
}
