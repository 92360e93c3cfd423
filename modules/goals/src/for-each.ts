// A for_each task: expanded into items when it is unlocked, ended when its items have ended.
//
// Invariants: FE1 at most `concurrency` items of a group have been let go and have not ended.
//             FE2 the group's output is the list of its items' outputs, in the order of the items.
import { refused } from '@chorale/lib-errors';
import type { Json } from './json.ts';
import type { TaskDefinition } from './plan.ts';
import { stopTask } from './stop-goal.ts';
import { endTask, makeWait, type Move } from './task-life.ts';
import { isTaskEnded, itemRangeOf, type ItemRange, type Task } from './task.ts';
import { newTask } from './new-task.ts';
import type { Draft } from './changes.ts';
import type { WorkingSet } from './working-set.ts';

/** Items one group may have; a longer list is an error in the plan, not a reason to fill the database. */
const itemsMax = 10_000;

export function expandItems({ set, goal, task: group }: Move, definition: TaskDefinition, items: Json): void {
  if (!Array.isArray(items)) {
    throw refused(
      'items-not-a-list',
      `for_each of task ${group.key} gave ${items === null ? 'null' : typeof items}, not a list.`,
    );
  }
  if (items.length > itemsMax) {
    throw refused(
      'too-many-items',
      `for_each of task ${group.key} gave ${items.length} items; at most ${itemsMax} are allowed.`,
    );
  }
  if (items.length === 0) {
    endTask({ set, goal, task: group }, 'succeeded', { output: [] });
    return;
  }
  const first = goal.nextItemNo;
  for (const [index, item] of (items as readonly Json[]).entries()) {
    set.addTask({
      ...newTask(goal, definition, { no: first + index, definitionNo: group.no }),
      key: `${group.key}[${index}]`,
      parentNo: group.no,
      itemIndex: index,
      item,
      reason: 'item-limit',
    });
  }
  goal.nextItemNo += items.length;
  goal.tasksTotal += items.length;
  goal.tasksOpen += items.length;
  group.needsLeft = items.length;
  makeWait({ set, goal, task: group }, { state: 'blocked', reason: 'items' });
  const range = { first, count: items.length, next: first };
  letGo(set, group, { range, count: definition.forEach?.concurrency ?? items.length });
}

/** Lets the next `count` items go that still wait for their turn. */
export function letGo(
  set: WorkingSet,
  group: Draft<Task>,
  { range, count }: { readonly range: ItemRange; readonly count: number },
): void {
  let next = range.next;
  for (let left = count; left > 0 && next < range.first + range.count; next++) {
    const item = set.getTask(group.goalId, next);
    if (item.state !== 'waiting' || item.reason !== 'item-limit') continue;
    set.consequences.push({ about: 'unlock', tenantId: group.tenantId, goalId: group.goalId, no: next });
    left -= 1;
  }
  group.item = { ...range, next } as unknown as Json;
}

/** False for an item of an earlier expansion, when the group was run again. */
export function isItemOf(group: Task, no: number): boolean {
  const range = itemRangeOf(group);
  return range !== undefined && no >= range.first && no < range.first + range.count;
}

export function onItemEnded({ set, goal, task: item }: Move, definition: TaskDefinition): void {
  const group = set.editTask(goal.goalId, item.parentNo ?? -1);
  const range = itemRangeOf(group);
  if (range === undefined || isTaskEnded(group.state) || !isItemOf(group, item.no)) return;
  group.needsLeft -= 1;
  const tolerated = item.state === 'succeeded' || item.state === 'skipped' || definition.onFailure === 'continue';
  if (!tolerated) {
    for (let no = range.first; no < range.first + range.count; no++) stopTask({ set, goal, no }, 'goal-failed');
    endTask({ set, goal, task: group }, item.state === 'failed' ? 'failed' : 'cancelled', {
      failure: item.failure,
      reason: item.reason,
    });
    return;
  }
  if (group.needsLeft > 0) {
    letGo(set, group, { range, count: 1 });
    return;
  }
  endGroup({ set, goal, task: group }, range);
}

/** Ends the group when all its items have ended well, or in a way that is tolerated. */
export function endGroup({ set, goal, task: group }: Move, range: ItemRange): void {
  const outputs: Json[] = [];
  for (let no = range.first; no < range.first + range.count; no++)
    outputs.push(set.getTask(goal.goalId, no).output ?? null);
  endTask({ set, goal, task: group }, 'succeeded', { output: outputs });
}
