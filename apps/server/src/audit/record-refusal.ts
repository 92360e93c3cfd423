// Somebody who is known here tried what they may not. Who is not known is not written down at this place: anybody could fill
// the log with it.
import { ChoraleError } from '@chorale/lib-errors';
import type { FastifyRequest } from 'fastify';
import { actBy } from './act-by.ts';
import type { AuditRecorder } from './audit-recorder.ts';

/** Gives what is to be answered: the error, or why it could not be written down. */
export async function recordRefusal(audit: AuditRecorder, request: FastifyRequest, error: unknown): Promise<unknown> {
  const { caller, method, routeOptions } = request;
  if (!(error instanceof ChoraleError) || error.code !== 'not-permitted') return error;
  if ((caller?.tenantId ?? '') === '') return error;
  const operation = error.data?.['operation'];
  try {
    await audit.record({
      ...actBy({ caller, request }),
      what: typeof operation === 'string' ? operation : 'access',
      on: { kind: 'route', id: `${method} ${routeOptions.url ?? ''}` },
      decision: 'refused',
      reason: error.code,
    });
    return error;
  } catch (cause) {
    return cause;
  }
}
