// A goal's progress for a person at a terminal: a line for each task that ended, and on a terminal one line below that
// says what runs now and what it last printed.

import type { GoalEvent, Json, Task } from '@chorale/module-goals';

export interface ProgressOutput {
  /** Whether lines can be written over. */
  readonly isTTY: boolean;
  readonly columns: number;
  write(text: string): void;
}

interface RunningTask {
  readonly since: number;
  said: string;
}

const marks: { readonly [state: string]: string } = { succeeded: '✓', failed: '✗', cancelled: '–', skipped: '–' };
const keyWidth = 16;

export class ProgressView {
  readonly #output: ProgressOutput;
  readonly #now: () => number;
  readonly #running = new Map<number, RunningTask & { readonly key: string }>();
  #statusShown = false;

  constructor(output: ProgressOutput, now: () => number) {
    this.#output = output;
    this.#now = now;
  }

  onEvent({ type, taskNo, at, data }: GoalEvent): void {
    const key = textOf(data['key']);
    if (type === 'task-started' && taskNo !== undefined) {
      this.#running.set(taskNo, { key, since: at, said: '' });
      if (!this.#output.isTTY)
        this.#line(`  ▸ ${key}${Number(data['attempt']) > 1 ? ` (attempt ${textOf(data['attempt'])})` : ''}`);
    } else if (taskNo !== undefined && (type === 'task-finished' || type === 'task-waiting' || type === 'task-lost')) {
      this.#onTaskLeft(type, { taskNo, key, at, data });
    } else if (type === 'approval-requested') this.#line(`  ? ${key} asks a person: see the page`);
    this.showStatus();
  }

  #onTaskLeft(
    type: 'task-finished' | 'task-waiting' | 'task-lost',
    { taskNo, key, at, data }: { taskNo: number; key: string; at: number; data: GoalEvent['data'] },
  ): void {
    const since = this.#running.get(taskNo)?.since;
    this.#running.delete(taskNo);
    if (type === 'task-lost') return this.#line(`  ↻ ${key.padEnd(keyWidth)} its process ended; it is done again`);
    if (type === 'task-waiting') {
      if (since !== undefined) this.#line(`  … ${key.padEnd(keyWidth)} waits: ${textOf(data['reason'])}`);
      return;
    }
    const state = textOf(data['state']);
    const took = since === undefined ? '' : `${((at - since) / 1_000).toFixed(1)} s`;
    const failure = data['failure'] as { readonly message?: string } | undefined;
    const why = failure?.message === undefined ? '' : `  ${failure.message.split('\n')[0] ?? ''}`;
    this.#line(
      `  ${marks[state] ?? '·'} ${key.padEnd(keyWidth)} ${took.padStart(7)}${state === 'succeeded' ? '' : `  ${state}`}${why}`,
    );
  }

  onProgress({ no }: Pick<Task, 'no'>, line: string): void {
    const task = this.#running.get(no);
    if (task === undefined) return;
    task.said = line.trim();
    this.showStatus();
  }

  /** Called now and then as well, because the seconds go on. */
  showStatus(): void {
    if (!this.#output.isTTY || this.#running.size === 0) return;
    const parts = [...this.#running.values()].map(
      ({ key, since }) => `${key} ${Math.max(0, Math.round((this.#now() - since) / 1_000))} s`,
    );
    const said = [...this.#running.values()].findLast((task) => task.said !== '')?.said ?? '';
    const text = printable(`  ⋯ ${parts.join(', ')}${said === '' ? '' : `  — ${said}`}`);
    this.#output.write(`\r\u001B[2K${text.slice(0, Math.max(20, this.#output.columns - 1))}`);
    this.#statusShown = true;
  }

  end(): void {
    this.#running.clear();
    this.#clearStatus();
  }

  #line(text: string): void {
    this.#clearStatus();
    this.#output.write(`${printable(text)}\n`);
  }

  #clearStatus(): void {
    if (this.#statusShown) this.#output.write('\r\u001B[2K');
    this.#statusShown = false;
  }
}

/** What a task prints may come from the repository it looks at: nothing in it may steer the terminal. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ');
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}
