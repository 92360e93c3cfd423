// Changes keys in the background, row by row, while secrets are read and put.
//
// Invariants: SB1 what a key that is not the newest has sealed or wrapped is brought to the newest one within a beat, however
//                 often it breaks off; until then, both open.
import { Beat, type BeatPorts } from '../process/beat.ts';
import type { SecretServices } from './open-secrets.ts';

const everyMs = 60_000;

export function rekeySecrets({ vault, store }: Pick<SecretServices, 'vault' | 'store'>, ports: BeatPorts): Beat {
  return new Beat(ports, {
    name: 'secret keys',
    everyMs,
    complaint: 'secrets cannot be brought to the newest key',
    async round(isEnding) {
      for (const tenantId of await store.listTenants()) {
        let more = true;
        while (more && !isEnding()) {
          const report = await vault.rekey(tenantId);
          more = report.more;
          const { rewrapped, resealed, dropped } = report;
          if (rewrapped + resealed + dropped > 0)
            ports.log.info('secrets were brought to the newest key', {
              tenant: tenantId,
              rewrapped,
              resealed,
              dropped,
            });
        }
      }
    },
  });
}
