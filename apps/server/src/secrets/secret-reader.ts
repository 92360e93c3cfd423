// Reads what the configuration refers to: `env:NAME` a variable, `file:PATH` a file, `secret:NAME` a secret that was put. What
// was read is hidden from then on wherever it turns up.
import { defaultTenant } from '@chorale/lib-ids';
import { parseReference } from '@chorale/module-access';
import type { AuditRecorder } from '../audit/audit-recorder.ts';
import { readSecret } from '../config/read-secret.ts';
import type { SecretServices } from './open-secrets.ts';

/** `what` begins the sentence that refuses. @throws refused `secret-missing`, `secret-not-found`. */
export type SecretReader = (reference: string, what: string) => Promise<string>;

export interface SecretReaderPorts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly secrets: Pick<SecretServices, 'vault' | 'redactors'>;
  readonly audit: Pick<AuditRecorder, 'record'>;
}

export function createSecretReader({ env, secrets, audit }: SecretReaderPorts): SecretReader {
  const { vault, redactors } = secrets;
  const used = new Map<string, string>();
  return async (reference, what) => {
    const name = parseReference(reference);
    if (name === undefined) {
      const value = readSecret(reference, what, env);
      redactors.learn({ name: reference.replace(/^file:.*\//, 'file:'), value });
      return value;
    }
    const value = await vault.reveal(defaultTenant, name);
    redactors.learn({ name, value });
    // Providers are asked again and again: what is worth a line is the first time, and a new value.
    if (used.get(`${name} ${what}`) !== value) {
      const [who, on] = [
        { kind: 'system', id: 'configuration' },
        { kind: 'secret', id: name },
      ];
      await audit.record({
        tenantId: defaultTenant,
        who,
        what: 'secret.use',
        on,
        decision: 'allowed',
        detail: { what },
      });
      used.set(`${name} ${what}`, value);
    }
    return value;
  };
}

/** All of a record, such as the headers of a server. */
export async function readAll(
  references: Readonly<Record<string, string>>,
  read: (reference: string, name: string) => Promise<string>,
): Promise<Readonly<Record<string, string>>> {
  const values = Object.entries(references).map(
    async ([name, reference]) => [name, await read(reference, name)] as const,
  );
  return Object.fromEntries(await Promise.all(values));
}
