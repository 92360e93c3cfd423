// Somebody who is known here tried what they may not. Who is not known is not written down at this place: anybody could fill
// the log with it.
import { ChoraleError } from '@chorale/lib-errors';
import type { FastifyRequest } from 'fastify';
import { actBy } from './act-by.ts';
import type { AuditRecorder } from './audit-recorder.ts';

export async function recordRefusal(audit: AuditRecorder, request: FastifyRequest, error: unknown): Promise<void> {
  const { caller, method, routeOptions } = request;
  if (!(error instanceof ChoraleError) || error.code !== 'not-permitted') return;
  if ((caller?.tenantId ?? '') === '') return;
  const operation = error.data?.['operation'];
  await audit.record({
    ...actBy({ caller, request }),
    what: typeof operation === 'string' ? operation : 'access',
    on: { kind: 'route', id: `${method} ${routeOptions.url ?? ''}` },
    decision: 'refused',
    reason: error.code,
  });
}
