// What a server gave, as the output of a tool: text and JSON; anything else is named and left out.

import { refused } from '@chorale/lib-errors';
import type { Json } from '@chorale/module-goals';
import type { McpAnswer } from './mcp-connection.ts';

const errorLengthMax = 2_000;
const blocksMax = 200;

/** Throws `mcp-tool-failed` for an answer that says it is an error. */
export function readAnswer(
  { content, structured, isError }: McpAnswer,
  { server, tool }: { readonly server: string; readonly tool: string },
): Json {
  const texts = content.slice(0, blocksMax).map(textOf);
  if (content.length > blocksMax) texts.push(`[${content.length - blocksMax} more parts are left out]`);
  const text = texts.join('\n');
  if (isError) {
    throw refused(
      'mcp-tool-failed',
      `${tool} of the MCP server ${server} failed: ${text.slice(0, errorLengthMax) || 'it does not say why'}`,
    );
  }
  if (structured === undefined) return { text };
  return { text, structured };
}

function textOf(block: McpAnswer['content'][number]): string {
  switch (block.type) {
    case 'text':
      return String(block['text']);
    case 'resource': {
      const resource = block['resource'] as { readonly uri?: unknown; readonly text?: unknown } | undefined;
      return typeof resource?.text === 'string'
        ? resource.text
        : `[the resource ${String(resource?.uri)}, which is no text]`;
    }
    case 'resource_link':
      return `[a link to ${String(block['uri'])}]`;
    default:
      return `[${block.type}, which is no text, is left out]`;
  }
}
