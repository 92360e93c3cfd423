// Keeps requests made for an agent away from everything but the public Internet.
//
// A name is resolved once, every address it has is judged, and the connection is made to one of those very addresses:
// a name server that answers differently the second time changes nothing. (OWASP calls the attack SSRF, and this variant
// DNS rebinding.) Ranges: the IANA registries of special-purpose addresses (RFC 6890 and its updates).

import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { refused, temporary } from '@chorale/lib-errors';

const special4: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8], // this network; 0.0.0.0 reaches the host itself
  ['10.0.0.0', 8],
  ['100.64.0.0', 10], // shared by carriers; metadata services of some clouds
  ['127.0.0.0', 8],
  ['168.63.129.16', 32], // Azure's host
  ['169.254.0.0', 16], // link-local; the metadata services
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4], // reserved, and the broadcast address
];

/** Within 2000::/3, the only part of IPv6 that is public. */
const special6: readonly (readonly [network: string, prefix: number])[] = [
  ['2001::', 23], // protocols, Teredo among them: it carries IPv4 addresses
  ['2001:db8::', 32],
  ['2002::', 16], // 6to4: carries IPv4 addresses
  ['3fff::', 20],
];

function blockListOf(ranges: readonly (readonly [string, number])[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of ranges) list.addSubnet(network, prefix, family);
  return list;
}

const blocked4 = blockListOf(special4, 'ipv4');
const blocked6 = blockListOf(special6, 'ipv6');
const public6 = blockListOf([['2000::', 3]], 'ipv6');

/** IPv4 addresses inside IPv6 ones (mapped, compatible, NAT64) are not public here: none of them names a host of its own. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !blocked4.check(address, 'ipv4');
    case 6:
      // A zone (fe80::1%eth0) only exists on addresses that are not public.
      return !address.includes('%') && public6.check(address, 'ipv6') && !blocked6.check(address, 'ipv6');
    default:
      return false;
  }
}

/** All addresses of a name; rejects when there is none. */
export type ResolveName = (name: string) => Promise<readonly string[]>;

const resolveWithSystem: ResolveName = async (name) =>
  (await lookup(name, { all: true })).map(({ address }) => address);

export interface AddressGuard {
  /**
   * The addresses a URL's host may be reached at. Throws refused `address-not-allowed` when any of its addresses is
   * not allowed, and temporary `name-not-resolved`.
   */
  resolve(url: URL): Promise<readonly string[]>;
}

export interface AddressGuardOptions {
  readonly resolveName?: ResolveName;
  /** Default: public ones. */
  readonly allowsAddress?: (address: string) => boolean;
}

export function createAddressGuard(options: AddressGuardOptions = {}): AddressGuard {
  const { resolveName = resolveWithSystem, allowsAddress = isPublicAddress } = options;
  return {
    resolve: async (url) => {
      // The URL parser has made plain dotted IPv4 of every other notation (0x7f.1, 2130706433).
      const host = url.hostname.replace(/^\[|\]$/g, '');
      const addresses = isIP(host) === 0 ? await resolveOrThrow(host, resolveName) : [host];
      const forbidden = addresses.find((address) => !allowsAddress(address));
      if (forbidden !== undefined) {
        throw refused('address-not-allowed', `${url.host} leads to ${forbidden}, which is not a public address.`, {
          action: 'Use a public address; an installation may allow others in its settings.',
          data: { host: url.host },
        });
      }
      return addresses;
    },
  };
}

async function resolveOrThrow(host: string, resolveName: ResolveName): Promise<readonly string[]> {
  let addresses: readonly string[] = [];
  try {
    addresses = await resolveName(host);
  } catch (cause) {
    throw temporary('name-not-resolved', `The name ${host} could not be resolved.`, { cause });
  }
  if (addresses.length === 0) throw temporary('name-not-resolved', `The name ${host} has no address.`);
  return addresses;
}
