import type { ReactNode } from 'react';
import { useNow } from './clock.ts';
import { formatAge, formatDuration, formatElapsed, formatInstant } from './format.ts';

/** How long ago, growing as one looks; the full date is its title. */
export function Age({ at }: { readonly at: number }): ReactNode {
  const now = useNow();
  return (
    <time dateTime={new Date(at).toISOString()} title={formatInstant(at)}>
      {formatAge(now - at)}
    </time>
  );
}

/** How long something took, or has been going on. */
export function Took({ from, to }: { readonly from: number; readonly to: number | undefined }): ReactNode {
  return to === undefined ? (
    <Running from={from} />
  ) : (
    <span title={formatInstant(from)}>{formatDuration(to - from)}</span>
  );
}

function Running({ from }: { readonly from: number }): ReactNode {
  return <span title={formatInstant(from)}>{formatElapsed(useNow() - from)}</span>;
}

/** How long until something happens by itself. */
export function Until({ at }: { readonly at: number }): ReactNode {
  const leftMs = at - useNow();
  return (
    <time dateTime={new Date(at).toISOString()} title={formatInstant(at)}>
      {leftMs <= 0 ? 'now' : `in ${formatElapsed(leftMs)}`}
    </time>
  );
}
