import type { LiveUpdates } from './live-updates.ts';

/** Long enough that a glance at another tab costs nothing. */
const restAfterMs = 60_000;

/**
 * Gives the connection back while nobody looks: a browser allows six per server, and a forgotten tab holds one.
 * When the page is shown again everything is read anew.
 */
export function restWhileHidden(
  live: Pick<LiveUpdates, 'start' | 'stop'>,
  page: Pick<Document, 'visibilityState' | 'addEventListener'> = document,
): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  page.addEventListener('visibilitychange', () => {
    clearTimeout(timer);
    if (page.visibilityState === 'visible') live.start();
    else timer = setTimeout(() => live.stop(), restAfterMs);
  });
}
