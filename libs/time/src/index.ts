// Time and its end as values: what pure code is handed instead of timers and AbortSignal, both of which fit by shape.

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Returns what takes the call back. */
  schedule(delayMs: number, callback: () => void): () => void;
}

/** Tells work to stop. An `AbortSignal` is one. */
export interface CancelSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
