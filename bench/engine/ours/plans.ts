// The plan that everybody runs, as Chorale's data, and the plan of one task for pick-up.

import { createHash } from 'node:crypto';
import { canonicalJson, type PlanDefinition, type TaskDefinition } from '@chorale/module-goals';
import { layersPerGoal, tasksPerLayer } from '../contestant.ts';

export interface HashedPlan {
  readonly definition: PlanDefinition;
  readonly planHash: string;
}

const keyOf = (layer: number, index: number): string => `task-${layer}-${index}`;

function layeredTasks(): readonly TaskDefinition[] {
  const tasks: TaskDefinition[] = [];
  for (let layer = 0; layer < layersPerGoal; layer++) {
    const before = layer === 0 ? [] : Array.from({ length: tasksPerLayer }, (_, index) => keyOf(layer - 1, index));
    for (let index = 0; index < tasksPerLayer; index++) {
      tasks.push({ key: keyOf(layer, index), kind: 'tool', tool: 'nothing', needs: before });
    }
  }
  return tasks;
}

function hashed(definition: PlanDefinition): HashedPlan {
  return { definition, planHash: createHash('sha256').update(canonicalJson(definition)).digest('hex') };
}

export const twentyTaskPlan = hashed({ workflow: 'twenty-tasks', inputs: {}, tasks: layeredTasks() });

export const oneTaskPlan = hashed({
  workflow: 'one-task',
  inputs: {},
  tasks: [{ key: 'task', kind: 'tool', tool: 'sample', needs: [] }],
});
