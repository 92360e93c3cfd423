// What is read for a request, as long as somebody waits for its answer: whoever reads asks here until when.
//
// Invariants: AF1 what is read for several at once, or is kept for others, is read for nobody in particular (`forAll`).
import { AsyncLocalStorage } from 'node:async_hooks';

const asked = new AsyncLocalStorage<AbortSignal | undefined>();

/** Aborted when nobody waits for what is being read; undefined where somebody always does. */
export const askedFor = (): AbortSignal | undefined => asked.getStore();

export const readingUntil = <T>(signal: AbortSignal, work: () => T): T => asked.run(signal, work);

export const forAll = <T>(work: () => T): T => (asked.getStore() === undefined ? work() : asked.run(undefined, work));
