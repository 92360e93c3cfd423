// `chorale tenants`: who shares this installation, and what each may use. And of `chorale access`: the kill switch, and why.
import { tenantQuotas, type TenantQuotas, type TenantSummary } from '@chorale/lib-client';
import type { Command } from 'commander';
import { collect, type Cli } from '../cli.ts';
import { formatTime } from '../format.ts';
import type { CommonOptions, Session } from '../session.ts';
import { readQuotas } from '../read-options.ts';
import { addTenantDataCommands } from './tenant-data-commands.ts';
import { harmless } from '../text-width.ts';
import { UsageError } from '../usage-error.ts';

interface TenantOptions extends CommonOptions {
  readonly name?: string;
  readonly owner?: string;
  readonly quota?: readonly string[];
}

const columns = [
  { title: 'tenant', text: ({ tenantId }: TenantSummary) => tenantId },
  { title: 'name', text: ({ displayName }: TenantSummary) => harmless(displayName), shrinks: true },
  { title: 'state', text: ({ state }: TenantSummary) => state },
  { title: 'agents', text: agentsOf },
  { title: 'quotas', text: ({ quotas }: TenantSummary) => quotasText(quotas), shrinks: true },
] as const;

export function addTenantCommands(cli: Cli, program: Command): void {
  const tenants = program.command('tenants').description('organisations that share this installation');
  const list = cli.add(tenants, 'list', 'list them');
  cli.run<[], CommonOptions>(list, async ({ client, json, printJson, printTable }) => {
    const items = await client.listTenants();
    if (json) printJson({ items });
    else printTable(items, columns, 'there are no tenants');
  });
  const show = cli.add(tenants, 'show <tenant>', 'show one, with what it uses');
  cli.run<[string], CommonOptions>(show, async ({ client, json, printJson, printFields }, { args: [tenantId] }) => {
    const { used, ...tenant } = await client.getTenant(tenantId);
    if (json) return printJson({ ...tenant, used });
    printFields([...fieldsOf(tenant), ['used', quotasText(used)]]);
  });
  const quota = `--quota <name=number>`;
  const names = `what it may use: ${tenantQuotas.join(', ')}; may be repeated`;
  const create = cli
    .add(tenants, 'create <tenant>', 'create one, with an invitation for its first owner')
    .requiredOption('--owner <login>', 'what its first owner logs in with')
    .option('--name <text>', 'what people call it')
    .option(quota, names, collect);
  cli.run<[string], TenantOptions>(create, async ({ client, json, printJson, printFields }, { args, options }) => {
    const { name, owner = '' } = options;
    const quotas = options.quota === undefined ? undefined : readQuotas(options.quota, tenantQuotas);
    const displayName = name === undefined ? {} : { displayName: name };
    const made = await client.createTenant({ tenantId: args[0], owner, ...displayName, ...(quotas && { quotas }) });
    if (json) return printJson(made);
    const invitation = `${client.baseUrl}/#invitation=${made.owner.invitation}`;
    printFields([...fieldsOf(made), ['owner', made.owner.login], ['invitation', invitation]]);
  });
  const change = cli
    .add(tenants, 'change <tenant>', 'change its name, or what it may use')
    .option('--name <text>', 'what people call it')
    .option(quota, `${names}; in place of those before`, collect);
  cli.run<[string], TenantOptions>(change, async (session, { args: [tenantId], options }) => {
    const quotas = options.quota === undefined ? undefined : readQuotas(options.quota, tenantQuotas);
    if (options.name === undefined && quotas === undefined) throw new UsageError('say --name or --quota');
    const displayName = options.name === undefined ? {} : { displayName: options.name };
    printChanged(session, await session.client.changeTenant(tenantId, { ...displayName, ...(quotas && { quotas }) }));
  });
  addStates(cli, tenants);
  addTenantDataCommands(cli, tenants);
}

function addStates(cli: Cli, tenants: Command): void {
  const states = [
    ['suspend', 'suspended', 'let nobody of it in, and stop its agents'],
    ['activate', 'active', 'let it back in'],
  ] as const;
  for (const [verb, state, summary] of states) {
    const command = cli.add(tenants, `${verb} <tenant>`, summary);
    cli.run<[string], CommonOptions>(command, async (session, { args: [tenantId] }) =>
      printChanged(session, await session.client.changeTenant(tenantId, { state })),
    );
  }
}

/** Under `chorale access`. */
export function addDecisionCommands(cli: Cli, access: Command): void {
  const stop = cli.add(access, 'stop-agents [tenant]', 'stop all agents of a tenant within five seconds');
  cli.run<[string | undefined], CommonOptions>(stop, async (session, { args: [tenantId] }) =>
    printChanged(session, await session.client.stopAgents(tenantId ?? (await ownTenant(session)))),
  );
  const resume = cli.add(
    access,
    'resume-agents [tenant]',
    'let them go on from where they were stopped (owners and admins)',
  );
  cli.run<[string | undefined], CommonOptions>(resume, async (session, { args: [tenantId] }) =>
    printChanged(session, await session.client.resumeAgents(tenantId ?? (await ownTenant(session)))),
  );
  const explain = cli
    .add(access, 'explain <subject> <operation>', 'say whether a member may do something, and why')
    .option('--project <project>', 'on a thing of this project; default: of the whole tenant');
  cli.run<[string, string], CommonOptions>(explain, async (session, { args: [subject, operation], options }) => {
    const of = options.project === undefined ? {} : { projectId: options.project };
    const found = await session.client.explainAccess({ subject, operation, ...of });
    if (session.json) return session.printJson(found);
    session.printFields([
      ['allowed', found.allowed ? 'yes' : 'no'],
      ['because', harmless(found.because)],
      ['roles that may', found.rolesThatMay.join(', ') || 'none'],
      ['policies', found.policyVersion],
    ]);
  });
}

async function ownTenant({ client }: Session): Promise<string> {
  return (await client.getAccount()).tenantId;
}

function printChanged({ json, printJson, printFields }: Session, tenant: TenantSummary): void {
  if (json) printJson(tenant);
  else printFields(fieldsOf(tenant));
}

/** Of a suspended tenant none works, whatever the kill switch says. */
function agentsOf({ agents, state }: Pick<TenantSummary, 'agents' | 'state'>): string {
  return state === 'suspended' && agents === 'running' ? 'stopped while suspended' : agents;
}

function fieldsOf({ tenantId, displayName, state, agents, quotas, changedAt }: TenantSummary) {
  return [
    ['tenant', tenantId],
    ['name', harmless(displayName)],
    ['state', state],
    ['agents', agentsOf({ agents, state })],
    ['quotas', quotasText(quotas)],
    ['changed', changedAt === 0 ? undefined : formatTime(changedAt)],
  ] as const;
}

function quotasText(quotas: TenantQuotas): string {
  const all = Object.entries(quotas).map(([name, value]) => `${name} ${value}`);
  return all.length === 0 ? 'no limits' : all.join(', ');
}
