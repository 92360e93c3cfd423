// Which browsers and addresses a user came in from before: what strangers do from elsewhere does not delay those.
import type { TenantId } from '@chorale/lib-ids';
import type { IdentityPorts } from './identity-ports.ts';
import { formatPlainToken, makeSecret, parsePlainToken, shortHash } from './token-text.ts';

export interface FromWhere {
  readonly address: string;
  /** What the browser keeps of an earlier login. */
  readonly device?: string;
}

export interface Devices {
  /** A name for the attempts that come from there; undefined where the user never came in from there. */
  recognize(tenantId: TenantId, userId: string, from: FromWhere): Promise<string | undefined>;
  /** What the browser is to keep. */
  remember(tenantId: TenantId, userId: string, from: FromWhere): Promise<string>;
}

export const rememberedMs = 180 * 24 * 3_600_000;

export function openDevices(ports: IdentityPorts): Devices {
  const { store, now } = ports;
  const deviceId = (tenantId: TenantId, userId: string, device: string | undefined): string | undefined => {
    const read = device === undefined ? undefined : parsePlainToken(device);
    return read?.tenantId === tenantId ? shortHash(ports, 'device', userId, read.secret) : undefined;
  };
  const addressId = (userId: string, address: string): string => shortHash(ports, 'address', userId, address);
  const isKnown = async (tenantId: TenantId, id: string): Promise<boolean> => {
    const found = await store.findRecord(tenantId, 'device', id);
    return found !== undefined && (found.expiresAt ?? 0) > now();
  };
  const keep = async (tenantId: TenantId, userId: string, id: string): Promise<void> => {
    const before = await store.findRecord(tenantId, 'device', id);
    const version = (before?.version ?? 0) + 1;
    const expiresAt = now() + rememberedMs;
    const record = { tenantId, kind: 'device' as const, id, userId, version, expiresAt, body: { seenAt: now() } };
    const write = before === undefined ? ('add' as const) : ('replace' as const);
    // Where another login was faster, it is remembered all the same.
    await store.execute({ command: 'write-identity', tenantId, writes: [{ write, record }] });
  };
  return {
    async recognize(tenantId, userId, { address, device }) {
      const byDevice = deviceId(tenantId, userId, device);
      if (byDevice !== undefined && (await isKnown(tenantId, byDevice))) return byDevice;
      const byAddress = addressId(userId, address);
      return (await isKnown(tenantId, byAddress)) ? byAddress : undefined;
    },
    async remember(tenantId, userId, { address, device }) {
      const known = deviceId(tenantId, userId, device);
      const token =
        known !== undefined && (await isKnown(tenantId, known))
          ? device!
          : formatPlainToken(tenantId, makeSecret(ports));
      await keep(tenantId, userId, deviceId(tenantId, userId, token)!);
      await keep(tenantId, userId, addressId(userId, address));
      return token;
    },
  };
}
