// `chorale access`: members, service accounts, keys, and a way back in for who lost the password.
import type { AccountKey, KeyRequest, Member, NewAccountKey } from '@chorale/lib-client';
import type { Command } from 'commander';
import { collect, type Cli } from '../cli.ts';
import { formatTime } from '../format.ts';
import { readCount } from '../read-options.ts';
import type { CommonOptions, Session } from '../session.ts';
import { harmless } from '../text-width.ts';
import { notFound } from './task-commands.ts';
import { addDecisionCommands } from './tenant-commands.ts';

export function addAccessCommands(cli: Cli, program: Command): void {
  const access = program.command('access').description('who may come in: members, service accounts, keys');
  addOwnerCommands(cli, access);
  addMemberCommands(cli, access);
  addServiceCommands(cli, access);
  addKeyCommands(cli, access);
  addDecisionCommands(cli, access);
}

function addOwnerCommands(cli: Cli, access: Command): void {
  const ticket = cli.add(access, 'ticket', 'print an address that opens the page, once, in the next ten minutes');
  cli.run<[], CommonOptions>(ticket, async ({ client, json, print, printJson }) => {
    const made = await client.makeTicket();
    if (json) printJson(made);
    else print(`${client.baseUrl}/#ticket=${made.ticket}\n`);
  });
  const owner = access.command('owner').description('the first owner');
  const reset = cli.add(owner, 'reset', 'give the owner a new password; works on the machine of the server alone');
  cli.run<[], CommonOptions>(reset, async ({ client, json, printFields, printJson }) => {
    const made = await client.resetOwnerPassword();
    if (json) return printJson(made);
    printFields([
      ['logs in as', made.login],
      ['password', made.password],
    ]);
  });
}

interface MemberOptions extends CommonOptions {
  readonly name?: string;
  readonly role?: readonly string[];
  readonly off?: boolean;
  readonly on?: boolean;
}

const memberColumns = [
  { title: 'logs in as', text: ({ login }: Member) => harmless(login) },
  { title: 'name', text: ({ displayName }: Member) => harmless(displayName), shrinks: true },
  { title: 'roles', text: ({ roles }: Member) => roles.join(', ') },
  { title: 'groups', text: ({ groups }: Member) => harmless(groups.join(', ')) },
  { title: 'state', text: ({ active }: Member) => (active ? 'active' : 'off') },
  { title: 'id', text: ({ userId }: Member) => userId },
] as const;

function addMemberCommands(cli: Cli, access: Command): void {
  const members = access.command('members').description('people');
  listing(cli, members, 'person');
  const add = cli
    .add(members, 'add <login>', 'add a person, and print the invitation')
    .option('--name <name>', 'how the person is shown')
    .option(
      '--role <role>',
      'may be given several times, and as ROLE@PROJECT for one project; default viewer',
      collect,
    );
  cli.run<[string], MemberOptions>(add, async (session, { args: [login], options: { name, role } }) => {
    const shown = name === undefined ? {} : { displayName: name };
    const made = await session.client.addMember({ login, roles: role ?? ['viewer'], ...shown });
    if (session.json) return session.printJson(made);
    session.terminal.error(`whoever opens this first chooses the password of ${harmless(made.login)}:\n`);
    session.print(`${session.client.baseUrl}/#invitation=${made.invitation ?? ''}\n`);
  });
  const change = cli
    .add(members, 'change <member>', 'change what a member is called or may do, or switch one off or on')
    .option('--name <name>')
    .option('--role <role>', 'all of them, ROLE@PROJECT among them; may be given several times', collect)
    .option('--off', 'ends sessions and keys, at once')
    .option('--on');
  cli.run<[string], MemberOptions>(change, async (session, { args: [wanted], options }) => {
    const { name, role, off, on } = options;
    const { userId } = await findMember(session, wanted);
    const after = await session.client.changeMember(userId, {
      ...(name === undefined ? {} : { displayName: name }),
      ...(role === undefined ? {} : { roles: role }),
      ...(off === true ? { active: false } : on === true ? { active: true } : {}),
    });
    if (session.json) session.printJson(after);
    else session.printTable([after], memberColumns, '');
  });
  const invite = cli.add(members, 'invite <member>', 'print a new invitation, for who lost the password');
  cli.run<[string], CommonOptions>(invite, async (session, { args: [wanted] }) => {
    const made = await session.client.inviteMember((await findMember(session, wanted)).userId);
    if (session.json) session.printJson(made);
    else session.print(`${session.client.baseUrl}/#invitation=${made.invitation}\n`);
  });
  const remove = cli.add(members, 'remove <member>', 'remove a member, with sessions and keys');
  cli.run<[string], CommonOptions>(remove, async (session, { args: [wanted] }) =>
    session.client.removeMember((await findMember(session, wanted)).userId),
  );
}

function listing(cli: Cli, parent: Command, kind: Member['kind']): void {
  cli.run<[], CommonOptions>(cli.add(parent, 'list', 'list them'), async (session) => {
    const items = (await session.client.listMembers()).filter((member) => member.kind === kind);
    if (session.json) session.printJson({ items });
    else session.printTable(items, memberColumns, 'there are none');
  });
}

async function findMember({ client }: Session, wanted: string): Promise<Member> {
  const all = await client.listMembers();
  const found = all.find(({ userId, login }) => userId === wanted || login === wanted.toLowerCase());
  if (found === undefined) throw notFound(`there is no member ${wanted}`, 'user-not-found');
  return found;
}

function addServiceCommands(cli: Cli, access: Command): void {
  const services = access
    .command('service-accounts')
    .description('accounts of programs, which have keys and no password');
  listing(cli, services, 'service');
  const add = cli
    .add(services, 'add <login>', 'add a service account')
    .option('--name <name>')
    .option('--role <role>', 'may be given several times; default viewer', collect);
  cli.run<[string], MemberOptions>(add, async (session, { args: [login], options: { name, role } }) => {
    const shown = name === undefined ? {} : { displayName: name };
    const made = await session.client.addMember({ login, kind: 'service', roles: role ?? ['viewer'], ...shown });
    if (session.json) session.printJson(made);
    else session.printTable([made], memberColumns, '');
  });
}

interface KeyOptions extends CommonOptions {
  readonly of?: string;
  readonly scope?: readonly string[];
  readonly days?: string;
  readonly overlapHours?: string;
}

const keyColumns = [
  { title: 'id', text: ({ keyId }: AccountKey) => keyId },
  { title: 'for', text: ({ label }: AccountKey) => harmless(label), shrinks: true },
  {
    title: 'scopes',
    text: ({ scopes }: AccountKey) => (scopes.length > 3 ? `${scopes.length} operations` : scopes.join(' ')),
  },
  { title: 'project', text: ({ projectId }: AccountKey) => projectId ?? 'all' },
  { title: 'ends', text: ({ expiresAt }: AccountKey) => formatTime(expiresAt) },
  {
    title: 'used',
    text: ({ lastUsedAt }: AccountKey) => (lastUsedAt === undefined ? 'never' : formatTime(lastUsedAt)),
  },
] as const;

function addKeyCommands(cli: Cli, access: Command): void {
  const keys = access.command('keys').description('API keys: your own, or with --of those of a service account');
  const add = (spec: string, summary: string): Command =>
    cli.add(keys, spec, summary).option('--of <account>', 'of this service account');
  const holder = async (session: Session, { of }: KeyOptions): Promise<string | undefined> =>
    of === undefined ? undefined : (await findMember(session, of)).userId;
  const show = (session: Session, made: NewAccountKey): void => {
    if (session.json) return session.printJson(made);
    session.terminal.error(`${made.keyId}; the key is printed this once:\n`);
    session.print(`${made.key}\n`);
  };
  cli.run<[], KeyOptions>(add('list', 'list them'), async (session, { options }) => {
    const items = await session.client.listKeys(await holder(session, options));
    if (session.json) session.printJson({ items });
    else session.printTable(items, keyColumns, 'there are none');
  });
  const make = add('make <label>', 'make one, and print it')
    .option('--scope <operation>', 'what it is for; may be given several times; default: everything', collect)
    .option('--days <days>', 'default 90')
    .option('--project <project>', 'for the things of this project alone');
  cli.run<[string], KeyOptions>(make, async (session, { args: [label], options }) => {
    const request: KeyRequest = {
      label,
      ...(options.project === undefined ? {} : { projectId: options.project }),
      ...(options.scope === undefined ? {} : { scopes: options.scope }),
      ...(options.days === undefined ? {} : { days: readCount('--days', options.days) }),
    };
    show(session, await session.client.makeKey(request, await holder(session, options)));
  });
  const rotate = add('rotate <key>', 'make one in its place, and print it').option(
    '--overlap-hours <hours>',
    'how long the old one still counts; default 24',
  );
  cli.run<[string], KeyOptions>(rotate, async (session, { args: [keyId], options }) => {
    const userId = await holder(session, options);
    const { overlapHours } = options;
    const overlap = overlapHours === undefined ? {} : { overlapHours: readCount('--overlap-hours', overlapHours) };
    show(session, await session.client.rotateKey(keyId, { ...overlap, ...(userId === undefined ? {} : { userId }) }));
  });
  cli.run<[string], KeyOptions>(add('revoke <key>', 'end it, at once'), async (session, { args: [keyId], options }) =>
    session.client.revokeKey(keyId, await holder(session, options)),
  );
}
