// MCP servers, and what their tools say of themselves.
import type { Calls } from './calls.ts';
import type { Json } from './json.ts';

/** `new` and `changed` wait for a person; `unusable` says why in its `problem`. */
export const mcpToolStates = ['approved', 'new', 'changed', 'unusable'] as const;
export type McpToolState = (typeof mcpToolStates)[number];

export interface McpServer {
  readonly name: string;
  readonly tools: readonly McpTool[];
  /** Why it could not be asked. */
  readonly problem?: string;
}

export interface McpTool {
  readonly tool: string;
  /** As agents call it. */
  readonly name: string;
  readonly state: McpToolState;
  readonly description: string;
  readonly inputSchema: Json;
  /** SHA-256, hex, of name, description and schema. */
  readonly hash: string;
  /** What was agreed to. */
  readonly approved?: {
    readonly description: string;
    /** Missing where it was agreed to before schemas were kept. */
    readonly inputSchema?: Json;
    readonly hash: string;
    readonly approvedAt: number;
    readonly approvedBy: string;
  };
  readonly problem?: string;
}

export interface McpMethods {
  /** Asks every server anew. */
  listMcpServers(): Promise<readonly McpServer[]>;
  /** Agrees to what a tool says now; refused when it says something else than what was shown. */
  approveMcpTool(server: string, tool: { readonly tool: string; readonly hash: string }): Promise<void>;
}

export function mcpMethods({ items, post }: Calls): McpMethods {
  return {
    listMcpServers: () => items('/v1/mcp-servers'),
    async approveMcpTool(server, tool) {
      await post(`/v1/mcp-servers/${encodeURIComponent(server)}/approve`, tool);
    },
  };
}
