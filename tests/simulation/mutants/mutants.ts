// Defects planted in the engine, to see that the simulator finds them. Each is a piece of production text and what
// stands in its place; it is applied while the module is loaded (see mutant-runner.ts), so nothing in the production
// code knows of it.

export interface Mutant {
  readonly name: string;
  /** From the root of the repository. */
  readonly file: string;
  /** Must stand there exactly once, whatever the white space between. */
  readonly find: string;
  readonly replace: string;
  /** Which histories can show it. */
  readonly scenario?: 'fair';
  /** Needs a rare turn of events: looked for in the long run only. */
  readonly rare?: boolean;
}

const goals = 'modules/goals/src';
const agents = 'modules/agents/src';
const sqlite = 'adapters/sqlite/src';
const server = 'apps/server/src';

export const mutants: readonly Mutant[] = [
  // Unlocking and ending
  {
    name: 'lost unlock',
    file: `${goals}/settle.ts`,
    find: 'if (child.needsLeft === 0)',
    replace: 'if (child.needsLeft === 0 && task.no % 3 !== 1)',
  },
  {
    name: 'needs counted twice',
    file: `${goals}/settle.ts`,
    find: 'child.needsLeft -= 1;',
    replace: 'child.needsLeft -= child.needsLeft > 1 ? 2 : 1;',
  },
  {
    name: 'skips not passed on',
    file: `${goals}/settle.ts`,
    find: 'if (unwanted) child.needSkipped = true;',
    replace: '',
  },
  {
    name: 'losers of a race go on',
    file: `${goals}/settle.ts`,
    find: "if (no !== winner.no) stopTask({ set, goal, no }, 'race-lost');",
    replace: '',
  },
  {
    name: 'race won by a failure',
    file: `${goals}/settle.ts`,
    find: "if (winner.state !== 'succeeded') {",
    replace: "if (winner.state === 'cancelled') {",
  },
  {
    name: 'skipped compensation',
    file: `${goals}/settle.ts`,
    find: "found.state !== 'skipped' || found.reason !== 'compensation'",
    replace: "found.state === 'skipped'",
  },
  {
    name: 'compensated failure tolerated',
    file: `${goals}/settle.ts`,
    find: "definition.onFailure !== 'continue'",
    replace: 'definition.onFailure === undefined',
  },
  {
    name: 'parent not told',
    file: `${goals}/settle.ts`,
    find: "if (child.state === 'succeeded') {",
    replace: "if (child.failure !== undefined) return; if (child.state === 'succeeded') {",
  },
  {
    name: 'outputs not resolved',
    file: `${goals}/settle.ts`,
    find: "state = 'failed'; goal.failure = toErrorRecord(error);",
    replace: '',
  },
  // The fence and the lease
  {
    name: 'missing fence',
    file: `${goals}/finish-attempt.ts`,
    find: "task.state === 'running' && task.attempt === hold.attempt",
    replace: "task.state === 'running'",
  },
  {
    name: 'double completion',
    file: `${goals}/finish-attempt.ts`,
    find: "task.state === 'running' && task.attempt === hold.attempt",
    replace: 'task.attempt === hold.attempt',
  },
  {
    name: 'dead lease extended',
    file: `${goals}/execute.ts`,
    find: 'worker !== undefined && worker.leaseUntil > set.now',
    replace: 'worker !== undefined',
    rare: true,
  },
  {
    name: 'task taken from a living worker',
    file: `${goals}/finish-attempt.ts`,
    find: 'if (worker !== undefined && worker.leaseUntil > set.now) return;',
    replace: 'if (worker !== undefined && worker.leaseUntil > set.now + 25_000) return;',
  },
  { name: 'lost worker not counted', file: `${goals}/finish-attempt.ts`, find: 'lost.losses += 1;', replace: '' },
  {
    name: 'loss starts a new run',
    file: `${goals}/finish-attempt.ts`,
    find: 'lost.losses += 1;',
    replace: 'lost.losses += 1; lost.run += 1;',
  },
  // Retries
  {
    name: 'one retry too many',
    file: `${goals}/finish-attempt.ts`,
    find: 'task.failures >= policy.limit',
    replace: 'task.failures > policy.limit',
  },
  {
    name: 'refused is retried',
    file: `${goals}/finish-attempt.ts`,
    find: "failure.family === 'refused' ||",
    replace: '',
  },
  { name: 'retry-after ignored', file: `${goals}/finish-attempt.ts`, find: 'failure.retryAfterMs ?? 0', replace: '0' },
  {
    name: 'retry keeps its journal',
    file: `${goals}/finish-attempt.ts`,
    find: 'task.run += 1; task.losses = 0;',
    replace: 'task.losses = 0;',
  },
  // Lists
  {
    name: 'one item too many at once',
    file: `${goals}/for-each.ts`,
    find: 'letGo(set, group, { range, count: 1 });',
    replace: 'letGo(set, group, { range, count: 2 });',
  },
  {
    name: 'next item never let go',
    file: `${goals}/for-each.ts`,
    find: 'letGo(set, group, { range, count: 1 });',
    replace: '',
  },
  {
    name: 'failed item tolerated',
    file: `${goals}/for-each.ts`,
    find: "item.state === 'succeeded' || item.state === 'skipped' ||",
    replace: "item.state !== 'cancelled' ||",
  },
  // Steering
  {
    name: 'pause starts tasks',
    file: `${goals}/task-life.ts`,
    find: "if (goal.state === 'paused') {",
    replace: "if (goal.state === 'paused' && task.attempt === 0) {",
  },
  {
    name: 'resume forgets',
    file: `${goals}/pause-goal.ts`,
    find: "if (task.state === 'held')",
    replace: "if (task.state === 'held' && task.no === 0)",
  },
  {
    name: 'pause stays above',
    file: `${goals}/pause-goal.ts`,
    find: "if (child.state === 'running') pauseSubGoal",
    replace: "if (child.state === 'scheduled') pauseSubGoal",
  },
  {
    name: 'early start',
    file: `${goals}/unlock.ts`,
    find: "if (goal.state === 'scheduled') return;",
    replace: '',
    rare: true,
  },
  {
    name: 'sub-goals left running',
    file: `${goals}/stop-goal.ts`,
    find: "if (task.reason === 'sub-goal') {",
    replace: "if (task.reason === 'sub-goal') { if (set.now % 2 === 0) return;",
  },
  {
    name: 'approvals not withdrawn',
    file: `${goals}/stop-goal.ts`,
    find: "if (approval.state === 'pending') set.putApproval(",
    replace: "if (approval.state !== 'pending') set.putApproval(",
  },
  {
    name: 'second failure takes over',
    file: `${goals}/stop-goal.ts`,
    find: "if (isGoalEnded(goal.state) || goal.state === 'failing' || goal.state === 'cancelling') return;",
    replace: "if (isGoalEnded(goal.state) || goal.state === 'cancelling') return;",
  },
  {
    name: 'stale edit taken',
    file: `${goals}/edit-plan.ts`,
    find: 'found.planVersion !== command.expectedPlanVersion',
    replace: 'found.planVersion < command.expectedPlanVersion',
  },
  {
    name: 'needs of an edit not counted',
    file: `${goals}/edit-plan.ts`,
    find: 'task.needsLeft = needs.filter((need) => !isTaskEnded(need.state) || ending.has(need.no)).length;',
    replace: 'task.needsLeft = needs.length;',
  },
  {
    name: 'retry forgets the count',
    file: `${goals}/task-life.ts`,
    find: 'if (isTaskEnded(task.state)) goal.tasksOpen += 1;',
    replace: '',
  },
  // Rows and events
  {
    name: 'counter drifts',
    file: `${goals}/task-life.ts`,
    find: 'task.workerId = undefined; goal.tasksRunning -= 1;',
    replace: 'task.workerId = undefined; if (!task.cancelRequested) goal.tasksRunning -= 1;',
  },
  {
    name: 'gap in the events',
    file: `${goals}/working-set.ts`,
    find: 'goal.eventSeq += 1;',
    replace: "goal.eventSeq += type === 'task-lost' ? 2 : 1;",
  },
  {
    name: 'refused command leaves a trace',
    file: `${goals}/working-set.ts`,
    find: 'finally { this.#command.clear(); }',
    replace: 'finally {}',
    rare: true,
  },
  {
    name: 'idempotency key ignored',
    file: `${goals}/submit-goal.ts`,
    find: 'if (earlier !== undefined) {',
    replace: 'if (earlier === command.goalId) {',
  },
  // Claims
  { name: 'limit passed', file: `${goals}/claim.ts`, find: 'spend(allowed, flow, count);', replace: '' },
  {
    name: 'lowest class first',
    file: `${goals}/claim.ts`,
    find: 'const highest = Math.min(',
    replace: 'const highest = Math.max(',
  },
  {
    name: 'labels ignored',
    file: `${goals}/claim.ts`,
    find: '[...lanes].filter((name) => laneSuits(parseLane(name), labels))',
    replace: '[...lanes].filter((name) => laneSuits(parseLane(name), labels) || name.length > 0)',
  },
  {
    name: 'starvation',
    file: 'modules/scheduling/src/fair-share.ts',
    find: 'times[next] = (times[next] ?? 0) + 1 / (backlogs[next]?.weight ?? 1);',
    replace: '',
    scenario: 'fair',
  },
  {
    name: 'weights ignored',
    file: 'modules/scheduling/src/fair-share.ts',
    find: '1 / (backlogs[next]?.weight ?? 1)',
    replace: '1',
    scenario: 'fair',
  },
  {
    name: 'shares not kept',
    file: `${goals}/claim.ts`,
    find: 'if (started === 0) continue;',
    replace: 'if (started >= 0) continue;',
    scenario: 'fair',
  },
  {
    name: 'ready tasks never age',
    file: `${sqlite}/sqlite-engine.ts`,
    find: 'this.#queue.age(set.now, this.#limits);',
    replace: '',
  },
  // The store
  {
    name: 'plan lost with its transaction',
    file: `${sqlite}/sqlite-rows.ts`,
    find: 'this.#definitions.clear(); return;',
    replace: 'return;',
  },
  {
    name: 'rows of a failed transaction kept',
    file: `${sqlite}/sqlite-engine.ts`,
    find: 'committed = undefined;',
    replace: '',
  },
  {
    name: 'acknowledged before the commit',
    file: `${sqlite}/sqlite-database.ts`,
    find: "this.#database.exec('COMMIT');",
    replace: "try { this.#database.exec('COMMIT'); } catch { this.#database.exec('ROLLBACK'); }",
  },
  {
    name: 'need counted twice by an edit that ends it',
    file: `${goals}/edit-plan.ts`,
    find: '!isTaskEnded(need.state) || ending.has(need.no)',
    replace: '!isTaskEnded(need.state)',
  },
  // The journal and the worker
  {
    name: 'finished call repeated',
    file: `${agents}/journal.ts`,
    find: "if (earlier.state === 'finished') return earlier.output ?? null;",
    replace: '',
  },
  {
    name: 'unknown outcome repeated',
    file: `${agents}/journal.ts`,
    find: 'if (!idempotent && this.#mayHaveBegun(call, earlier))',
    replace: 'if (!idempotent && this.#mayHaveBegun(call, earlier) && earlier !== undefined)',
  },
  {
    name: 'call before its entry',
    file: `${agents}/journal.ts`,
    find: 'else await this.#write(begun);',
    replace: 'else this.#unwritten.set(begun.stepNo, begun);',
  },
  {
    name: 'unknown claim kept',
    file: `${server}/worker/worker-session.ts`,
    find: 'this.#claimUnknown = true;',
    replace: '',
  },
  {
    name: 'end reported once only',
    file: `${server}/worker/report-end.ts`,
    find: "if (family !== 'temporary') return",
    replace: "if (family === 'temporary') return 'late'; if (family !== 'temporary') return",
  },
];
