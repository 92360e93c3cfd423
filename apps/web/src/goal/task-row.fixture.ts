// A task for tests: waiting, needing nothing, unless told otherwise.
import type { Task } from '@chorale/lib-client';

export function taskRow(no: number, over: Partial<Task> = {}): Task {
  return {
    goalId: 'goal_1',
    no,
    key: `t${no}`,
    kind: 'tool',
    needs: [],
    definitionNo: no,
    state: 'waiting',
    attempt: 0,
    run: 1,
    failures: 0,
    priority: 'normal',
    cancelRequested: false,
    compensates: false,
    ...over,
  };
}
