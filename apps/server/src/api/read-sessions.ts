// What the agents of a goal did, from their journals and the records of their model calls.
import { createHash } from 'node:crypto';
import type { TaskSession } from '@chorale/lib-client';
import { explainSession } from '@chorale/module-agents';
import type { GoalStore, PlanDefinition, Step, Task } from '@chorale/module-goals';
import type { ModelCallId, ModelCallRecord, SpendStore } from '@chorale/module-models';
import { definitionOf } from './views/task-view.ts';
import { sessionView } from './views/session-view.ts';

/** An explanation is read by people; a plan of thousands of tasks is looked at task by task. */
const sessionsMax = 200;
/** Beyond these, a step is explained without the reasons of its routing. */
const recordsMax = 1_000;

export interface SessionSources {
  readonly store: Pick<GoalStore, 'listSteps'>;
  readonly spend: Pick<SpendStore, 'findCall'>;
}

/** By number of the task: the latest run of each that an agent has worked at. */
export async function readSessions(
  { store, spend }: SessionSources,
  tasks: readonly Task[],
  definition: PlanDefinition,
): Promise<ReadonlyMap<number, TaskSession>> {
  const sessions = new Map<number, TaskSession>();
  let recordsLeft = recordsMax;
  for (const task of tasks) {
    const { agent } = definitionOf(task, definition);
    if (agent === undefined || task.attempt === 0) continue;
    if (sessions.size >= sessionsMax) break;
    const { tenantId, goalId, no: taskNo, run } = task;
    const steps = await store.listSteps(tenantId, goalId, { taskNo, run });
    if (steps.length === 0) continue;
    const ids = callIdsOf(steps).slice(0, recordsLeft);
    recordsLeft -= ids.length;
    const found = await Promise.all(ids.map((id) => spend.findCall(tenantId, id)));
    const calls = found.filter((record): record is ModelCallRecord => record !== undefined);
    sessions.set(taskNo, sessionView(explainSession({ steps, calls, digest: sha256Hex }), { agent, run }));
  }
  return sessions;
}

function callIdsOf(steps: readonly Step[]): readonly ModelCallId[] {
  const ids: ModelCallId[] = [];
  for (const { kind, input } of steps) {
    if (kind !== 'model-call' || typeof input !== 'object' || input === null || Array.isArray(input)) continue;
    const id = (input as { readonly callId?: unknown }).callId;
    if (typeof id === 'string') ids.push(id as ModelCallId);
  }
  return ids;
}

function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
