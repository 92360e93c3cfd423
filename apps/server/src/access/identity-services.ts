// What the API has of identity.
import type { Tokens } from '@chorale/adapter-identity';
import type { Identity, LoginProvider, ProviderRules } from '@chorale/module-access';

export interface ConfiguredProvider {
  readonly name: string;
  readonly label: string;
  readonly rules: ProviderRules;
  readonly provider: LoginProvider;
}

export interface IdentityServices extends Identity {
  readonly tokens: Tokens;
  readonly providers: readonly ConfiguredProvider[];
  /** Whether a password lets somebody in by itself. */
  readonly passwordsOpen: boolean;
  /** Where browsers find the page; empty: where they ask. */
  readonly publicUrl: string;
  /** Whether browsers reach this server over TLS: then cookies are for TLS alone. */
  readonly secure: boolean;
}
