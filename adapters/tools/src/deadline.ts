// Work that ends when its time is over or when it is cancelled, whichever comes first.

import type { CancelSignal } from '@chorale/lib-time';

export async function withDeadline<T>(
  cancel: CancelSignal | undefined,
  timeoutMs: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const timer = setTimeout(abort, timeoutMs);
  if (cancel?.aborted === true) abort();
  cancel?.addEventListener('abort', abort);
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    cancel?.removeEventListener('abort', abort);
  }
}
