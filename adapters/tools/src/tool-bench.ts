// What the tests of the tools have at hand: a registry, a workspace, and what was kept.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createToolRegistry,
  type ArtifactCandidate,
  type KeptArtifact,
  type ToolContext,
  type ToolDefinition,
  type ToolResult,
} from '@chorale/module-agents';
import type { Json } from '@chorale/module-goals';

export interface ToolBench {
  readonly workspace: string;
  /** Content of what was kept, by name. */
  readonly kept: Map<string, string>;
  call(tool: string, args: Json, limits?: Readonly<Record<string, unknown>>): Promise<ToolResult>;
  callWith(context: Partial<ToolContext>, tool: string, args: Json): Promise<ToolResult>;
  close(): Promise<void>;
}

export async function openToolBench(definitions: readonly ToolDefinition<never>[]): Promise<ToolBench> {
  const registry = createToolRegistry(definitions);
  // One level down, as in production, where what a goal shares lies beside a workspace.
  const parent = await mkdtemp(join(tmpdir(), 'chorale-tools-'));
  const workspace = await mkdtemp(join(parent, 'workspace-'));
  const kept = new Map<string, string>();
  const keepArtifact = async ({ name, mediaType, content }: ArtifactCandidate): Promise<KeptArtifact> => {
    const text = 'text' in content ? content.text : await readFile(content.path, 'latin1');
    kept.set(name, text);
    return { name, mediaType, hash: `sha256:${name}`, sizeBytes: text.length };
  };
  const context: ToolContext = {
    workspace,
    keepArtifact,
    readArtifact: (hash) => Promise.reject(new Error(`no artifact ${hash}`)),
    useSecrets: async (references) =>
      Object.fromEntries(Object.entries(references).map(([name, reference]) => [name, `value of ${reference}`])),
  };
  return {
    workspace,
    kept,
    call: (tool, args, limits = {}) => registry.call({ tool, arguments: args, grants: [{ tool, limits }] }, context),
    callWith: (more, tool, args) =>
      registry.call({ tool, arguments: args, grants: [{ tool, limits: {} }] }, { ...context, ...more }),
    close: () => rm(parent, { recursive: true, force: true }),
  };
}
