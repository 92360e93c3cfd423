// Keys that vendors mark: by their beginning, their signs and their length.
//
// Every pattern begins with fixed letters and repeats one class a bounded number of times, so that work stays linear.

import { secret, type Finding } from './finding.ts';
import { isWord } from './number-runs.ts';

const vendorKeys: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['aws', /(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9])/g],
  ['google', /AIza[\w-]{35}/g],
  ['google', /GOCSPX-[\w-]{28}/g],
  ['google', /ya29\.[\w-]{20,512}/g],
  ['azure', /[\w~.-]{3}[78]Q~[\w~.-]{31,34}/g],
  ['azure', /AccountKey=[A-Za-z0-9+/]{80,90}={0,2}/g],
  ['azure', /SharedAccessKey=[A-Za-z0-9+/]{40,50}={0,2}/g],
  ['azure', /sig=[A-Za-z0-9%]{43,80}(?:%3D|=)/g],
  ['github', /gh[pousr]_[A-Za-z0-9]{36,255}/g],
  ['github', /github_pat_\w{60,100}/g],
  ['gitlab', /gl(?:pat|dt|rt|cbt|ptt|oas|ft|soat)-[\w-]{20,64}/g],
  ['slack', /xox[abeoprs]-[A-Za-z0-9-]{10,250}/g],
  ['slack', /xapp-\d-[A-Za-z0-9-]{20,250}/g],
  ['slack', /hooks\.slack\.com\/(?:services|workflows)\/[\w/+-]{20,200}/g],
  ['stripe', /(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,255}/g],
  ['stripe', /whsec_[A-Za-z0-9+/=]{24,255}/g],
  ['anthropic', /sk-ant-[\w-]{20,255}/g],
  ['openai', /sk-(?:proj|svcacct|admin|None)-[\w-]{20,255}/g],
  ['openrouter', /sk-or-[\w-]{20,255}/g],
  ['openai', /sk-[A-Za-z0-9]{20,100}/g],
  ['hugging-face', /hf_[A-Za-z0-9]{30,64}/g],
  ['nvidia', /nvapi-[\w-]{40,100}/g],
  ['groq', /gsk_[A-Za-z0-9]{40,100}/g],
  ['xai', /xai-[A-Za-z0-9]{60,120}/g],
  ['perplexity', /pplx-[A-Za-z0-9]{32,100}/g],
  ['replicate', /r8_[A-Za-z0-9]{37,40}/g],
  ['npm', /npm_[A-Za-z0-9]{36}/g],
  ['pypi', /pypi-AgEI[\w-]{50,400}/g],
  ['twilio', /SK[0-9a-f]{32}/g],
  ['sendgrid', /SG\.[\w-]{16,32}\.[\w-]{32,64}/g],
  ['mailgun', /key-[0-9a-f]{32}/g],
  ['mailchimp', /[0-9a-f]{32}-us\d{1,2}/g],
  ['digitalocean', /do[opr]_v1_[0-9a-f]{64}/g],
  ['shopify', /shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}/g],
  ['square', /sq0(?:atp|csp|idp)-[\w-]{22,43}/g],
  ['telegram', /\d{8,10}:AA[\w-]{33}/g],
  ['discord', /[MNO][A-Za-z\d]{23,25}\.[\w-]{6}\.[\w-]{27,38}/g],
  ['databricks', /dapi[0-9a-f]{32}/g],
  ['linear', /lin_(?:api|oauth)_[A-Za-z0-9]{32,64}/g],
  ['notion', /(?:ntn_|secret_)[A-Za-z0-9]{40,60}/g],
  ['vault', /hv[sbr]\.[\w-]{24,300}/g],
  ['grafana', /glsa_[A-Za-z0-9]{32}_[0-9a-fA-F]{8}/g],
  ['new-relic', /NRA[KL]-[A-Z0-9]{27}/g],
  ['postman', /PMAK-[0-9a-f]{24}-[0-9a-f]{34}/g],
  ['doppler', /dp\.(?:pt|st|ct|sa)\.[\w.]{40,60}/g],
  ['age', /AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}/g],
  ['chorale', /chk_[A-Za-z0-9_-]{24,120}/g],
];

export function findVendorKeys(text: string): readonly Finding[] {
  const found: Finding[] = [];
  for (const [what, pattern] of vendorKeys) {
    for (const match of text.matchAll(pattern)) {
      const end = match.index + match[0].length;
      if (isWord(text, match.index - 1)) continue;
      // Of `AccountKey=...` only what stands behind the name is the secret.
      const name = /^(?:AccountKey|SharedAccessKey|sig)=/.exec(match[0])?.[0].length ?? 0;
      found.push(secret('vendor-key', what, [match.index + name, end]));
    }
  }
  return found;
}
