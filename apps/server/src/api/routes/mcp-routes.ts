import type { McpServer, McpTool } from '@chorale/lib-client';
import type { McpToolReport } from '@chorale/adapter-mcp';
import { z } from 'zod';
import { defineRoute, type Route } from '../route.ts';
import { name, pageOf } from '../schemas/fields.ts';
import { mcpApprovalSchema, mcpServerSchema } from '../schemas/mcp.ts';
import { compact } from '../views/compact.ts';

const listAll = defineRoute({
  method: 'GET',
  address: '/v1/mcp-servers',
  operation: 'listMcpServers',
  summary: 'List MCP servers with what their tools say of themselves, and what was agreed to',
  description: 'Every server is asked anew, each for as long as its configuration allows.',
  tag: 'installation',
  permit: 'catalog.read',
  responses: { 200: { description: 'All that are configured.', schema: pageOf(mcpServerSchema) } },
  handle: async (_input, { services: { mcp } }) => {
    const reports = await mcp.refresh();
    const items = mcp.servers.map(({ name: server, problem }): McpServer =>
      compact({ name: server, tools: reports.filter((one) => one.server === server).map(toolView), problem }),
    );
    return { status: 200, body: { items } };
  },
});

function toolView({ server: _server, approved, ...tool }: McpToolReport): McpTool {
  if (approved === undefined) return compact({ ...tool, approved });
  const { description, inputSchema, hash, approvedAt, approvedBy } = approved;
  return compact({ ...tool, approved: compact({ description, inputSchema, hash, approvedAt, approvedBy }) });
}

const approve = defineRoute({
  method: 'POST',
  address: '/v1/mcp-servers/{name}/approve',
  operation: 'approveMcpTool',
  summary: 'Agree to what a tool says of itself now',
  tag: 'installation',
  permit: 'tool.agree',
  path: z.strictObject({ name }),
  body: mcpApprovalSchema,
  responses: { 200: { description: 'Agents may call it, as long as it says the same.', schema: mcpApprovalSchema } },
  refusals: ['mcp-server-unknown', 'mcp-tool-unknown', 'mcp-tool-changed'],
  audit: ({ path, body }) => ({
    on: { kind: 'mcp-tool', id: `${path.name}/${body.tool}` },
    detail: { hash: body.hash },
  }),
  handle: async ({ caller, path, body }, { services: { mcp } }) => {
    await mcp.approve({ server: path.name, ...body }, caller.subject);
    return { status: 200, body };
  },
});

export const mcpRoutes: readonly Route[] = [listAll, approve];
