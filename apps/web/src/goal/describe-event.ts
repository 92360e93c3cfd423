// An event in words, for the timeline.
import type { EventType, GoalEvent, Json, Task } from '@chorale/lib-client';
import type { Tone } from '../status/tone.ts';
import { nameOf, sayReason } from './task-words.ts';

export interface EventWords {
  readonly tone: Tone;
  /** What it happened to; empty for the goal itself. */
  readonly subject: string;
  readonly text: string;
}

type Describe = (data: GoalEvent['data']) => readonly [Tone, string];

const endings: Readonly<Record<string, readonly [Tone, string]>> = {
  succeeded: ['good', 'succeeded'],
  failed: ['bad', 'failed'],
  cancelled: ['idle', 'was cancelled'],
  skipped: ['idle', 'was skipped'],
};

const describers: Readonly<Record<EventType, Describe>> = {
  'goal-submitted': (data) => ['idle', `The goal was submitted with ${say(data.tasks)} tasks`],
  'goal-started': () => ['run', 'The goal started'],
  'goal-paused': (data) => ['idle', `The goal was paused${by(data)}`],
  'goal-resumed': (data) => ['run', `The goal was resumed${by(data)}`],
  'goal-cancelling': (data) => ['idle', `The goal is being cancelled${by(data)}`],
  'goal-failing': (data) => ['bad', `The goal is failing${failure(data)}`],
  'goal-reopened': (data) => ['run', `The goal was opened again${by(data)}`],
  'goal-reconciled': (data) => ['run', `What was done before the restore was said to be known${by(data)}`],
  'goal-finished': (data) => {
    const [tone, word] = endings[say(data.state)] ?? ['idle', say(data.state)];
    return [tone, `The goal ${word}${failure(data)}`];
  },
  'plan-changed': (data) => ['idle', `The plan became version ${say(data.version)}${by(data)}${because(data)}`],
  'task-added': () => ['idle', 'was added to the plan'],
  'task-started': (data) => ['run', data.attempt === 1 ? 'started' : `started, attempt ${say(data.attempt)}`],
  'task-waiting': (data) => [
    'idle',
    `${data.reason === undefined ? 'waits' : sayReason(say(data.reason))}${failure(data)}`,
  ],
  'task-finished': (data) => {
    const [tone, word] = endings[say(data.state)] ?? ['idle', say(data.state)];
    if (typeof data.reason === 'string') return [tone, sayReason(data.reason)];
    return [tone, `${word === '' ? 'ended' : word}${failure(data)}`];
  },
  'task-lost': (data) => ['bad', `lost its worker in attempt ${say(data.attempt)}`],
  'task-retried': (data) => ['run', `is tried again${data.input === 'edited' ? ' with edited input' : ''}${by(data)}`],
  'step-started': (data) => ['run', `began step ${say(data.step)}: ${say(data.name)}`],
  'step-finished': (data) => ['idle', `ended step ${say(data.step)}: ${say(data.name)}`],
  'approval-requested': () => ['ask', 'asks for a decision'],
  'approval-decided': (data) => [data.decision === 'rejected' ? 'bad' : 'good', `was ${say(data.decision)}${by(data)}`],
  'signal-received': () => ['good', 'received its signal'],
  'message-received': () => ['run', 'was told something'],
  'artifact-stored': (data) => ['idle', `made ${say(data.name)}`],
};

export function describeEvent(event: GoalEvent, task: Task | undefined): EventWords {
  const describe = describers[event.type] as Describe | undefined;
  const [tone, text] =
    describe === undefined ? (['idle', event.type.replaceAll('-', ' ')] as const) : describe(event.data);
  const key = typeof event.data.key === 'string' ? event.data.key : '';
  return { tone, text, subject: event.taskNo === undefined ? '' : task === undefined ? key : nameOf(task) };
}

function say(value: Json | undefined): string {
  return value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function by(data: GoalEvent['data']): string {
  const who = data.by ?? data.decidedBy;
  return who === undefined ? '' : ` by ${say(who)}`;
}

function because(data: GoalEvent['data']): string {
  return typeof data.reason === 'string' && data.reason !== '' ? `: ${data.reason}` : '';
}

function failure(data: GoalEvent['data']): string {
  const found = data.failure;
  if (found === null || typeof found !== 'object' || Array.isArray(found)) return '';
  const { message } = found as { readonly [key: string]: Json };
  return message === undefined ? '' : `: ${say(message)}`;
}
