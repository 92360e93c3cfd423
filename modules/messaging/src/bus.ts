// The port to what carries words between processes. It wakes and hastens, and nothing else: whatever is said over it is in
// the rows, or is of no use a moment later. Rules BU1 to BU6 of SPEC.md; implementations pass `bus.contract.ts`.
import type { Json } from '@chorale/module-goals';

/** Four words, as in `default.goal_1.task_2.wake`; see `routing-key.ts`. */
export type RoutingKey = string;

export interface BusMessage {
  readonly key: RoutingKey;
  readonly body: Json;
}

export interface Subscribe {
  /** Words, `*` for any one and `#` for any number of them. */
  readonly pattern: RoutingKey;
  /** Of those who subscribe with one name, each message goes to one; without a name, everyone gets each. */
  readonly shared?: string;
  /** Messages given to the handler and not yet done with. */
  readonly inHandMax?: number;
  /** A rejection is told to `onError`, and the message is not given again. */
  readonly handle: (message: BusMessage) => void | Promise<void>;
}

export interface PublishOptions {
  /** 0, the least, to 9. */
  readonly priority?: number;
  /** Whoever has not got it by then does not need it. */
  readonly expiresMs?: number;
}

export interface Bus {
  /** Resolves when the bus has it; rejects as temporary with `bus-unavailable` at once where there is none now. */
  publish(key: RoutingKey, body: Json, options?: PublishOptions): Promise<void>;
  /** Holds over every loss of the connection. Resolves when it takes effect, or with the next connection. */
  subscribe(subscription: Subscribe): Promise<() => Promise<void>>;
  /** Answers what is asked under the name; several processes may, and each question goes to one of them. */
  serve(name: string, answer: (question: Json) => Json | Promise<Json>): Promise<() => Promise<void>>;
  /** Rejects as temporary with `bus-unavailable` or `bus-timeout`, and with what the answering side threw. */
  request(name: string, question: Json, options: { readonly timeoutMs: number }): Promise<Json>;
  /** False while it reaches no other process. */
  readonly isUp: boolean;
  /** Told when it comes and goes: who comes back has missed something. */
  onChange(listener: (isUp: boolean) => void): () => void;
  close(): Promise<void>;
}

/** Characters of a body as JSON. */
export const busBodyLengthMax = 256 * 1024;
/** Messages a handler has in hand, where the subscription does not say. */
export const inHandDefault = 64;
/** What waits for a handler; beyond, the oldest are dropped: they are hints. */
export const waitingMax = 10_000;
