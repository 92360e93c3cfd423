// What PostgreSQL reports, as an error that says what to do. Its codes:
// https://www.postgresql.org/docs/15/errcodes-appendix.html
import { fromErrorRecord, refused, temporary, toErrorRecord, type ErrorRecord } from '@chorale/lib-errors';

function codeOf(cause: unknown): string {
  return (cause as { code?: string } | undefined)?.code ?? '';
}

/** Another transaction was in the way: a deadlock, a serialization failure, a key inserted at the same time. */
export function isTransient(cause: unknown): boolean {
  return ['40P01', '40001', '55P03', '23505'].includes(codeOf(cause));
}

/** Data that the database will not take: constraints and values it cannot hold. */
export function isOneCommandsFault(cause: unknown): boolean {
  return /^2[23]/.test(codeOf(cause));
}

export function storeError(cause: unknown): ErrorRecord {
  const code = codeOf(cause);
  if (cause instanceof Error && 'family' in cause) return toErrorRecord(cause);
  const message = cause instanceof Error ? cause.message : String(cause);
  if (code === '23505')
    return toErrorRecord(refused('row-exists', `The store has such a row already: ${message}`, { cause }));
  if (isOneCommandsFault(cause))
    return toErrorRecord(refused('value-not-storable', `PostgreSQL cannot keep this: ${message}`, { cause }));
  if (code === '53100')
    return toErrorRecord(
      temporary('disk-full', `The disk of the database is full: ${message}`, { cause, retryAfterMs: 5_000 }),
    );
  return toErrorRecord(
    temporary('store-unavailable', `The database could not do it: ${message}`, { cause, retryAfterMs: 1_000 }),
  );
}

/** Reads whose failures say what to do, as those of commands do: a connection that was lost is worth another try. */
export function withStoreErrors<Reads extends object>(reads: Reads): Reads {
  const wrapped = Object.entries(reads).map(([name, read]: [string, (...given: unknown[]) => unknown]) => [
    name,
    async (...given: unknown[]) => {
      try {
        return await read(...given);
      } catch (cause) {
        // What has no code comes from neither the database nor the way to it.
        if (codeOf(cause) === '') throw cause;
        throw fromErrorRecord(storeError(cause));
      }
    },
  ]);
  return Object.fromEntries(wrapped) as Reads;
}
