// Creates or replaces a text file of the workspace.

import type { ToolDefinition } from '@chorale/module-agents';
import { writeWorkspaceText } from './workspace-files.ts';

interface WriteFileArguments {
  readonly path: string;
  readonly content: string;
}

export const writeFileTool: ToolDefinition<WriteFileArguments> = {
  name: 'write-file',
  description:
    'Writes a text file in the workspace, making its directories; what was there is replaced. Use edit-file to change a part.',
  inputSchema: {
    type: 'object',
    properties: {
      path: { type: 'string', minLength: 1, maxLength: 4_096 },
      content: { type: 'string', maxLength: 4_000_000 },
    },
    required: ['path', 'content'],
    additionalProperties: false,
  },
  idempotent: true,
  effects: 'writes-workspace',
  gives: 'echo',
  run: async ({ path, content }, context) => {
    const { created } = await writeWorkspaceText(context.workspace, path, content);
    return { output: { path, created, sizeBytes: Buffer.byteLength(content) } };
  },
};
