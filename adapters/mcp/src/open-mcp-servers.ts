// The tools of the configured servers, as tools of this installation.
//
// Invariants: MC2 a tool is called only while it says of itself what somebody agreed to: name, description and schema.
//             MC3 what a server gives is data: it is cut to size, and nothing in it grants anything.
//             MC4 a server that does not answer takes nothing from the others.

import { refused } from '@chorale/lib-errors';
import { createToolRegistry, type ToolDefinition } from '@chorale/module-agents';
import { McpConnection, type McpPorts } from './mcp-connection.ts';
import { serverNamePattern, type McpServerConfig } from './mcp-server-config.ts';
import { readAnswer } from './read-answer.ts';
import { hashTool, type ListedTool, type ToolPin, type ToolPinStore } from './tool-pin.ts';

export interface McpServersOptions extends McpPorts {
  readonly servers: readonly McpServerConfig[];
  readonly pins: ToolPinStore;
}

export type McpToolState = 'approved' | 'new' | 'changed' | 'unusable';

/** For whoever is to agree: what it says now, and what it said. */
export interface McpToolReport {
  readonly server: string;
  readonly tool: string;
  /** As agents call it. */
  readonly name: string;
  readonly state: McpToolState;
  readonly description: string;
  readonly inputSchema: ListedTool['inputSchema'];
  readonly hash: string;
  readonly approved: ToolPin | undefined;
  /** Why it cannot be used at all. */
  readonly problem: string | undefined;
}

/** A server as it was found by the last refresh. */
interface McpServerReport {
  readonly name: string;
  /** Why it could not be asked. */
  readonly problem: string | undefined;
}

export interface McpServers {
  /** All that are configured. */
  readonly servers: readonly McpServerReport[];
  /** Asks every server for its tools; a new object when they have changed. */
  refresh(): Promise<readonly McpToolReport[]>;
  /** As of the last refresh. */
  readonly tools: readonly ToolDefinition<never>[];
  /** Agrees to what the tool says now; the hash must be the one that was shown. Throws `mcp-tool-unknown`, `mcp-tool-changed`. */
  approve(tool: { readonly server: string; readonly tool: string; readonly hash: string }, by: string): Promise<void>;
  close(): Promise<void>;
}

/** The longest name every provider takes. */
const nameLengthMax = 64;
const descriptionLengthMax = 4_000;
const schemaLengthMax = 64 * 1024;
const outputBytesMax = 256 * 1024;

/** In the place of whoever agreed. */
const firstUse = 'first-use';

interface Server {
  readonly config: McpServerConfig;
  readonly connection: McpConnection;
}

export function openMcpServers(options: McpServersOptions): McpServers {
  const servers = options.servers.map((config): Server => {
    checkName(config.name);
    return { config, connection: new McpConnection(config, options) };
  });
  let tools: readonly ToolDefinition<never>[] = [];
  let problems: ReadonlyMap<string, string> = new Map();
  const find = (name: string): Server => {
    const found = servers.find(({ config }) => config.name === name);
    if (found === undefined)
      throw refused('mcp-server-unknown', `No MCP server ${JSON.stringify(name)} is configured.`);
    return found;
  };
  return {
    get servers() {
      return servers.map(({ config: { name } }) => ({ name, problem: problems.get(name) }));
    },
    get tools() {
      return tools;
    },
    async refresh() {
      const reports: McpToolReport[] = [];
      const definitions: ToolDefinition<never>[] = [];
      const found = new Map<string, string>();
      for (const server of servers) {
        const { listed: all, problem: silent } = await listOrReport(server, options);
        if (silent !== undefined) found.set(server.config.name, silent);
        for (const listed of all) {
          const report = await reportOn(server, listed, options);
          reports.push(report);
          if (report.state !== 'unusable') definitions.push(define(server, report, options));
        }
      }
      tools = definitions;
      problems = found;
      return reports;
    },
    async approve({ server, tool, hash }, by) {
      const listed = (await find(server).connection.listTools()).find(({ name }) => name === tool);
      if (listed === undefined)
        throw refused('mcp-tool-unknown', `The MCP server ${server} has no tool ${JSON.stringify(tool)}.`);
      if (hashTool(listed) !== hash) throw changed(server, listed, undefined);
      await options.pins.put(pinOf(server, listed, { approvedAt: options.clock.now(), approvedBy: by }));
    },
    async close() {
      await Promise.all(servers.map(({ connection }) => connection.close()));
    },
  };
}

function checkName(name: string): void {
  if (serverNamePattern.test(name) && name.length <= 32) return;
  throw refused(
    'mcp-server-invalid',
    `${JSON.stringify(name)} is no name of an MCP server: a-z, 0-9 and single hyphens, at most 32.`,
  );
}

async function listOrReport(
  { config, connection }: Server,
  { report }: McpServersOptions,
): Promise<{ readonly listed: readonly ListedTool[]; readonly problem?: string }> {
  try {
    return { listed: await connection.listTools() };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    report({ server: config.name, message: problem });
    return { listed: [], problem };
  }
}

async function reportOn(
  { config }: Server,
  listed: ListedTool,
  { pins, clock }: McpServersOptions,
): Promise<McpToolReport> {
  const { name: server, approve = 'first-use' } = config;
  const hash = hashTool(listed);
  const problem = findProblem(server, listed);
  let approved = await pins.find(server, listed.name);
  if (approved === undefined && approve === 'first-use' && problem === undefined) {
    approved = pinOf(server, listed, { approvedAt: clock.now(), approvedBy: firstUse });
    await pins.put(approved);
  }
  const state =
    problem !== undefined
      ? 'unusable'
      : approved === undefined
        ? 'new'
        : approved.hash === hash
          ? 'approved'
          : 'changed';
  const { name: tool, description, inputSchema } = listed;
  return { server, tool, name: nameOf(server, tool), state, description, inputSchema, hash, approved, problem };
}

function findProblem(server: string, { name, description, inputSchema }: ListedTool): string | undefined {
  if (!/^[A-Za-z0-9_-]+$/.test(name)) return 'its name holds other characters than letters, digits, _ and -';
  if (nameOf(server, name).length > nameLengthMax)
    return `its name with that of its server has more than ${nameLengthMax} characters`;
  if (description.length > descriptionLengthMax)
    return `its description has more than ${descriptionLengthMax} characters`;
  if (!compiles({ name, description, inputSchema })) return 'its schema is no JSON Schema of an object';
  if (JSON.stringify(inputSchema).length > schemaLengthMax)
    return `its schema has more than ${schemaLengthMax} characters`;
  return undefined;
}

/** One schema that cannot be read would keep every tool from being offered. */
function compiles(tool: ListedTool): boolean {
  try {
    createToolRegistry([{ ...tool, idempotent: false, run: () => Promise.reject(new Error('only looked at')) }]);
    return true;
  } catch {
    return false;
  }
}

function nameOf(server: string, tool: string): string {
  return `mcp__${server}__${tool}`;
}

function pinOf(server: string, listed: ListedTool, approval: Pick<ToolPin, 'approvedAt' | 'approvedBy'>): ToolPin {
  const { name: tool, description, inputSchema } = listed;
  return { server, tool, hash: hashTool(listed), description, inputSchema, ...approval };
}

function define(
  { config, connection }: Server,
  { tool, description, inputSchema, state, approved }: McpToolReport,
  { pins }: McpServersOptions,
): ToolDefinition<never> {
  const { name: server, repeatable = [], effects = {} } = config;
  return {
    name: nameOf(server, tool),
    description: `Of the MCP server ${server}, which describes it so: ${description}`,
    inputSchema,
    idempotent: repeatable.includes(tool),
    effects: effects[tool] ?? 'irreversible',
    // What counts as agreed to because it was there first was read by nobody.
    isForeign: state !== 'approved' || approved?.approvedBy === firstUse,
    outputBytesMax,
    async run(args, context) {
      const signal = signalOf(context.signal);
      const now = (await connection.listTools(signal)).find(({ name }) => name === tool);
      if (now === undefined)
        throw refused('mcp-tool-unknown', `The MCP server ${server} has no tool ${tool} any more.`);
      const pin = await pins.find(server, tool);
      if (pin?.hash !== hashTool(now)) throw changed(server, now, pin);
      return { output: readAnswer(await connection.callTool(tool, args, signal), { server, tool }) };
    },
  };
}

function changed(server: string, now: ListedTool, pin: ToolPin | undefined): Error {
  const what =
    pin === undefined ? 'nobody has agreed to it yet' : 'it says something else of itself than what was agreed to';
  return refused('mcp-tool-changed', `The tool ${now.name} of the MCP server ${server} is not called: ${what}.`, {
    action: `A person has to read what it says now and approve it: \`chorale mcp list ${server}\`, \`chorale mcp approve ${server} ${now.name}\`.`,
    data: { server, tool: now.name, hash: hashTool(now), now: now.description, approved: pin?.description ?? null },
  });
}

function signalOf(
  given: { readonly aborted: boolean; addEventListener(type: 'abort', listener: () => void): void } | undefined,
): AbortSignal | undefined {
  if (given === undefined) return undefined;
  const controller = new AbortController();
  if (given.aborted) controller.abort();
  else given.addEventListener('abort', () => controller.abort());
  return controller.signal;
}
