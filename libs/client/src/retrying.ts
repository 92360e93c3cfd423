// Sends a request again where that is safe and the server says that it may help: a process is replaced, or has too much to do.
import type { Fetch } from './request.ts';

const statuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const pauseMsMin = 100;
const pauseMsMax = 5_000;

/**
 * What may be sent again, of one client: so many at once, so many a second, and one for every few answers. A server that has too much
 * to do is then asked for a fifth more at most, and not for many times as much.
 */
const budgetMax = 200;
const budgetPerSecond = 10;
const budgetPerAnswer = 0.2;

interface RetryBudget {
  readonly answered: () => void;
  /** Takes one, if there is one. */
  readonly take: () => boolean;
}

function openBudget(): RetryBudget {
  let [left, countedAt] = [budgetMax, Date.now()];
  const add = (more: number): void => {
    left = Math.min(budgetMax, left + more);
  };
  return {
    answered: () => add(budgetPerAnswer),
    take() {
      const now = Date.now();
      add((budgetPerSecond * Math.max(0, now - countedAt)) / 1_000);
      countedAt = now;
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
}

/** For `forMs` after the first try, as far as the budget goes; then the last answer, or the last failure, is handed on. */
export function withRetries(fetchIt: Fetch, forMs: number): Fetch {
  const budget = openBudget();
  return async (input, init) => {
    const until = Date.now() + forMs;
    for (let tries = 0; ; tries++) {
      const pauseMs = (0.5 + Math.random() / 2) * Math.min(pauseMsMin * 2 ** tries, pauseMsMax);
      const mayWait = (ms: number): boolean => isRepeatable(init) && Date.now() + ms < until && budget.take();
      let waitMs = pauseMs;
      try {
        const response = await fetchIt(input, init);
        waitMs = Math.max(pauseMs, retryAfterMs(response));
        if (!statuses.has(response.status)) {
          budget.answered();
          return response;
        }
        if (!mayWait(waitMs)) return response;
        await response.body?.cancel();
      } catch (error) {
        if (init.signal?.aborted === true || !mayWait(waitMs)) throw error;
      }
      await pause(waitMs, init.signal);
    }
  };
}

/** What reads, what ends something, and what has a key by which the server knows it again. */
function isRepeatable({ method = 'GET', headers }: RequestInit): boolean {
  return method === 'GET' || method === 'DELETE' || new Headers(headers).has('idempotency-key');
}

/** RFC 9110, section 10.2.3; the servers of this product give seconds. */
function retryAfterMs(response: Response): number {
  const seconds = Number(response.headers.get('retry-after') ?? '0');
  return Number.isFinite(seconds) ? seconds * 1_000 : 0;
}

function pause(ms: number, signal: AbortSignal | null | undefined): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal?.addEventListener('abort', finish);
  });
}
