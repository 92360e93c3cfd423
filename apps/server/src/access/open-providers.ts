// The login providers of the configuration.
import { openOpenIdProvider } from '@chorale/adapter-identity';
import type { TenantId } from '@chorale/lib-ids';
import type { ProviderConfig } from '../config/access-config.ts';
import { readSecret } from '../config/read-secret.ts';
import { fetchOutside } from '../platform/fetch-outside.ts';
import type { ConfiguredProvider } from './identity-services.ts';

/** @throws refused `secret-missing`. */
export function openProviders(
  configured: readonly ProviderConfig[],
  env: NodeJS.ProcessEnv,
): readonly ConfiguredProvider[] {
  return configured.map(({ name, label, tenant, provision, roles, clientSecret, ...rest }) => ({
    name,
    label,
    rules: { tenantId: tenant as TenantId, provision, roles },
    provider: openOpenIdProvider({
      ...rest,
      // The issuer may be in a network of one's own; what it names besides may not.
      fetch: fetchOutside(new Set([new URL(rest.issuer).hostname])),
      ...(clientSecret === undefined
        ? {}
        : { clientSecret: readSecret(clientSecret, `The secret of the login provider ${name}`, env) }),
    }),
  }));
}
