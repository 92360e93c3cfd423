// A signal of our own that follows another one: what cuts a try off when its caller, its deadline or a faster try does.

import type { CancelSignal } from '@chorale/lib-time';

export interface CancelSource {
  readonly signal: CancelSignal;
  cancel(): void;
  /** Stops following; the signal stays as it is. */
  release(): void;
}

export function followSignal(parent: CancelSignal): CancelSource {
  const listeners = new Set<() => void>();
  let aborted = parent.aborted;
  const cancel = (): void => {
    if (aborted) return;
    aborted = true;
    parent.removeEventListener('abort', cancel);
    for (const listener of listeners) listener();
    listeners.clear();
  };
  if (!aborted) parent.addEventListener('abort', cancel);
  return {
    signal: {
      get aborted() {
        return aborted;
      },
      addEventListener: (_type, listener) => void (aborted ? listener() : listeners.add(listener)),
      removeEventListener: (_type, listener) => void listeners.delete(listener),
    },
    cancel,
    release: () => parent.removeEventListener('abort', cancel),
  };
}
