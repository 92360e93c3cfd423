// `chorale projects`: what a tenant keeps apart in itself, and who is in it.
import { projectQuotas, type Project, type ProjectMember, type ProjectQuotas } from '@chorale/lib-client';
import type { Command } from 'commander';
import { collect, type Cli } from '../cli.ts';
import { formatTime } from '../format.ts';
import { readQuotas } from '../read-options.ts';
import type { CommonOptions, Session } from '../session.ts';
import { harmless } from '../text-width.ts';
import { UsageError } from '../usage-error.ts';

interface ProjectOptions extends CommonOptions {
  readonly name?: string;
  readonly quota?: readonly string[];
  readonly role?: readonly string[];
}

const columns = [
  { title: 'project', text: ({ projectId }: Project) => projectId },
  { title: 'name', text: ({ displayName }: Project) => harmless(displayName), shrinks: true },
  { title: 'state', text: ({ state }: Project) => state },
  { title: 'quotas', text: ({ quotas }: Project) => quotasText(quotas), shrinks: true },
] as const;

const memberColumns = [
  { title: 'logs in as', text: ({ login }: ProjectMember) => harmless(login) },
  { title: 'name', text: ({ displayName }: ProjectMember) => harmless(displayName), shrinks: true },
  { title: 'kind', text: ({ kind }: ProjectMember) => kind },
  { title: 'roles here', text: ({ roles }: ProjectMember) => roles.join(', ') },
  { title: 'id', text: ({ userId }: ProjectMember) => userId },
] as const;

const quotaOption = `what it may use: ${projectQuotas.join(', ')}; may be repeated`;

export function addProjectCommands(cli: Cli, program: Command): void {
  const projects = program.command('projects').description('what goals, schedules, secrets and keys belong to');
  const list = cli.add(projects, 'list', 'list those that you are in');
  cli.run<[], CommonOptions>(list, async ({ client, json, printJson, printTable }) => {
    const items = await client.listProjects();
    if (json) printJson({ items });
    else printTable(items, columns, 'you are in no project');
  });
  const show = cli.add(projects, 'show <project>', 'show one, with what it uses');
  cli.run<[string], CommonOptions>(show, async ({ client, json, printJson, printFields }, { args: [projectId] }) => {
    const { used, ...project } = await client.getProject(projectId);
    if (json) return printJson({ ...project, used });
    printFields([...fieldsOf(project), ['used', quotasText(used)]]);
  });
  const create = cli
    .add(projects, 'create <project>', 'create one')
    .option('--name <text>', 'what people call it')
    .option('--quota <name=number>', quotaOption, collect);
  cli.run<[string], ProjectOptions>(create, async (session, { args: [projectId], options }) =>
    printOne(session, await session.client.createProject({ projectId, ...changeOf(options) })),
  );
  const change = cli
    .add(projects, 'change <project>', 'change its name, or what it may use')
    .option('--name <text>', 'what people call it')
    .option('--quota <name=number>', `${quotaOption}; in place of those before`, collect);
  cli.run<[string], ProjectOptions>(change, async (session, { args: [projectId], options }) => {
    const changed = changeOf(options);
    if (Object.keys(changed).length === 0) throw new UsageError('say --name or --quota');
    printOne(session, await session.client.changeProject(projectId, changed));
  });
  const states = [
    ['archive', 'archived', 'let nothing new begin in it; what was done in it stays'],
    ['restore', 'active', 'take it out of the archive'],
  ] as const;
  for (const [verb, state, summary] of states)
    cli.run<[string], CommonOptions>(
      cli.add(projects, `${verb} <project>`, summary),
      async (session, { args: [projectId] }) =>
        printOne(session, await session.client.changeProject(projectId, { state })),
    );
  addMembers(cli, projects);
}

function addMembers(cli: Cli, projects: Command): void {
  const members = projects.command('members').description('who has roles in a project itself');
  const list = cli.add(members, 'list <project>', 'list them');
  cli.run<[string], CommonOptions>(list, async ({ client, json, printJson, printTable }, { args: [projectId] }) => {
    const items = await client.listProjectMembers(projectId);
    if (json) printJson({ items });
    else printTable(items, memberColumns, 'nobody; whose role is for the whole tenant has it here, too');
  });
  const set = cli
    .add(members, 'set <project> <member>', 'give a member of the tenant roles in it, in place of those before')
    .option('--role <role>', 'may be given several times', collect);
  cli.run<[string, string], ProjectOptions>(set, async (session, { args: [projectId, member], options: { role } }) => {
    if (role === undefined) throw new UsageError('say --role, as in --role developer');
    printMember(session, await session.client.setProjectMember(projectId, member, role));
  });
  const remove = cli.add(members, 'remove <project> <member>', 'take a member out of it');
  cli.run<[string, string], CommonOptions>(remove, async (session, { args: [projectId, member] }) =>
    printMember(session, await session.client.setProjectMember(projectId, member, [])),
  );
}

function changeOf({ name, quota }: ProjectOptions): { displayName?: string; quotas?: ProjectQuotas } {
  return {
    ...(name === undefined ? {} : { displayName: name }),
    ...(quota === undefined ? {} : { quotas: readQuotas(quota, projectQuotas) }),
  };
}

function fieldsOf({ projectId, displayName, state, quotas, changedAt }: Project) {
  return [
    ['project', projectId],
    ['name', harmless(displayName)],
    ['state', state],
    ['quotas', quotasText(quotas)],
    ['changed', changedAt === 0 ? undefined : formatTime(changedAt)],
  ] as const;
}

function quotasText(quotas: ProjectQuotas): string {
  const all = Object.entries(quotas).map(([name, value]) => `${name} ${value}`);
  return all.length === 0 ? 'no limits of its own' : all.join(', ');
}

function printOne({ json, printJson, printFields }: Session, project: Project): void {
  if (json) printJson(project);
  else printFields(fieldsOf(project));
}

function printMember({ json, printJson, printTable }: Session, member: ProjectMember): void {
  if (json) printJson(member);
  else printTable([member], memberColumns, '');
}
