// The stand-in over standard input and output: a message a line. Tools are read from a JSON file before each message, so
// that a test can change what they claim to be while the server runs.
//
//   node mcp-stdio.mjs [tools.json]
//
// The file holds `[{ "name", "description", "inputSchema", "output"?, "isError"?, "exit"? }]`: a call is answered with
// `output`, in which `{{name}}` stands for an argument; without one, with its arguments as JSON. `exit` ends the process.

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { answerMcp, isRequest, McpRefusal, refusalOf } from './mcp-protocol.mjs';

/**
 * @typedef {{ name: string, description: string, inputSchema: object, output?: string, isError?: boolean, exit?: number }} StoredTool
 */

const defaults = [
  {
    name: 'echo',
    description: 'Says back what it is given.',
    inputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
    output: '{{text}}',
  },
];

/** @returns {import('./mcp-protocol.mjs').McpTool[]} */
function readTools() {
  const file = process.argv[2];
  const stored = /** @type {StoredTool[]} */ (file === undefined ? defaults : JSON.parse(readFileSync(file, 'utf8')));
  return stored.map((tool) => ({
    ...tool,
    run(args) {
      if (tool.exit !== undefined) process.exit(tool.exit);
      const text =
        tool.output?.replaceAll(/\{\{(\w+)\}\}/g, (_whole, name) => String(args[name])) ?? JSON.stringify(args);
      return { content: [{ type: 'text', text }], isError: tool.isError ?? false };
    },
  }));
}

/** @param {unknown} message */
const send = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === '') continue;
  /** @type {unknown} */
  let message;
  try {
    message = JSON.parse(line);
  } catch {
    send(refusalOf(new McpRefusal(-32700, 'Parse error'), null).reply);
    continue;
  }
  if (!isRequest(message)) {
    send(refusalOf(new McpRefusal(-32600, 'Invalid request'), null).reply);
    continue;
  }
  const state = { name: 'stand-in', version: '1.0.0', tools: readTools() };
  const answered = await answerMcp(state, message);
  if (answered !== undefined) send(answered.reply);
}
