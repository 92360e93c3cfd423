// Acts as a server reports them: one of five with a value that is kept by reference.

import type { TenantId } from '@chorale/lib-ids';
import type { Act, ActId } from '@chorale/module-access';

export const tenantId = 'bench' as TenantId;

export function makeAct(no: number): Act {
  return {
    tenantId,
    actId: `act_${no.toString().padStart(12, '0')}` as ActId,
    at: 1_800_000_000_000 + no,
    who: { kind: 'person', id: `person_${no % 97}` },
    what: no % 3 === 0 ? 'approval.answer' : 'goal.submit',
    on: { kind: 'goal', id: `goal_01k3v9c2m4x7t0q8r5s6${no % 1_009}` },
    decision: no % 11 === 0 ? 'refused' : 'allowed',
    requestId: `req_01k3v9c2m4x7t0q8r5s6${no}`,
    detail: { method: 'POST', policy: 3 },
    ...(no % 5 === 0 ? { personal: { address: { value: '203.0.113.7' } } } : {}),
  };
}
