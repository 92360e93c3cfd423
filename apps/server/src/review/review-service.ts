// The main job: reviews a repository, shows its progress, puts the report where a person finds it, and leaves the
// server serving.

import type { Clock } from '@chorale/lib-time';
import type { AttemptRequest } from '@chorale/module-agents';
import { isGoalEnded, type Goal, type Json } from '@chorale/module-goals';
import type { Platform } from '../platform/open-platform.ts';
import type { Service } from '../process/service.ts';
import { followGoal } from './follow-goal.ts';
import { printable, ProgressView, type ProgressOutput } from './progress-view.ts';
import { saveReport } from './save-report.ts';
import { markSeen, repositoryOf, submitReview, type ReviewRequest } from './submit-review.ts';

export interface ReviewOptions {
  readonly request: ReviewRequest;
  readonly output: ProgressOutput;
  /** The process ends with the review. */
  readonly once: boolean;
  readonly clock: Clock;
  /** Called when the review has ended; whether well or not. */
  readonly onEnded: (succeeded: boolean) => void;
}

const statusEveryMs = 1_000;

export class ReviewService implements Service {
  readonly name = 'review';
  readonly #options: ReviewOptions;
  readonly #view: ProgressView;
  readonly #stop = new AbortController();
  #platform: Platform | undefined;
  #goal: Goal | undefined;

  constructor(options: ReviewOptions) {
    this.#options = options;
    this.#view = new ProgressView(options.output, () => options.clock.now());
  }

  /** Before `run`: the platform is opened with this service's `onProgress`. */
  use(platform: Platform): void {
    this.#platform = platform;
  }

  onProgress({ claimed }: AttemptRequest, line: string): void {
    if (claimed.task.goalId === this.#goal?.goalId) this.#view.onProgress(claimed.task, line);
  }

  async run(): Promise<void> {
    const { request, onEnded, output } = this.#options;
    const platform = this.#platform;
    if (platform === undefined) throw new Error('the review was run before it was given a platform');
    const { goal, existing } = await submitReview(platform.apiServices, request);
    this.#goal = goal;
    output.write(`${existing ? 'Going on with the review of' : 'Reviewing'} ${repositoryOf(goal)} (${goal.goalId})\n`);
    if (platform.url !== '') output.write(`  ${platform.url}/goals/${goal.goalId}\n`);
    const ended = await this.#follow(platform, goal);
    if (ended === undefined) output.write('\nStopped. The next start goes on with this review.\n');
    else onEnded(await this.#conclude(platform, ended));
    await this.#stopped();
  }

  async drain(): Promise<void> {
    await this.stop();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
  }

  async #follow({ store }: Platform, goal: Goal): Promise<Goal | undefined> {
    const { clock } = this.#options;
    const timer = setInterval(() => this.#view.showStatus(), statusEveryMs);
    try {
      return await followGoal(goal, {
        store,
        clock,
        onEvent: (event) => this.#view.onEvent(event),
        signal: this.#stop.signal,
      });
    } finally {
      clearInterval(timer);
      this.#view.end();
    }
  }

  /** Says how it ended and where the report is. */
  async #conclude({ store, artifacts, url }: Platform, goal: Goal): Promise<boolean> {
    const { output, once, request } = this.#options;
    const files = await saveReport(goal, { store, artifacts, directory: request.reports });
    const seconds = (((goal.finishedAt ?? goal.createdAt) - goal.createdAt) / 1_000).toFixed(1);
    output.write(`\n${goal.title}: ${goal.state} after ${seconds} s\n`);
    if (goal.failure !== undefined)
      output.write(
        `  ${goal.failure.message}${goal.failure.action === undefined ? '' : `\n  ${goal.failure.action}`}\n`,
      );
    const headline = textIn(goal.outputs?.['summary'], 'headline');
    if (headline !== undefined) output.write(`  ${headline}\n`);
    for (const line of sayFixed(goal.outputs?.['changes'])) output.write(`  ${line}\n`);
    for (const file of files) output.write(`  ${file}\n`);
    await markSeen(request.reports, goal.goalId);
    if (url !== '' && !once)
      output.write(
        `\nServing on ${url} until Ctrl-C; \`chorale access ticket\` prints an address that opens the page.\n`,
      );
    return isGoalEnded(goal.state) && goal.state === 'succeeded' && files.length > 0;
  }

  #stopped(): Promise<void> {
    const { signal } = this.#stop;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
  }
}

function textIn(value: Json | undefined, field: string): string | undefined {
  const found = (value as { readonly [name: string]: Json } | null | undefined)?.[field];
  return typeof found === 'string' ? printable(found) : undefined;
}

/** The headline counts what changed; what was fixed is worth its name. */
function sayFixed(changes: Json | undefined): readonly string[] {
  const { first, fixedNow } = (changes ?? {}) as { readonly first?: boolean; readonly fixedNow?: readonly Json[] };
  if (first === true) return ['This is the first review that is remembered of it: the next one says what changed.'];
  return (fixedNow ?? []).map((one) => `fixed: ${textIn(one, 'title') ?? ''}${inFile(textIn(one, 'file'))}`);
}

function inFile(file: string | undefined): string {
  return file === undefined ? '' : ` (${file})`;
}
