// What the API has of identity.
import type { Identity } from '@chorale/module-access';

export interface IdentityServices extends Identity {
  /** Whether browsers reach this server over TLS: then cookies are for TLS alone. */
  readonly secure: boolean;
}
