// How this process shows itself to the database, the broker, the cache, the bucket and the key service, and whom it takes for
// them. They are all that the processes of a cluster speak to: there is no channel from one process to another.
//
// Invariants: SL1 a certificate that shows another name, or is by nobody that is trusted, ends the handshake, whatever the
//                 address asks for.
//             SL2 nothing is sent in plain to a host that is not this machine, unless the configuration says so.
//             SL3 files that are written again count from the next handshake on; what cannot be used leaves what was in use.
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { refused } from '@chorale/lib-errors';
import { ciphers, groups } from '../access/read-tls.ts';
import type { Config } from '../config/config-schema.ts';
import type { Log } from '../process/log.ts';

/** For every library that hands it on to `tls.connect`. */
export interface ServiceTls {
  readonly secureContext: SecureContext;
}

export interface ServiceLinks {
  /** For the services of this installation: trusts the authority that is named, or those that the system trusts. */
  readonly own: ServiceTls;
  /** For services that may be somebody else's as well: trusts both. */
  readonly any: ServiceTls;
}

/** What it takes to reach a service. */
export interface Linked {
  readonly config: Config;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
  readonly links: ServiceLinks;
}

type Files = Pick<Config['services'], 'ca' | 'cert' | 'key'>;

/** Throws refused `service-certificate-unreadable`. */
export function openServiceLinks(files: Files, log: Pick<Log, 'warn'>): ServiceLinks {
  const publicly = (): readonly string[] => getCACertificates('default');
  return {
    own: openTls(files, log, () => []),
    any: openTls(files, log, files.ca === '' ? () => [] : publicly),
  };
}

function openTls(files: Files, log: Pick<Log, 'warn'>, alsoTrusted: () => readonly string[]): ServiceTls {
  let seen = stampOf(files);
  let context = readContext(files, alsoTrusted());
  const renew = (): SecureContext => {
    try {
      const stamp = stampOf(files);
      if (stamp === seen) return context;
      context = readContext(files, alsoTrusted());
      seen = stamp;
    } catch (error) {
      log.warn('the certificate for services was not renewed; the one before stays in use', { error });
    }
    return context;
  };
  // Libraries keep the options they were opened with for all connections to come; what is in it is asked for at each.
  const secureContext: SecureContext = {
    get context(): unknown {
      return renew().context;
    },
  };
  return { secureContext };
}

function readContext({ ca, cert, key }: Files, alsoTrusted: readonly string[]): SecureContext {
  try {
    return createSecureContext({
      minVersion: 'TLSv1.2',
      ecdhCurve: groups,
      ciphers,
      ...(ca === '' ? {} : { ca: [readFileSync(ca, 'utf8'), ...alsoTrusted] }),
      ...(cert === '' ? {} : { cert: readFileSync(cert), key: readFileSync(key) }),
    });
  } catch (cause) {
    const named = [ca, cert, key].filter((path) => path !== '').join(', ');
    throw refused(
      'service-certificate-unreadable',
      `These cannot be used for services: ${named}: ${(cause as Error).message}`,
      {
        cause,
        action:
          'Name PEM files with --services-ca, --services-cert and --services-key; the key must be the certificate’s.',
      },
    );
  }
}

/** Changes when one of the files does; a file that is missing is not the file that was there. */
function stampOf({ ca, cert, key }: Files): string {
  return [ca, cert, key]
    .filter((path) => path !== '')
    .map((path) => `${statSync(path, { throwIfNoEntry: false })?.mtimeMs}`)
    .join(' ');
}

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** @throws refused `service-in-plain`. */
export function refusePlain(what: string, address: string, { plain }: Pick<Config['services'], 'plain'>): void {
  const host = hostOf(address);
  if (plain || loopback.test(host)) return;
  throw refused('service-in-plain', `${what} at ${host} would be spoken to in plain: whoever is between reads it.`, {
    action: `Give an address with TLS (${securely[new URL(address).protocol] ?? 'https://'}…), or say --services-plain.`,
  });
}

const securely: Readonly<Record<string, string>> = { 'amqp:': 'amqps://', 'redis:': 'rediss://' };

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).hostname : '';
}

/** `host:port` of each, or the folder of a socket; several are separated by commas, which no `URL` reads. */
const databaseForm = /^postgres(?:ql)?:\/\/(?:[^@/?]*@)?([^/?]*)/;

/**
 * How a database is reached: its address without what is said of TLS there, which is `verify-full` wherever there is TLS, and
 * that is everywhere but on this machine. @throws refused `service-in-plain`.
 */
export function linkDatabase(
  address: string,
  { plain, links }: { readonly plain: boolean; readonly links: Pick<ServiceLinks, 'own'> },
): { readonly url: string; readonly tls?: ServiceTls } {
  const mode = /[?&]sslmode=([^&]*)/.exec(address)?.[1];
  const url = address.replace(/([?&])sslmode=[^&]*&?/, '$1').replace(/[?&]$/, '');
  const hosts = (databaseForm.exec(url)?.[1] ?? '').split(',').map((host) => decodeURIComponent(host));
  const isHere = hosts.every((host) => host === '' || host.startsWith('/') || loopback.test(host.replace(/:\d+$/, '')));
  const asksForTls = mode !== undefined && !['disable', 'allow', 'prefer'].includes(mode);
  if (asksForTls || (mode !== 'disable' && !isHere && !plain)) return { url, tls: links.own };
  if (isHere || plain) return { url };
  throw refused('service-in-plain', `sslmode=${mode} would speak to the database at ${hosts.join(', ')} in plain.`, {
    action: 'Leave sslmode out: TLS is used wherever the database is not on this machine. Or say --services-plain.',
  });
}
