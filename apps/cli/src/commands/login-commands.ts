// `chorale login`, `logout` and `whoami`: under whose name this command asks a server.
import { hostname, userInfo } from 'node:os';
import type { Command } from 'commander';
import { askSecret } from '../ask-secret.ts';
import type { Cli } from '../cli.ts';
import { readCount } from '../read-options.ts';
import { openSavedKeys } from '../saved-keys.ts';
import type { CommonOptions, Session } from '../session.ts';
import { harmless } from '../text-width.ts';
import { UsageError } from '../usage-error.ts';

interface LoginOptions extends CommonOptions {
  readonly name?: string;
  readonly tenant?: string;
  readonly days?: string;
}

export function addLoginCommands(cli: Cli, program: Command): void {
  const login = cli
    .add(program, 'login', 'log in at a server with a password, and keep a key of it for this user')
    .option('--name <name>', 'who logs in; default: the name of this user')
    .option('--tenant <tenant>', 'where the account is')
    .option('--days <days>', 'how long the key is good; default 90');
  cli.run<[], LoginOptions>(login, async (session, { options }) => logIn(session, options));
  cli.run<[], CommonOptions>(
    cli.add(program, 'logout', 'revoke the key that `chorale login` got, and forget it'),
    async (session) => {
      const saved = openSavedKeys(session.env);
      if ((await saved.find(session.client.baseUrl)) === undefined) {
        session.terminal.error(`there is no key of ${session.client.baseUrl}\n`);
        return;
      }
      try {
        const { keyId } = await session.client.getAccount();
        if (keyId !== undefined) await session.client.revokeKey(keyId);
      } finally {
        await saved.drop(session.client.baseUrl);
      }
    },
  );
  cli.run<[], CommonOptions>(cli.add(program, 'whoami', 'print who this command is at the server'), async (session) => {
    const account = await session.client.getAccount();
    if (session.json) return session.printJson(account);
    session.printFields([
      ['user', harmless(account.login ?? account.userId)],
      ['name', account.displayName === undefined ? undefined : harmless(account.displayName)],
      ['tenant', account.tenantId],
      ['roles', account.roles.join(', ') || 'none'],
      ['key', account.keyId],
      ...groupOperations(account.operations),
    ]);
  });
}

/** A line for each kind of thing: `goal  read, submit`. */
function groupOperations(operations: readonly string[]): readonly (readonly [string, string])[] {
  const things = [...new Set(operations.map((operation) => operation.split('.')[0] ?? ''))];
  return things.map((thing, at) => {
    const verbs = operations.filter((operation) => operation.startsWith(`${thing}.`));
    const named = verbs.map((operation) => operation.slice(thing.length + 1)).join(', ');
    return [at === 0 ? 'may do' : '', `${thing}: ${named}`];
  });
}

async function logIn(session: Session, { name, tenant, days }: LoginOptions): Promise<void> {
  const { client, signal } = session;
  const { protocol, hostname: host } = new URL(client.baseUrl);
  if (protocol === 'http:' && !/^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(host))
    throw new UsageError(`${client.baseUrl} would show the password to the network; use its https address`);
  const login = name ?? userInfo().username;
  const password = await askSecret(`Password of ${login} at ${client.baseUrl}: `, signal);
  const { key, expiresAt } = await client.logInForKey({
    login,
    password,
    label: `chorale on ${hostname()}`,
    ...(tenant === undefined ? {} : { tenant }),
    ...(days === undefined ? {} : { days: readCount('--days', days) }),
  });
  await openSavedKeys(session.env).save(client.baseUrl, key);
  session.terminal.error(`logged in as ${login}; the key is good until ${new Date(expiresAt).toISOString()}\n`);
}
