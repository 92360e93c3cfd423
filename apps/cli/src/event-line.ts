// One event as one line.
import type { GoalEvent, Json } from '@chorale/lib-client';
import { formatClock, formatDuration, formatTime } from './format.ts';
import { colourOf, type Paint } from './style.ts';
import { oneLine } from './text-width.ts';

export function formatEventLine(event: GoalEvent, paint: Paint): string {
  const state = textOf(event.data['state']) ?? textOf(event.data['outcome']);
  const subject =
    textOf(event.data['key']) ?? textOf(event.data['task']) ?? (event.taskNo === undefined ? '' : `#${event.taskNo}`);
  const rest = Object.entries(event.data)
    .filter(([key]) => key !== 'key' && key !== 'task' && key !== 'state' && key !== 'outcome')
    .map(([key, value]) => `${key}=${show(key, value)}`);
  const parts = [
    paint('dim', formatClock(event.at)),
    event.type.padEnd(18),
    subject,
    state === undefined ? '' : paint(colourOf(state), state),
    paint('dim', rest.join(' ')),
  ];
  return parts
    .filter((part) => part !== '')
    .join(' ')
    .trimEnd();
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? oneLine(value) : undefined;
}

const shownLengthMax = 160;

function show(key: string, value: Json): string {
  if (typeof value === 'number' && key.endsWith('Ms')) return formatDuration(value);
  if (typeof value === 'number' && (key === 'until' || key.endsWith('At'))) return formatTime(value);
  const text = oneLine(typeof value === 'string' ? value : JSON.stringify(value));
  return text.length <= shownLengthMax ? text : `${text.slice(0, shownLengthMax)}…`;
}
