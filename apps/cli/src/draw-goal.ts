// One goal as lines: a head, then a line for each task, the busy ones first where not all fit.
import { type Goal, isTaskEnded, type Task } from '@chorale/lib-client';
import { formatDuration } from './format.ts';
import { arrangeTasks, noteOf, progressOf, timeOf } from './goal-table.ts';
import { colourOf, type Paint } from './style.ts';
import { cut, oneLine, widthOf } from './text-width.ts';

export interface DrawOptions {
  readonly now: number;
  readonly paint: Paint;
  readonly connection: 'open' | 'lost';
  /** How many lines there are at most. */
  readonly rows: number;
}

const marks: Readonly<Record<Task['state'], string>> = {
  waiting: '·',
  ready: '○',
  running: '●',
  sleeping: '◌',
  blocked: '?',
  held: '‖',
  succeeded: '✓',
  failed: '✗',
  skipped: '-',
  cancelled: '-',
};

const keyWidthMax = 24;
const stateWidth = 9;
const timeWidth = 7;

export function drawGoal(
  { goal, tasks }: { readonly goal: Goal; readonly tasks: readonly Task[] },
  { now, paint, connection, rows }: DrawOptions,
): (width: number) => readonly string[] {
  const shown = arrangeTasks(tasks).filter((task) => !task.compensates || task.startedAt !== undefined);
  return (width) => {
    const ran = formatDuration((goal.finishedAt ?? now) - goal.createdAt);
    const head = cut(`${progressOf(goal)}  ${ran}  ${oneLine(goal.title)}`, width - goal.state.length - 2);
    const lost = connection === 'lost' ? [paint('yellow', cut('connection lost, trying again', width))] : [];
    const { lines, left } = choose(shown, rows - 2 - lost.length);
    const keyWidth = Math.min(keyWidthMax, Math.max(4, ...lines.map((task) => widthOf(task.key))));
    const body = lines.map((task) => drawTask(task, { width, keyWidth, now, paint }));
    const more = left > 0 ? [paint('dim', `  and ${left} more tasks`)] : [];
    return [`${paint(colourOf(goal.state), goal.state)}  ${head}`, ...body, ...more, ...lost];
  };
}

function drawTask(
  task: Task,
  {
    width,
    keyWidth,
    now,
    paint,
  }: { readonly width: number; readonly keyWidth: number; readonly now: number; readonly paint: Paint },
): string {
  const key = cut(oneLine(task.key), keyWidth);
  const space = ' '.repeat(keyWidth - widthOf(key));
  const state = task.state.padEnd(stateWidth);
  const time = timeOf(task, now).padStart(timeWidth);
  const noteWidth = width - (2 + keyWidth + 1 + stateWidth + 1 + timeWidth + 2) - 1;
  const note = noteWidth < 8 ? '' : cut(oneLine(noteOf(task)), noteWidth);
  const colour = colourOf(task.state);
  const line = `${paint(colour, marks[task.state])} ${key}${space} ${paint(colour, state)} ${time}`;
  return note === '' ? line.trimEnd() : `${line}  ${paint('dim', note)}`;
}

/** All when they fit; else those that are not over, before those that are. */
function choose(tasks: readonly Task[], rows: number): { readonly lines: readonly Task[]; readonly left: number } {
  const room = Math.max(1, rows);
  if (tasks.length <= room) return { lines: tasks, left: 0 };
  const rank = (task: Task): number => {
    if (task.state === 'failed') return 0;
    if (isTaskEnded(task.state)) return 3;
    return task.state === 'running' || task.state === 'blocked' ? 1 : 2;
  };
  const kept = new Set(tasks.toSorted((left, right) => rank(left) - rank(right)).slice(0, room - 1));
  return { lines: tasks.filter((task) => kept.has(task)), left: tasks.length - kept.size };
}
