import { mcpToolStates, type McpServer } from '@chorale/lib-client';
import { z } from 'zod';
import { json, list, time } from './fields.ts';

const toolSchema = z.strictObject({
  tool: z.string(),
  name: z.string().describe('As agents call it.'),
  state: z.enum(mcpToolStates),
  description: z.string(),
  inputSchema: json,
  hash: z.string().describe('SHA-256, hex, of name, description and schema.'),
  approved: z
    .strictObject({
      description: z.string(),
      inputSchema: json.exactOptional(),
      hash: z.string(),
      approvedAt: time,
      approvedBy: z.string(),
    })
    .exactOptional()
    .describe('What was agreed to.'),
  problem: z.string().exactOptional().describe('Why it cannot be used.'),
});

export const mcpServerSchema = z
  .strictObject({
    name: z.string(),
    tools: list(toolSchema),
    problem: z.string().exactOptional().describe('Why it could not be asked.'),
  })
  .meta({ id: 'McpServer' }) satisfies z.ZodType<McpServer>;

export const mcpApprovalSchema = z
  .strictObject({
    tool: z.string().min(1).max(200),
    hash: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'must be the hash that the list shows')
      .describe('Of what was shown: what says something else by now is not agreed to.'),
  })
  .meta({ id: 'McpApproval' });
