// Prepares a URL for git to clone from: judged, followed through its redirects, and tied to the addresses that were judged.

import { isIP } from 'node:net';
import { refused } from '@chorale/lib-errors';
import type { AddressGuard } from './address-guard.ts';
import { requestGuarded } from './guarded-request.ts';

export interface PreparedGitUrl {
  readonly url: string;
  /** Settings for git that keep it to the judged addresses. */
  readonly settings: readonly (readonly [key: string, value: string])[];
}

const supported = ['https:', 'http:', 'git:'];
const redirectsMax = 5;
const announcementBytesMax = 4_096;
const announcement = '/info/refs?service=git-upload-pack';

/** Throws what the guard throws, and refused `source-not-supported`. */
export async function prepareGitUrl(text: string, guard: AddressGuard, signal: AbortSignal): Promise<PreparedGitUrl> {
  const url = parse(text);
  if (url.protocol === 'git:') return { url: withAddress(url, await guard.resolve(url)), settings: [] };
  const last = await followRedirects(url, guard, signal);
  return { url: last.href, settings: pin(last, await guard.resolve(last)) };
}

function parse(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !supported.includes(url.protocol)) {
    throw refused(
      'source-not-supported',
      `${JSON.stringify(text)} cannot be cloned: only https, http and git URLs can.`,
      {
        action: 'For a source that needs a key, clone it yourself and give the path of the clone.',
      },
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw refused('source-not-supported', 'The URL holds a user name or password.', {
      action: 'Clone the repository yourself and give the path of the clone.',
    });
  }
  return url;
}

/** Git itself may not follow any: where it would go is not judged. */
async function followRedirects(url: URL, guard: AddressGuard, signal: AbortSignal): Promise<URL> {
  const base = url.href.replace(/\/+$/, '');
  const response = await requestGuarded(
    { url: new URL(base + announcement), method: 'GET', headers: { 'git-protocol': 'version=2' }, body: undefined },
    { guard, checkUrl: checkScheme, bytesMax: announcementBytesMax, redirectsMax, signal },
  );
  const { href } = response.url;
  return href.endsWith(announcement) ? new URL(href.slice(0, -announcement.length)) : url;
}

function checkScheme(url: URL): void {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw refused('source-not-supported', `The repository redirects to ${url.href}, which is no web address.`);
  }
}

/** `host:port:address,address` (CURLOPT_RESOLVE; git knows it since 2.37). */
function pin(url: URL, addresses: readonly string[]): PreparedGitUrl['settings'] {
  if (isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0) return [];
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return [['http.curloptResolve', `${url.hostname}:${port}:${addresses.join(',')}`]];
}

/** The git protocol has no such setting, and no certificate that would need the name. */
function withAddress(url: URL, addresses: readonly string[]): string {
  const address = addresses[0] as string;
  const host = isIP(address) === 6 ? `[${address}]` : address;
  return `git://${host}${url.port === '' ? '' : `:${url.port}`}${url.pathname}`;
}
