// What keys for models do, in the audit log of their tenant: that a key is in use, and what it may not do.
//
// Each call has a record of its own, with its key. The log says who was let in: the first call of a key in each hour, before it is
// made; and each refusal of a key that is known, once a minute for each reason, so that a program that goes on asking does not
// fill the log.
//
// Owns: what was written lately, of each key.
import { ChoraleError } from '@chorale/lib-errors';
import type { Exclusion, ModelKey } from '@chorale/module-models';
import type { FastifyRequest } from 'fastify';
import type { AuditRecorder, RecordedAct } from '../audit/audit-recorder.ts';

export interface KeyActs {
  /** Resolves when it is in the log; undefined when it is there already. */
  used(key: ModelKey, request: FastifyRequest): Promise<void> | undefined;
  /** Gives what is to be answered: the error, or why it could not be written down. */
  refused(key: ModelKey, request: FastifyRequest, error: unknown): Promise<unknown>;
}

const usedEveryMs = 3_600_000;
const refusedEveryMs = 60_000;
const noticedMax = 10_000;

export function createKeyActs(audit: Pick<AuditRecorder, 'record'>, now: () => number): KeyActs {
  const noticed = new Map<string, number>();

  function isNew(name: string, everyMs: number): boolean {
    const at = now();
    const before = noticed.get(name);
    if (before !== undefined && at - before < everyMs) return false;
    if (noticed.size >= noticedMax) noticed.clear();
    noticed.set(name, at);
    return true;
  }

  const record = async (name: string, act: RecordedAct): Promise<void> => {
    try {
      await audit.record(act);
    } catch (error) {
      noticed.delete(name);
      throw error;
    }
  };

  return {
    used({ keyId, ...key }, request) {
      if (!isNew(keyId, usedEveryMs)) return undefined;
      return record(keyId, { ...actOf({ keyId, ...key }, request), decision: 'allowed' });
    },
    async refused(key, request, error) {
      const reason = reasonOf(error);
      const name = `${key.keyId} ${reason}`;
      if (reason === undefined || !isNew(name, refusedEveryMs)) return error;
      try {
        await record(name, { ...actOf(key, request), decision: 'refused', reason });
        return error;
      } catch (cause) {
        return cause;
      }
    },
  };
}

function actOf(
  { tenantId, keyId, prefix, createdBy }: ModelKey,
  request: FastifyRequest,
): Omit<RecordedAct, 'decision'> {
  return {
    tenantId,
    who: { kind: 'key', id: keyId },
    what: 'model.use',
    on: { kind: 'route', id: `${request.method} ${request.routeOptions.url ?? ''}` },
    requestId: request.id,
    detail: { key: prefix, owner: createdBy },
  };
}

/** Undefined for what is no question of what the key may do. */
function reasonOf(error: unknown): string | undefined {
  if (!(error instanceof ChoraleError)) return undefined;
  if (error.code === 'model-key-invalid' || error.code === 'tenant-suspended') return error.code;
  if (error.code !== 'no-deployment') return undefined;
  const excluded = (error.data?.['excluded'] ?? []) as readonly { readonly why?: Exclusion }[];
  return excluded.some(({ why }) => why === 'not-allowed-by-key') ? 'not-allowed-by-key' : undefined;
}
