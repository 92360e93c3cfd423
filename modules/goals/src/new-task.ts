import type { Goal } from './goal.ts';
import type { TaskDefinition } from './plan.ts';
import { laneOf } from './task-life.ts';
import type { Task } from './task.ts';

/** A task that has not begun, waiting for what its definition needs. */
export function newTask(goal: Goal, definition: TaskDefinition, place: { no: number; definitionNo: number }): Task {
  return {
    tenantId: goal.tenantId,
    goalId: goal.goalId,
    no: place.no,
    key: definition.key,
    definitionNo: place.definitionNo,
    parentNo: undefined,
    itemIndex: undefined,
    item: undefined,
    state: 'waiting',
    reason: 'needs',
    waitsFor: undefined,
    needsLeft: 0,
    needSkipped: false,
    attempt: 0,
    run: 1,
    failures: 0,
    losses: 0,
    workerId: undefined,
    priority: definition.priority ?? goal.priority,
    lane: laneOf(definition),
    wakeAt: undefined,
    readyAt: undefined,
    startedAt: undefined,
    finishedAt: undefined,
    output: undefined,
    failure: undefined,
    inputOverride: undefined,
    cancelRequested: false,
    messages: undefined,
  };
}
