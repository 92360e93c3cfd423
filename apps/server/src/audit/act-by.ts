// What every act of a request has: whose tenant, who, and which request.
import type { Caller } from '../api/caller.ts';
import type { RecordedAct } from './audit-recorder.ts';

interface Asking {
  readonly caller: Caller;
  readonly request: { readonly id: string };
}

export function actBy({ caller, request }: Asking): Pick<RecordedAct, 'tenantId' | 'who' | 'requestId'> {
  const { tenantId, kind, subject } = caller;
  return { tenantId, who: { kind, id: subject }, requestId: request.id };
}
