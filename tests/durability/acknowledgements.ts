// What a store said that it had written, kept where nothing that the trials do to its disk can reach.

import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { GoalId, WorkerId } from '@chorale/lib-ids';
import type { Command, GoalState } from '@chorale/module-goals';

interface OfTask {
  readonly goalId: GoalId;
  readonly taskNo: number;
  readonly attempt: number;
}

export type Acknowledgement =
  | { readonly said: 'submitted'; readonly goalId: GoalId; readonly tasks: number }
  | ({ readonly said: 'claimed' } & OfTask)
  | ({ readonly said: 'step-started' | 'step-ended' } & OfTask)
  | ({ readonly said: 'finished'; readonly output: string; readonly goal: GoalProgress } & OfTask);

export interface GoalProgress {
  readonly state: GoalState;
  readonly version: number;
  readonly eventSeq: number;
}

/** What the store did not take, and lives that were extended: for trials that look at how it refuses. */
export type Remark =
  | { readonly said: 'refused'; readonly command: Command['command']; readonly code: string; readonly message: string }
  | { readonly said: 'beat'; readonly workerId: WorkerId };

export type LogEntry = Acknowledgement | Remark;

export class AcknowledgementLog {
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, 'a');
  }

  /** One write of one line: what stops the process stops it before or after. */
  add(entry: LogEntry): void {
    writeSync(this.#file, `${JSON.stringify(entry)}\n`);
  }

  close(): void {
    closeSync(this.#file);
  }
}

export function readLog(path: string): readonly LogEntry[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as LogEntry);
}

export function isAcknowledgement(entry: LogEntry): entry is Acknowledgement {
  return entry.said !== 'refused' && entry.said !== 'beat';
}
