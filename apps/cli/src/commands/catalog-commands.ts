import type { CatalogItem, WorkflowSummary } from '@chorale/lib-client';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import type { CommonOptions, Session } from '../session.ts';
import type { Column } from '../table.ts';
import { harmless } from '../text-width.ts';
import { printValidation, validateFile, validateSkillFolder } from '../validate-files.ts';

export function addCatalogCommands(cli: Cli, program: Command): void {
  addWorkflowCommands(cli, program);
  addAgentCommands(cli, program);
  addSkillCommands(cli, program);
}

function itemColumns<Item extends CatalogItem>(...more: readonly Column<Item>[]): readonly Column<Item>[] {
  return [
    { title: 'name', text: (item) => item.name },
    { title: 'from', text: (item) => item.origin },
    {
      title: 'trust',
      text: (item) => item.trust,
      colour: (item) => (item.trust === 'trusted' ? undefined : 'yellow'),
    },
    ...more,
    { title: 'description', text: (item) => item.description, shrinks: true },
  ];
}

function addWorkflowCommands(cli: Cli, program: Command): void {
  const workflow = program.command('workflow').description('look at workflows and check workflow files');
  const list = cli.add(workflow, 'list', 'list the workflows of the catalogue');
  cli.run<[], CommonOptions>(list, async (session) => {
    const items = await session.client.listWorkflows();
    if (session.json) return session.printJson({ items });
    const columns = itemColumns<WorkflowSummary>({ title: 'valid', text: (item) => (item.valid ? 'yes' : 'no') });
    session.printTable(items, columns, 'the catalogue holds no workflows');
  });
  const show = cli.add(workflow, 'show <workflow>', "show a workflow's inputs and its text");
  cli.run<[string], CommonOptions>(show, async (session, { args: [name] }) => {
    const found = await session.client.getWorkflow(name);
    if (session.json) return session.printJson(found);
    printItem(session, found, []);
    const inputs = Object.entries(found.inputs);
    session.print('\n');
    session.printTable(
      inputs,
      [
        { title: 'input', text: ([input]) => input },
        { title: 'type', text: ([, { type }]) => type },
        { title: 'needed', text: ([, { required }]) => (required === true ? 'yes' : '') },
        {
          title: 'default',
          text: ([, input]) => (input.default === undefined ? '' : JSON.stringify(input.default)),
          shrinks: true,
        },
        { title: 'description', text: ([, { description }]) => description, shrinks: true },
      ],
      'it takes no inputs',
    );
    session.print(`\n${harmless(found.text).trimEnd()}\n`);
    if (!found.valid) return printValidation(session, found);
    return undefined;
  });
  const validate = cli.add(workflow, 'validate <file>', 'find every mistake in a workflow file; needs no server');
  cli.run<[string], CommonOptions>(validate, async (session, { args: [path] }) => {
    return printValidation(session, await validateFile(session, path));
  });
  const schema = cli.add(workflow, 'schema', 'print the JSON Schema of workflow files, for editors');
  cli.run<[], CommonOptions>(schema, async (session) => session.printJson(await session.client.getWorkflowSchema()));
}

function addAgentCommands(cli: Cli, program: Command): void {
  const agent = program.command('agent').description('look at agents');
  const list = cli.add(agent, 'list', 'list the agents of the catalogue');
  cli.run<[], CommonOptions>(list, async (session) => {
    const items = await session.client.listAgents();
    if (session.json) return session.printJson({ items });
    session.printTable(
      items,
      itemColumns({ title: 'role', text: (item) => item.role, shrinks: true }),
      'the catalogue holds no agents',
    );
  });
  const show = cli.add(agent, 'show <agent>', 'show what an agent is and may do');
  cli.run<[string], CommonOptions>(show, async (session, { args: [name] }) => {
    const found = await session.client.getAgent(name);
    if (session.json) return session.printJson(found);
    const tools = found.tools.map(({ tool, limits }) =>
      Object.keys(limits).length === 0 ? tool : `${tool} ${JSON.stringify(limits)}`,
    );
    printItem(session, found, [
      ['role', found.role],
      ['skills', found.skills.join(', ')],
      ['tools', tools.join(', ')],
      ['model', found.model?.prefer.join(', ')],
    ]);
    session.print(`\n${harmless(found.instructions)}\n`);
  });
}

function addSkillCommands(cli: Cli, program: Command): void {
  const skill = program.command('skill').description('look at skills and check skill folders');
  const list = cli.add(skill, 'list', 'list the skills of the catalogue');
  cli.run<[], CommonOptions>(list, async (session) => {
    const items = await session.client.listSkills();
    if (session.json) return session.printJson({ items });
    session.printTable(items, itemColumns(), 'the catalogue holds no skills');
  });
  const show = cli.add(skill, 'show <skill>', 'show a skill');
  cli.run<[string], CommonOptions>(show, async (session, { args: [name] }) => {
    const found = await session.client.getSkill(name);
    if (session.json) return session.printJson(found);
    printItem(session, found, [
      ['script', found.entryScript],
      ['licence', found.license],
      ['files', found.files.join(', ')],
    ]);
    session.print(`\n${harmless(found.body)}\n`);
  });
  const validate = cli.add(skill, 'validate <folder>', 'find every mistake in a skill; needs no server');
  cli.run<[string], CommonOptions>(validate, async (session, { args: [path] }) => {
    return printValidation(session, await validateSkillFolder(session, path));
  });
}

function printItem(
  session: Session,
  item: CatalogItem,
  more: readonly (readonly [string, string | undefined])[],
): void {
  session.printFields([
    ['name', item.name],
    ['description', harmless(item.description)],
    ['from', `${item.origin}${item.trust === 'trusted' ? '' : ', not trusted yet'}`],
    ['file', item.path],
    ...more.map(([label, value]) => [label, value === undefined ? undefined : harmless(value)] as const),
  ]);
}
