// One try at a task: from the claimed row to what `finish-attempt` is told.
//
// Owns:       the attempt's journal, its workbench and its time limit. Does not own the lease: the worker tells it to
//             stop (`AttemptStop`) and decides whether the end is still worth reporting.
// Invariants: A1 an attempt always has an end: whatever goes wrong becomes a result, never a rejection.
//             A2 when `runAttempt` resolves, its workbench is closed: nothing it started is left.
//             A3 what an earlier attempt of the same run has done is not done again (see journal.ts).

import { temporary, toErrorRecord, unreachable, broken } from '@chorale/lib-errors';
import type { AttemptResult, Hold, Json, StepRecord } from '@chorale/module-goals';
import { AttemptCalls } from './attempt-calls.ts';
import { resolveInput } from './attempt-input.ts';
import type { AttemptEnd, AttemptPorts, AttemptRequest } from './attempt-ports.ts';
import type { AttemptStop } from './attempt-stop.ts';
import { executeAgent } from './executor-agent.ts';
import { executeTool } from './executor-tool.ts';
import { AttemptWaits, CallCutOff, CallUncertain, Journal, JournalFault, type JournalOptions } from './journal.ts';

export async function runAttempt(request: AttemptRequest, ports: AttemptPorts, stop: AttemptStop): Promise<AttemptEnd> {
  const { timeoutMs } = request.definition;
  const takeBack = timeoutMs === undefined ? undefined : ports.clock.schedule(timeoutMs, () => stop.stop('timeout'));
  let journal: Journal | undefined;
  let calls: AttemptCalls | undefined;
  let result: AttemptResult;
  let goesOn = false;
  try {
    const bench = await ports.openWorkbench(request);
    try {
      journal = new Journal({
        ...(await readJournal(request, ports)),
        hold: holdOf(request),
        store: ports.store,
        now: () => ports.clock.now(),
        stop,
      });
      calls = new AttemptCalls({ request, ports, stop, journal, bench });
      const input = await resolveInput(request, ports.store);
      if (stop.reason !== undefined) throw new CallCutOff(stop.reason);
      result = { outcome: 'succeeded', output: await execute(request, { input, calls, ports }) };
    } catch (error) {
      const { outcome } = resultOf(error, request, stop);
      goesOn = outcome === 'waiting' || outcome === 'handed-back' || outcome === 'uncertain';
      throw error;
    } finally {
      await bench.close({ goesOn });
    }
  } catch (error) {
    result = resultOf(error, request, stop);
    const isCaughtUp = journal?.isCaughtUp ?? request.claimed.task.attempt === 1;
    // J10. Not where the journal is that of other calls: it would be so again.
    if (result.outcome === 'failed' && !isCaughtUp && !(error instanceof JournalFault))
      result = { ...result, sameRun: true };
  } finally {
    takeBack?.();
  }
  return { result, steps: journal?.unwritten ?? [], artifacts: uniqueByName(calls?.artifacts ?? []) };
}

function execute(
  request: AttemptRequest,
  { input, calls, ports }: { readonly input: Json; readonly calls: AttemptCalls; readonly ports: AttemptPorts },
): Promise<Json> {
  const { kind } = request.definition;
  switch (kind) {
    case 'tool':
      return executeTool(request, input, calls);
    case 'agent':
      return executeAgent({ request, input, calls, ports });
    case 'approval':
    case 'timer':
    case 'workflow':
    case 'signal':
      throw broken('task-not-for-workers', `Task ${request.definition.key} is of kind ${kind}, which no worker runs.`);
    default:
      return unreachable(kind);
  }
}

/** Only a takeover has anything to read: the first attempt of a task knows that its journal is empty. */
async function readJournal(
  { claimed: { task, goal } }: AttemptRequest,
  { store }: AttemptPorts,
): Promise<Pick<JournalOptions, 'earlier' | 'workerLost' | 'restored'>> {
  const known = { workerLost: task.losses > 0, restored: goal.restoredIn !== undefined };
  if (task.attempt === 1) return { earlier: [], ...known };
  const run = { taskNo: task.no, run: task.run };
  const earlier = await store.listSteps(task.tenantId, task.goalId, run).catch((cause: unknown) => {
    throw new JournalFault(cause);
  });
  return { earlier, ...known };
}

function holdOf({ claimed: { task } }: AttemptRequest): Hold {
  return { tenantId: task.tenantId, goalId: task.goalId, taskNo: task.no, attempt: task.attempt };
}

function resultOf(error: unknown, request: AttemptRequest, stop: AttemptStop): AttemptResult {
  if (error instanceof CallUncertain) return uncertain(error.step, request);
  // Also after a stop: what is waited for is written down, and a cancel ends the task all the same.
  if (error instanceof AttemptWaits) return { outcome: 'waiting', on: error.on };
  // The run goes on: a new one would have an empty journal, and do again what is done.
  if (error instanceof JournalFault && toErrorRecord(error.cause).family === 'temporary')
    return { outcome: 'handed-back' };
  const reason = error instanceof CallCutOff ? error.reason : stop.reason;
  switch (reason) {
    case undefined:
      return { outcome: 'failed', failure: toErrorRecord(error instanceof JournalFault ? error.cause : error) };
    case 'cancel':
      return { outcome: 'cancelled' };
    case 'timeout':
      return { outcome: 'failed', failure: timedOut(request) };
    case 'drain':
    case 'halt':
    case 'lease-lost':
      return { outcome: 'handed-back' };
    default:
      return unreachable(reason);
  }
}

function timedOut({ definition }: AttemptRequest) {
  return toErrorRecord(
    temporary('attempt-timed-out', `Task ${definition.key} did not end within its ${definition.timeoutMs} ms.`, {
      action: 'Raise `timeout` of the task, or give it less to do.',
    }),
  );
}

function uncertain(step: StepRecord, { claimed: { task } }: AttemptRequest): AttemptResult {
  const { name, stepNo, startedAt, input } = step;
  const began = new Date(startedAt).toISOString();
  return {
    outcome: 'uncertain',
    question:
      `Task ${task.key} called ${name} at ${began} and it is unknown how that ended; ${name} may not be repeated unasked. ` +
      'Approve to call it again, approve with an answer to take the answer as its result, or reject to fail the task.',
    context: { tool: name, step: stepNo, startedAt: began, input },
  };
}

/** A goal shows a task's artifacts by name: the last of a name is the one that holds. */
function uniqueByName<Item extends { readonly name: string }>(items: readonly Item[]): readonly Item[] {
  return [...new Map(items.map((item) => [item.name, item])).values()];
}
