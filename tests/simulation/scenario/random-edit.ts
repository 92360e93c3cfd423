// Changes to a plan that runs. Many of them are refused, and must then have changed nothing.

import type { PlanChange, PlanDefinition, TaskDefinition } from '@chorale/module-goals';
import type { SeededRandom } from '../kernel/seeded-random.ts';

export function randomEdit(random: SeededRandom, { tasks }: PlanDefinition): PlanChange[] {
  const keys = tasks.flatMap((task) => (task.removed === true ? [] : [task.key]));
  const changes: PlanChange[] = [];
  for (let count = random.integer(1, 2); count > 0; count--) changes.push(randomChange(random, tasks, keys));
  return changes;
}

function randomChange(random: SeededRandom, tasks: readonly TaskDefinition[], keys: readonly string[]): PlanChange {
  const key = random.pick(keys);
  const form = random.weighted({ add: 30, remove: 17, skip: 25, repoint: 20, replace: 8 });
  if (form === 'add') return { change: 'add', task: newTask(random, tasks.length, keys) };
  if (form === 'remove' || form === 'skip') return { change: form, key };
  const task = tasks.find((one) => one.key === key && one.removed !== true);
  if (form === 'replace' && task !== undefined) return { change: 'replace', task: { ...task, title: 'replaced' } };
  // Mostly backwards, so that few changes close a circle.
  const earlier = random.chance(0.9) ? keys.slice(0, keys.indexOf(key)) : keys;
  return { change: 'repoint', key, needs: random.pickSome(earlier, 2) };
}

function newTask(random: SeededRandom, count: number, keys: readonly string[]): TaskDefinition {
  const needs = random.pickSome(keys, 2);
  return {
    key: `added${count}`,
    kind: 'tool',
    tool: 'work',
    needs,
    with: { value: count, takesMs: random.pick([5, 300]) },
  };
}
