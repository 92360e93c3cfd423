// The sentences of an explanation.
import type { WaitCause } from '@chorale/lib-client';
import type { Task, TaskReason, Worker } from '@chorale/module-goals';

interface Facts {
  readonly causes: readonly WaitCause[];
  readonly worker: Worker | undefined;
  readonly question?: string;
  readonly now: number;
}

export function sayTask(task: Task, facts: Facts): string {
  switch (task.state) {
    case 'waiting':
      return sayWaiting(task.reason, facts);
    case 'ready':
      return `Ready for ${sayDuration(facts.now - (task.readyAt ?? facts.now))}; waits for a worker that may take it.`;
    case 'running':
      return `${sayRunning(task, facts)}${task.cancelRequested ? ' It has been asked to stop.' : ''}`;
    case 'sleeping':
      return `${saySleep(task)} for another ${sayDuration((task.wakeAt ?? facts.now) - facts.now)}.`;
    case 'held':
      return 'Would run, but the goal is paused.';
    case 'blocked':
      return sayBlocked(task, facts);
    case 'succeeded':
      return `Succeeded${sayRan(task)}${task.attempt > 1 ? ` at attempt ${task.attempt}` : ''}.`;
    case 'failed':
      return `Failed${sayRan(task)}${task.attempt > 1 ? ` after ${task.attempt} attempts` : ''}: ${sayFailure(task)}`;
    case 'skipped':
    case 'cancelled':
      return `${task.state === 'skipped' ? 'Skipped' : 'Cancelled'}${sayWhy(task.reason)}.`;
  }
}

function sayWaiting(reason: TaskReason | undefined, { causes }: Facts): string {
  if (causes.length > 0) return `Waits for ${sayNames(causes)}.`;
  if (reason === 'item-limit') return 'Waits for a place among the items that are worked on at once.';
  if (reason === 'compensation') return 'Runs only to make up for the failure of another task.';
  if (reason === 'start-time') return 'Waits for the start time of the goal.';
  return 'Waits to be let go.';
}

function sayRunning(task: Task, { worker, now }: Facts): string {
  const since = sayDuration(now - (task.startedAt ?? now));
  const again = task.attempt > 1 ? `, attempt ${task.attempt}` : '';
  if (worker === undefined) return `Runs for ${since}${again}, but its worker is gone: it will be taken over.`;
  if (worker.leaseUntil <= now)
    return `Runs for ${since}${again}, but worker ${worker.name} has gone silent: it will be taken over.`;
  return `Runs for ${since} on ${worker.name}${again}.`;
}

function saySleep({ reason, failure, failures }: Task): string {
  if (reason !== 'retry') return 'Sleeps';
  const why = failure === undefined ? '' : ` (${failure.message.replace(/\.$/, '')})`;
  return `Failed ${failures === 1 ? 'once' : `${failures} times`}${why} and waits before the next try`;
}

function sayBlocked(task: Task, { causes, question = 'an approval' }: Facts): string {
  const { reason } = task;
  if (reason === 'approval') return `Waits for a person to answer: ${question}`;
  if (reason === 'uncertain-step') {
    return `A call's outcome is unknown and it may not be repeated; waits for a person: ${question}`;
  }
  if (reason === 'signal') return `Waits for the signal ${task.key}.`;
  if (reason === 'sub-goal') return `Waits for the sub-goal ${task.waitsFor ?? ''}.`;
  if (reason === 'items') return `Waits for its items: ${task.needsLeft} have not ended.`;
  return `Blocked${causes.length === 0 ? '' : ` on ${sayNames(causes)}`}.`;
}

const whyEnded: { readonly [Reason in TaskReason]?: string } = {
  'when-false': ': its condition was false',
  'need-skipped': ': something it needs was skipped',
  'race-lost': ': another of the tasks it raced with was first',
  'goal-failed': ': the goal failed',
  'goal-cancelled': ': the goal was cancelled',
  'skipped-by-person': ' by a person',
  removed: ': it was removed from the plan',
  rejected: ': a person rejected it',
  compensation: ': nothing had to be compensated',
};

function sayWhy(reason: TaskReason | undefined): string {
  return reason === undefined ? '' : (whyEnded[reason] ?? ` (${reason})`);
}

function sayFailure({ failure, reason }: Task): string {
  if (failure === undefined) return reason === 'rejected' ? 'a person rejected it.' : 'no reason was recorded.';
  const { message, code, action } = failure;
  const said = `${message.replace(/\.$/, '')} (${code})`;
  return action === undefined ? `${said}.` : `${said}. ${asSentence(action)}`;
}

function asSentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`;
}

function sayRan({ startedAt, finishedAt }: Task): string {
  return startedAt === undefined || finishedAt === undefined ? '' : ` after ${sayDuration(finishedAt - startedAt)}`;
}

function sayNames(causes: readonly WaitCause[]): string {
  const [first, second, ...rest] = causes.map(
    (cause) => `${cause.name ?? cause.kind}${cause.state === undefined ? '' : ` (${cause.state})`}`,
  );
  if (first === undefined) return '';
  if (second === undefined) return first;
  return rest.length === 0 ? `${first} and ${second}` : `${first}, ${second} and ${rest.length} more`;
}

/** Two units at most: `340 ms`, `12 s`, `3 min 20 s`, `2 h 5 min`, `4 d 3 h`. */
export function sayDuration(durationMs: number): string {
  const ms = Math.max(0, Math.round(durationMs));
  if (ms < 1000) return `${ms} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return join(minutes, 'min', [seconds % 60, 's']);
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? join(hours, 'h', [minutes % 60, 'min']) : join(Math.floor(hours / 24), 'd', [hours % 24, 'h']);
}

function join(value: number, unit: string, [rest, restUnit]: readonly [number, string]): string {
  return rest === 0 ? `${value} ${unit}` : `${value} ${unit} ${rest} ${restUnit}`;
}
