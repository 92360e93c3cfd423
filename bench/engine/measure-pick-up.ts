import { setTimeout as wait } from 'node:timers/promises';
import type { PickUp } from './contestant.ts';

/** Long enough for every engine here to have gone back to waiting. */
const idleMs = 25;

/**
 * Submits one task at a time to an idle engine. `submit` resolves when the engine has acknowledged it, and its task
 * calls `started` as its first act.
 */
export async function measurePickUp(samples: number, submit: (started: () => void) => Promise<void>): Promise<PickUp> {
  const fromCallMs: number[] = [];
  const fromAnswerMs: number[] = [];
  for (let sample = 0; sample < samples; sample++) {
    await wait(idleMs);
    let begin: (atMs: number) => void = () => {};
    const begun = new Promise<number>((resolve) => {
      begin = resolve;
    });
    const called = performance.now();
    await submit(() => begin(performance.now()));
    const answered = performance.now();
    const started = await begun;
    fromCallMs.push(started - called);
    fromAnswerMs.push(started - answered);
  }
  await wait(idleMs);
  return { fromCallMs, fromAnswerMs };
}
