// Things that are begun and finished once: a ticket for the page, a login under way at a provider, a passkey's challenge.
//
// Invariants: FL1 what was begun is taken once, by whoever asks first, before its time is over, for the purpose it was begun for.
import type { TenantId } from '@chorale/lib-ids';
import type { Flow } from './identity-record.ts';
import type { IdentityPorts } from './identity-ports.ts';
import { formatPlainToken, hashText, makeSecret, parsePlainToken } from './token-text.ts';

export interface BeginFlow {
  readonly tenantId: TenantId;
  readonly purpose: string;
  readonly data: Flow['data'];
  readonly lifeMs: number;
  readonly userId?: string;
}

export interface BegunFlow {
  readonly tenantId: TenantId;
  readonly data: Flow['data'];
}

export interface Flows {
  /** The text that finishes it. */
  begin(flow: BeginFlow): Promise<string>;
  /** Without taking it. */
  look(purpose: string, token: string): Promise<BegunFlow | undefined>;
  take(purpose: string, token: string): Promise<BegunFlow | undefined>;
  /** True the first time: what may happen once is remembered for as long as it could come again. */
  isFirst(tenantId: TenantId, once: string, lifeMs: number): Promise<boolean>;
}

export function openFlows(ports: IdentityPorts): Flows {
  const { store, now } = ports;
  const idOf = (token: string): string => hashText(ports, parsePlainToken(token)?.secret ?? '');
  const look: Flows['look'] = async (purpose, token) => {
    const tenantId = parsePlainToken(token)?.tenantId;
    const found = tenantId === undefined ? undefined : await store.findRecord(tenantId, 'flow', idOf(token));
    if (found === undefined || found.body.purpose !== purpose || (found.expiresAt ?? 0) <= now()) return undefined;
    return { tenantId: found.tenantId, data: found.body.data };
  };
  return {
    async begin({ tenantId, purpose, data, lifeMs, userId }) {
      const secret = makeSecret(ports);
      const record = {
        tenantId,
        kind: 'flow' as const,
        id: hashText(ports, secret),
        ...(userId === undefined ? {} : { userId }),
        version: 1,
        expiresAt: now() + lifeMs,
        body: { purpose, data },
      };
      await store.execute({ command: 'write-identity', tenantId, writes: [{ write: 'add', record }] });
      return formatPlainToken(tenantId, secret);
    },
    look,
    async take(purpose, token) {
      const found = await look(purpose, token);
      if (found === undefined) return undefined;
      const { tenantId } = found;
      const writes = [{ write: 'drop' as const, kind: 'flow' as const, id: idOf(token) }];
      return (await store.execute({ command: 'write-identity', tenantId, writes })).done ? found : undefined;
    },
    async isFirst(tenantId, once, lifeMs) {
      const record = {
        tenantId,
        kind: 'flow' as const,
        id: hashText(ports, `once ${once}`),
        version: 1,
        expiresAt: now() + lifeMs,
        body: { purpose: 'once', data: {} },
      };
      return (await store.execute({ command: 'write-identity', tenantId, writes: [{ write: 'add', record }] })).done;
    },
  };
}
