// The tools of this installation.

import type { McpServers } from '@chorale/adapter-mcp';
import { createBuiltinTools, openRepositories } from '@chorale/adapter-tools';
import {
  createToolRegistry,
  type Crew,
  type SandboxDriver,
  type SandboxLimits,
  type ToolRegistry,
} from '@chorale/module-agents';
import type { MemoryStore } from '@chorale/module-memory';
import type { Config } from '../config/config-schema.ts';
import { createFindingTools } from '../memory/finding-tools.ts';
import { Workspaces } from '../workbench/workspaces.ts';

export interface ToolParts {
  readonly config: Config;
  readonly sandbox: SandboxDriver;
  readonly crew: Pick<Crew, 'getSkill'>;
  readonly workspaces: Workspaces;
  readonly mcp: Pick<McpServers, 'tools'>;
  readonly memory: MemoryStore;
}

export function makeTools({ config, sandbox, crew, workspaces, mcp, memory }: ToolParts): ToolRegistry {
  const repositories = openRepositories({ checkoutsDirectory: workspaces.directory, allowsLocal: allowedBy(config) });
  const builtin = createBuiltinTools({
    sandbox,
    repositories,
    getSkill: (name) => crew.getSkill(name),
    goalDirectory: Workspaces.goalDirectory,
    repositoryBytesMax: config.workspaces.sizeGibMax * 1024 ** 3,
    // On loopback whoever asks may reach this machine's networks anyway; others get as far as the public Internet.
    ...(config.insecure ? { repositoryAddresses: {} } : {}),
  });
  return followTools(() => mcp.tools, [...builtin, ...createFindingTools(memory)]);
}

/** A registry of tools of which some come and go. */
function followTools(
  current: () => McpServers['tools'],
  builtin: Parameters<typeof createToolRegistry>[0],
): ToolRegistry {
  let known = current();
  let registry = createToolRegistry([...builtin, ...known]);
  const now = (): ToolRegistry => {
    if (current() === known) return registry;
    known = current();
    registry = createToolRegistry([...builtin, ...known]);
    return registry;
  };
  return {
    list: () => now().list(),
    findTool: (name, args) => now().findTool(name, args),
    describeTool: (name) => now().describeTool(name),
    effectsOf: (call) => now().effectsOf(call),
    call: (call, context) => now().call(call, context),
  };
}

/** Whoever reaches a server on loopback may read these folders anyway; for others they must be named. */
function allowedBy({
  workspaces,
  insecure,
}: Config): NonNullable<Parameters<typeof openRepositories>[0]['allowsLocal']> {
  const allowed = workspaces.repositories.length === 0 && !insecure ? ['/'] : workspaces.repositories;
  return (path) =>
    allowed.some((folder) => path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`));
}

/** What one sandboxed command may use unless its tool says otherwise. */
export function sandboxLimits({ sandbox }: Config): Partial<SandboxLimits> {
  return { memoryBytes: sandbox.memoryMib * 1024 * 1024, cpus: sandbox.cpus, wallMs: sandbox.minutes * 60_000 };
}
