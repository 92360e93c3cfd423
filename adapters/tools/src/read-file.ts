// Shows a part of a text file of the workspace.

import type { ToolDefinition } from '@chorale/module-agents';
import { boundText } from './bounded-text.ts';
import { readWorkspaceText } from './workspace-files.ts';

interface ReadFileArguments {
  readonly path: string;
  readonly fromLine: number;
  readonly lines: number;
}

const fileBytesMax = 8 * 1024 * 1024;

export const readFileTool: ToolDefinition<ReadFileArguments> = {
  name: 'read-file',
  description:
    'Reads lines of a text file in the workspace. Gives the text, where it begins and how many lines the file has.',
  inputSchema: {
    type: 'object',
    properties: {
      path: { type: 'string', minLength: 1, maxLength: 4_096 },
      fromLine: { type: 'integer', minimum: 1, default: 1 },
      lines: { type: 'integer', minimum: 1, maximum: 20_000, default: 2_000 },
    },
    required: ['path'],
    additionalProperties: false,
  },
  idempotent: true,
  effects: 'reads',
  run: async ({ path, fromLine, lines }, context) => {
    const read = await readWorkspaceText(context.workspace, path, fileBytesMax);
    const all = read.text.split('\n');
    // A newline at the end ends the last line; it does not begin another.
    if (all.at(-1) === '') all.pop();
    const shown = all.slice(fromLine - 1, fromLine - 1 + lines);
    const bounded = boundText(path.split('/').at(-1) ?? 'file.txt', shown.join('\n'));
    return {
      output: {
        text: bounded.text,
        fromLine,
        lines: shown.length,
        totalLines: all.length,
        sizeBytes: read.sizeBytes,
        truncated: read.truncated || bounded.truncated || shown.length < all.length,
      },
      artifacts: bounded.artifacts,
    };
  },
};
