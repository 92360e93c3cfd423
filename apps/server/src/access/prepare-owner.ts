// What must be so before others can reach the server: there is an owner, who can log in.
import { defaultTenant } from '@chorale/lib-ids';
import { refused } from '@chorale/lib-errors';
import type { Config } from '../config/config-schema.ts';
import { isLoopback } from '../config/load-config.ts';
import { readSecret } from '../config/read-secret.ts';
import type { IdentityServices } from './identity-services.ts';
import { ensureOwner } from './local-owner.ts';

/** @throws refused `owner-cannot-log-in`, `password-weak`, `secret-missing`. */
export async function prepareOwner(
  { users, passwords }: IdentityServices,
  config: Config,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const { id: userId, name: login } = await ensureOwner({ users });
  if (await passwords.isSet(defaultTenant, userId)) return;
  const { ownerPassword } = config.access;
  if (ownerPassword !== '') {
    const password = readSecret(ownerPassword, 'The first password of the owner', env);
    await passwords.set({ tenantId: defaultTenant, userId, login, password });
    return;
  }
  if (!isLoopback(config))
    throw refused(
      'owner-cannot-log-in',
      `${config.listen} can be reached by others, and the owner has no password yet.`,
      {
        action:
          'Start it once on 127.0.0.1 at a terminal, which prints one, or say where it is with --access-owner-password env:NAME or file:PATH.',
      },
    );
}
