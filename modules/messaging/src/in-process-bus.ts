// The bus of one process: what is published is handed on at once, in memory.
import { refused, temporary, unreachable } from '@chorale/lib-errors';
import type { Json } from '@chorale/module-goals';
import { busBodyLengthMax, inHandDefault, waitingMax, type Bus, type BusMessage, type Subscribe } from './bus.ts';
import { keyMatches } from './routing-key.ts';

export interface InProcessBusOptions {
  readonly now: () => number;
  /** Runs the callback after the time; returns what takes it back. */
  readonly schedule: (delayMs: number, callback: () => void) => () => void;
  readonly onError: (error: unknown) => void;
}

interface Queued extends BusMessage {
  readonly priority: number;
  readonly expiresAt: number;
}

interface Listener {
  readonly subscription: Subscribe;
  readonly queue: Queued[];
  inHand: number;
}

type Answer = (question: Json) => Json | Promise<Json>;

export class InProcessBus implements Bus {
  readonly isUp = true;
  readonly #options: InProcessBusOptions;
  readonly #listeners = new Set<Listener>();
  readonly #answers = new Map<string, Answer[]>();
  /** Whose turn it is among those who share. */
  #turn = 0;
  #closed = false;

  constructor(options: InProcessBusOptions) {
    this.#options = options;
  }

  async publish(
    key: string,
    body: Json,
    { priority = 0, expiresMs = Infinity }: { readonly priority?: number; readonly expiresMs?: number } = {},
  ): Promise<void> {
    if (this.#closed) throw unavailable();
    checkBody(body);
    const message: Queued = { key, body, priority, expiresAt: this.#options.now() + expiresMs };
    for (const listener of this.#receivers(key)) {
      listener.queue.push(message);
      if (listener.queue.length > waitingMax) listener.queue.shift();
      this.#pump(listener);
    }
  }

  async subscribe(subscription: Subscribe): Promise<() => Promise<void>> {
    const listener: Listener = { subscription, queue: [], inHand: 0 };
    this.#listeners.add(listener);
    return async () => {
      this.#listeners.delete(listener);
      listener.queue.length = 0;
    };
  }

  async serve(name: string, answer: Answer): Promise<() => Promise<void>> {
    const answers = this.#answers.get(name) ?? [];
    this.#answers.set(name, [...answers, answer]);
    return async () => {
      const left = (this.#answers.get(name) ?? []).filter((other) => other !== answer);
      this.#answers.set(name, left);
    };
  }

  request(name: string, question: Json, { timeoutMs }: { readonly timeoutMs: number }): Promise<Json> {
    const answers = this.#answers.get(name) ?? [];
    this.#turn += 1;
    const answer = answers[this.#turn % Math.max(1, answers.length)];
    return new Promise((resolve, reject) => {
      const takeBack = this.#options.schedule(timeoutMs, () => reject(timedOut(name, timeoutMs)));
      if (this.#closed) reject(unavailable());
      // As on a broker, a name that nobody answers for looks like one whose owner is slow.
      if (answer === undefined) return;
      Promise.resolve()
        .then(() => answer(question))
        .then(resolve, reject)
        .finally(takeBack);
    });
  }

  onChange(_listener: (isUp: boolean) => void): () => void {
    return () => undefined;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#listeners.clear();
    this.#answers.clear();
  }

  #receivers(key: string): readonly Listener[] {
    const alone: Listener[] = [];
    const shared = new Map<string, Listener[]>();
    for (const listener of this.#listeners) {
      const { pattern, shared: name } = listener.subscription;
      if (!keyMatches(pattern, key)) continue;
      if (name === undefined) alone.push(listener);
      else shared.set(name, [...(shared.get(name) ?? []), listener]);
    }
    this.#turn += 1;
    return [...alone, ...[...shared.values()].flatMap((group) => group[this.#turn % group.length] ?? [])];
  }

  #pump(listener: Listener): void {
    const { handle, inHandMax = inHandDefault } = listener.subscription;
    while (listener.inHand < inHandMax && listener.queue.length > 0) {
      const message = takeMostUrgent(listener.queue);
      if (message.expiresAt <= this.#options.now()) continue;
      listener.inHand += 1;
      // Never within the call that published: on a broker it would not be either.
      void Promise.resolve()
        .then(() => handle({ key: message.key, body: message.body }))
        .catch(this.#options.onError)
        .finally(() => {
          listener.inHand -= 1;
          this.#pump(listener);
        });
    }
  }
}

function takeMostUrgent(queue: Queued[]): Queued {
  let best = 0;
  for (const [index, { priority }] of queue.entries()) if (priority > (queue[best]?.priority ?? 0)) best = index;
  const [message] = queue.splice(best, 1);
  return message ?? unreachable(undefined as never);
}

/** Throws `bus-body-too-long`. */
export function checkBody(body: Json): string {
  const text = JSON.stringify(body);
  if (text.length > busBodyLengthMax)
    throw refused('bus-body-too-long', `${text.length} characters; ${busBodyLengthMax} go over the bus.`);
  return text;
}

export function unavailable(cause?: unknown): Error {
  return temporary('bus-unavailable', 'The bus is not there now.', {
    retryAfterMs: 1_000,
    ...(cause === undefined ? {} : { cause }),
  });
}

export function timedOut(name: string, timeoutMs: number): Error {
  return temporary('bus-timeout', `Nobody answered ${name} within ${timeoutMs} ms.`);
}
