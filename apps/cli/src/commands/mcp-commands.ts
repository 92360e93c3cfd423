// `chorale mcp`: what the tools of MCP servers say of themselves, beside what was agreed to.
import { diffLines, type McpServer, type McpTool } from '@chorale/lib-client';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { formatJson, formatTime } from '../format.ts';
import type { CommonOptions, Session } from '../session.ts';
import type { Colour } from '../style.ts';
import { harmless } from '../text-width.ts';
import { UsageError } from '../usage-error.ts';
import { notFound } from './task-commands.ts';

export function addMcpCommands(cli: Cli, program: Command): void {
  const mcp = program.command('mcp').description('the tools of MCP servers, and what was agreed to');
  const list = cli.add(mcp, 'list [server]', 'list tools; those that are new or have changed with what they say');
  cli.run<[string | undefined], CommonOptions>(list, async (session, { args: [name] }) => {
    const items = await findServers(session, name);
    if (session.json) return session.printJson({ items });
    if (items.length === 0) session.terminal.error('no MCP servers; they are configured under `mcp.servers`\n');
    for (const server of items) printServer(session, server);
  });
  const approve = cli
    .add(mcp, 'approve <server> [tool]', 'agree to what a tool says now; without a tool: to all that wait')
    .option('--hash <hash>', 'only if it still is what was read');
  cli.run<[string, string | undefined], CommonOptions & { readonly hash?: string }>(
    approve,
    async (session, { args: [name, wanted], options: { hash } }) => {
      if (hash !== undefined && wanted === undefined) throw new UsageError('--hash goes with the name of a tool');
      const [server] = await findServers(session, name);
      const tools = (server?.tools ?? []).filter(({ tool, name: full, state }) =>
        wanted === undefined ? state === 'new' || state === 'changed' : tool === wanted || full === wanted,
      );
      if (wanted !== undefined && tools.length === 0)
        throw notFound(`the MCP server ${name} has no tool ${wanted}`, 'mcp-tool-unknown');
      for (const tool of tools) await session.client.approveMcpTool(name, { tool: tool.tool, hash: hash ?? tool.hash });
      if (session.json) return session.printJson({ approved: tools });
      if (tools.length === 0) session.terminal.error('nothing waits\n');
      for (const tool of tools) {
        printTool(session, tool);
        session.print(`  ${session.paint('green', 'agreed to')}\n`);
      }
    },
  );
}

async function findServers({ client }: Session, name: string | undefined): Promise<readonly McpServer[]> {
  const all = await client.listMcpServers();
  if (name === undefined) return all;
  const found = all.filter((server) => server.name === name);
  if (found.length > 0) return found;
  throw notFound(
    `no MCP server ${name} is configured; there are: ${all.map((one) => one.name).join(', ') || 'none'}`,
    'mcp-server-unknown',
  );
}

function printServer(session: Session, { name, tools, problem }: McpServer): void {
  const { print, paint } = session;
  const said = problem === undefined ? '' : paint('red', `  cannot be asked: ${harmless(problem)}`);
  print(`${paint('bold', name)}${said}\n`);
  for (const tool of tools) printTool(session, tool);
}

const colourOfState: Readonly<Record<McpTool['state'], Colour>> = {
  approved: 'green',
  new: 'yellow',
  changed: 'red',
  unusable: 'dim',
};

function printTool(session: Session, tool: McpTool): void {
  const { print, paint } = session;
  const { state, approved, problem } = tool;
  const since =
    approved === undefined ? '' : ` since ${formatTime(approved.approvedAt)} by ${harmless(approved.approvedBy)}`;
  const why = problem === undefined ? '' : `: ${harmless(problem)}`;
  print(
    `  ${harmless(tool.tool)}  ${paint(colourOfState[state], state)}${state === 'approved' ? paint('dim', since) : why}\n`,
  );
  if (state === 'approved') print(`    ${harmless(tool.description).replaceAll('\n', '\n    ')}\n`);
  if (state === 'new') printLines(session, describe(tool.description, tool.inputSchema).split('\n'));
  if (state === 'changed' && approved !== undefined) {
    print(
      paint(
        'dim',
        `    - agreed to ${formatTime(approved.approvedAt)} by ${harmless(approved.approvedBy)}; + says now\n`,
      ),
    );
    const before = describe(approved.description, approved.inputSchema ?? tool.inputSchema);
    printLines(session, diffLines(before, describe(tool.description, tool.inputSchema)));
    if (approved.inputSchema === undefined)
      print('    what its arguments were is not on record; they may have changed\n');
  }
  if (state === 'new' || state === 'changed') print(paint('dim', `    hash ${tool.hash}\n`));
}

function describe(description: string, inputSchema: McpTool['inputSchema']): string {
  return `${description}\narguments ${formatJson(inputSchema)}`;
}

function printLines({ print, paint }: Session, lines: readonly string[]): void {
  for (const line of lines) {
    const colour = line.startsWith('+ ') ? 'green' : line.startsWith('- ') ? 'red' : undefined;
    print(`    ${paint(colour, harmless(line))}\n`);
  }
}
