// Approvals that a change of a plan would take out of the way: who may not answer them does not get past them like that.
import {
  descendantsOf,
  graphOf,
  isTaskEnded,
  type PlanChange,
  type PlanDefinition,
  type Task,
} from '@chorale/module-goals';

export interface PlanStep {
  readonly before: PlanDefinition;
  readonly after: PlanDefinition;
  readonly changes: readonly PlanChange[];
}

/** Numbers of those that have not ended, and are skipped, removed, written anew or waited for by fewer than before. */
export function findPassedApprovals({ before, after, changes }: PlanStep, tasks: readonly Task[]): readonly number[] {
  const touched = new Set(
    changes.flatMap((change) => {
      if (change.change === 'skip' || change.change === 'remove') return change.key;
      return change.change === 'replace' ? change.task.key : [];
    }),
  );
  const pending = new Set(tasks.filter(({ state }) => !isTaskEnded(state)).map(({ definitionNo }) => definitionNo));
  return before.tasks.flatMap(({ key, kind, removed }, no) => {
    if (kind !== 'approval' || removed === true || !pending.has(no)) return [];
    return touched.has(key) || losesDependents(before, after, no) ? no : [];
  });
}

/** Whether something that waited for it, at whatever remove, runs without it. */
function losesDependents(before: PlanDefinition, after: PlanDefinition, no: number): boolean {
  const still = descendantsOf(graphOf(after), no);
  return [...descendantsOf(graphOf(before), no)].some(
    (each) => !still.has(each) && after.tasks[each]?.removed !== true,
  );
}
