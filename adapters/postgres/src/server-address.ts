// Where the database is: one server, or several of which one takes writes.
//
// `postgres://user:password@a:5432,b:5433/name?target_session_attrs=read-write`, as libpq reads it
// (https://www.postgresql.org/docs/15/libpq-connect.html). Several servers without the parameter mean the same: of servers
// that copy each other only one takes writes.
import { refused } from '@chorale/lib-errors';

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

export interface DatabaseAddress {
  readonly servers: readonly ServerAddress[];
  /** Only a server that takes writes will do. */
  readonly takesWrites: boolean;
  /** The address for the driver: one host, and nothing that is decided here. */
  readonly url: string;
  /** What the address itself says of TLS. */
  readonly tlsMode: string | undefined;
}

const form = /^(postgres(?:ql)?:\/\/)((?:[^@/?]*@)?)([^/?]*)(.*)$/;
const portDefault = 5432;

/** @throws `database-address-invalid`. */
export function readDatabaseAddress(address: string): DatabaseAddress {
  const [, scheme, user, hosts, rest] = form.exec(address) ?? [];
  if (scheme === undefined) throw invalid('It must begin with postgres://.');
  const servers = hosts!.split(',').map(readServer);
  const parsed = new URL(`http://host${rest}`);
  const wanted = parsed.searchParams.get('target_session_attrs');
  if (wanted !== null && !['any', 'read-write', 'primary'].includes(wanted))
    throw invalid(`target_session_attrs=${wanted} is not read-write, primary or any.`);
  const tlsMode = parsed.searchParams.get('sslmode') ?? undefined;
  for (const name of ['target_session_attrs', 'sslmode']) parsed.searchParams.delete(name);
  const [first] = servers;
  const named = first!.host.includes(':') ? `[${first!.host}]` : encodeURIComponent(first!.host);
  return {
    servers,
    takesWrites: servers.length > 1 || (wanted !== null && wanted !== 'any'),
    url: `${scheme}${user}${named}:${first!.port}${parsed.pathname}${parsed.search}`,
    tlsMode,
  };
}

function readServer(text: string): ServerAddress {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (bracketed === undefined && plain === undefined) throw invalid(`"${text}" is not HOST:PORT.`);
  const host = bracketed ?? decodeURIComponent(plain!);
  return { host: host === '' ? 'localhost' : host, port: port === undefined ? portDefault : Number(port) };
}

function invalid(message: string): unknown {
  return refused('database-address-invalid', `The address of the database cannot be read. ${message}`, {
    action: 'Give it as postgres://user:password@host:5432/name; several hosts are separated by commas.',
  });
}
