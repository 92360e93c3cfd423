// What a task works on: its template with the expressions resolved, or the input a person gave with a retry.

import { makeScope, referencedTasksInTemplate, resolveTemplate, type Json } from '@chorale/module-goals';
import type { AttemptPorts, AttemptRequest } from './attempt-ports.ts';
import { JournalFault } from './journal.ts';

/** When they cannot be read for now the run goes on, as where its journal cannot (J8). */
function readTasks(
  { tenantId, goalId }: AttemptRequest['claimed']['task'],
  keys: readonly string[],
  store: AttemptPorts['store'],
): ReturnType<AttemptPorts['store']['findTasks']> {
  return store.findTasks(tenantId, goalId, keys).catch((cause: unknown) => {
    throw new JournalFault(cause);
  });
}

/** Reads other tasks only when the template names them. */
export async function resolveInput(
  { claimed, definition }: AttemptRequest,
  store: AttemptPorts['store'],
): Promise<Json> {
  const { task, goal } = claimed;
  if (task.inputOverride !== undefined) return task.inputOverride;
  const template = definition.with;
  if (template === undefined) return {};
  const keys = referencedTasksInTemplate(template);
  const tasks = keys.length === 0 ? [] : await readTasks(task, keys, store);
  const { goalId, priority } = task;
  return resolveTemplate(
    template,
    makeScope({ goal: { goalId, priority, title: goal.title, inputs: goal.inputs }, tasks, of: task }),
  );
}
