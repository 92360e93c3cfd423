// Amazon's signature of a request (Signature Version 4), made anew for each.

import { UpstreamFailure } from '@chorale/module-models';
import { AwsV4Signer } from 'aws4fetch';
import type { ProviderAccount } from './vendor-headers.ts';

interface SignedRequest {
  readonly account: ProviderAccount;
  readonly who: string;
  readonly url: string;
  readonly body: string;
}

/** What is to be sent besides the headers of the content; undefined for accounts with a key. */
export async function signRequest({
  account,
  who,
  url,
  body,
}: SignedRequest): Promise<Record<string, string> | undefined> {
  const { aws, region } = account;
  if (aws === undefined) return undefined;
  if (region === undefined)
    throw new UpstreamFailure('authentication', `${who}: a request can be signed only for a region; configure one`);
  const signer = new AwsV4Signer({ method: 'POST', url, body, service: 'bedrock', region, ...aws });
  const { headers } = await signer.sign();
  return Object.fromEntries([...headers].filter(([name]) => name !== 'host'));
}
