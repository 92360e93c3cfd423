// Who we are, in the words of each vendor. Keys stay in here: a deployment never holds one.

import type { ProviderKind } from '@chorale/module-models';
import type { AwsCredentials } from './provider-config.ts';

/** How we are known at a provider. */
export interface ProviderAccount {
  readonly apiKey?: string | undefined;
  /** Instead of a key; `region` is where requests are signed for. */
  readonly aws?: AwsCredentials | undefined;
  readonly region?: string | undefined;
  /** Sent with every request, such as an organisation. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

const anthropicVersion = '2023-06-01';

export function authHeaders(kind: ProviderKind, account: ProviderAccount | undefined): Record<string, string> {
  const key = account?.apiKey;
  const own = account?.headers ?? {};
  if (kind === 'anthropic') {
    return { 'anthropic-version': anthropicVersion, ...(key === undefined ? {} : { 'x-api-key': key }), ...own };
  }
  if (key === undefined) return { ...own };
  return kind === 'google' ? { 'x-goog-api-key': key, ...own } : { authorization: `Bearer ${key}`, ...own };
}
