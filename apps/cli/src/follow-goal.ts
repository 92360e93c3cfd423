// Shows a goal until it has ended: a view that redraws itself for a person, a line per event for a file.
import { ClientError, type Goal, type GoalEvent, isGoalEnded, type Task } from '@chorale/lib-client';
import { formatEventLine } from './event-line.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';
import { LiveSpeech } from './live-speech.ts';
import { LiveView } from './live-view.ts';
import { drawGoal } from './draw-goal.ts';
import type { Session } from './session.ts';
import { sayFailure } from './goal-table.ts';
import { cut, oneLine } from './text-width.ts';

/** Reading the tasks once per event would be 20 reads for 20 tasks that start together. */
const readIntervalMs = 150;
/** `chorale goal show` has all of them. */
const outputsShownMax = 300;

export async function followGoal(
  session: Session,
  goalId: string,
  from: { readonly after?: number } = {},
): Promise<ExitCode> {
  if (session.terminal.live && !session.json) await showLive(session, goalId);
  else await printEvents(session, goalId, { ...from, until: 'finished' });
  if (session.signal.aborted) return exitCodes.interrupted;
  const goal = await session.client.getGoal(goalId);
  if (!session.json) sayEnd(session, goal);
  return goal.state === 'succeeded' ? exitCodes.ok : exitCodes.goalFailed;
}

export async function printEvents(
  session: Session,
  goalId: string,
  options: { readonly after?: number; readonly until?: 'finished' },
): Promise<void> {
  const { client, json, print, printJson, paint, signal } = session;
  for await (const event of client.followEvents(goalId, { ...options, signal, onConnection: sayConnection(session) })) {
    if (json) printJson(event, 'line');
    else print(`${formatEventLine(event, paint)}\n`);
  }
}

function sayConnection({ terminal, json }: Session): (state: 'open' | 'lost') => void {
  let lost = false;
  return (state) => {
    if (!json && state === 'lost') terminal.error('connection lost, trying again ...\n');
    else if (!json && lost) terminal.error('connected again\n');
    lost = state === 'lost';
  };
}

async function showLive(session: Session, goalId: string): Promise<void> {
  const { client, terminal, signal, paint, now } = session;
  const view = new LiveView(terminal);
  const stop = new AbortController();
  const stopped = AbortSignal.any([signal, stop.signal]);
  const speech = new LiveSpeech();
  const hearing = hearSpeech(session, goalId, { speech, signal: stopped });
  let connection: 'open' | 'lost' = 'open';
  let read: { readonly goal: Goal; readonly tasks: readonly Task[] } | undefined;
  let dirty = true;
  let ended = false;
  const draw = (): void => {
    if (read === undefined) return;
    const rows = Math.max(1, terminal.rows() - 1 - speech.count);
    const goal = drawGoal(read, { now: now(), paint, connection, rows });
    view.draw((width) => [...goal(width), ...speech.lines(width, paint)]);
  };
  const onEvent = (_event: GoalEvent): void => {
    dirty = true;
  };
  const reading = (async () => {
    while (!signal.aborted && !(ended && !dirty)) {
      if (dirty) {
        dirty = false;
        read = await readGoal(session, goalId, read);
      }
      draw();
      await sleep(readIntervalMs, signal);
    }
  })();
  try {
    const onConnection = (state: 'open' | 'lost'): void => {
      connection = state;
    };
    for await (const event of client.followEvents(goalId, { until: 'finished', signal: stopped, onConnection }))
      onEvent(event);
    ended = true;
    dirty = true;
    await reading;
    speech.clear();
    draw();
  } catch (error) {
    ended = true;
    dirty = false;
    throw error;
  } finally {
    stop.abort();
    await hearing;
    view.close();
  }
}

/** Who may not read steps does not hear what is said, and follows the goal all the same. */
async function hearSpeech(
  { client }: Session,
  goalId: string,
  { speech, signal }: { readonly speech: LiveSpeech; readonly signal: AbortSignal },
): Promise<void> {
  try {
    for await (const text of client.followText(goalId, { signal })) speech.hear(text);
  } catch {
    // Nothing depends on it.
  }
}

/** A server that is being restarted is no reason to stop looking; the stream says when it is back. */
async function readGoal(
  { client }: Session,
  goalId: string,
  earlier: { readonly goal: Goal; readonly tasks: readonly Task[] } | undefined,
) {
  try {
    const [goal, tasks] = await Promise.all([client.getGoal(goalId), client.listTasks(goalId)]);
    return { goal, tasks };
  } catch (error) {
    if (error instanceof ClientError && error.retryable) return earlier;
    throw error;
  }
}

function sayEnd({ terminal, paint, client }: Session, goal: Goal): void {
  if (!isGoalEnded(goal.state)) return;
  if (goal.failure !== undefined) {
    const where = goal.failure.taskKey === undefined ? '' : `${goal.failure.taskKey}: `;
    terminal.error(`${paint('red', goal.state)} ${where}${sayFailure(goal.failure)}\n`);
    terminal.error(`see: chorale goal explain ${goal.goalId}\n`);
  } else {
    if (Object.keys(goal.outputs ?? {}).length > 0)
      terminal.error(`outputs: ${cut(oneLine(JSON.stringify(goal.outputs)), outputsShownMax)}\n`);
    terminal.error(`${goal.goalId} ${goal.state}; ${client.baseUrl}/goals/${goal.goalId}\n`);
  }
}

async function sleep(durationMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, durationMs);
    signal.addEventListener('abort', done, { once: true });
  });
}
