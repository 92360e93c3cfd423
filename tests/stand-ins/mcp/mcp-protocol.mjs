// The Model Context Protocol as a server speaks it: revision 2026-07-28, which keeps no state between two requests, and the
// older ones, which begin with `initialize`. Plain JavaScript without imports, so that it runs wherever a sandbox has Node.
//
// Invariants: MC1 a request of the new revision says its revision and what its client can do, each time; one that does not
//                 is refused.
//             MC2 an older client is answered in its own way on the same endpoint.

export const newest = '2026-07-28';
export const older = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'];

const metaVersion = 'io.modelcontextprotocol/protocolVersion';
const metaCapabilities = 'io.modelcontextprotocol/clientCapabilities';
const ttlMs = 0;

/**
 * @typedef {{ content: { type: 'text', text: string }[], isError?: boolean, structuredContent?: object }} ToolOutput
 * @typedef {{
 *   name: string,
 *   description: string,
 *   inputSchema: object,
 *   run: (args: Record<string, unknown>) => ToolOutput | string | Promise<ToolOutput | string>,
 * }} McpTool
 * @typedef {{ name: string, version: string, instructions?: string, tools: McpTool[], pageSize?: number }} McpServerState
 * @typedef {{ jsonrpc: '2.0', id?: string | number, method: string, params?: Record<string, any> }} McpRequest
 * @typedef {{ code: number, message: string, data?: unknown }} McpError
 * @typedef {{ jsonrpc: '2.0', id: string | number | null, result?: object, error?: McpError }} McpReply
 */

/** A refusal, and the status it has over HTTP. */
export class McpRefusal extends Error {
  /**
   * @param {number} code
   * @param {string} message
   * @param {{ status?: number, data?: unknown }} [more]
   */
  constructor(code, message, more = {}) {
    super(message);
    this.code = code;
    this.status = more.status ?? 400;
    this.data = more.data;
  }
}

/** @param {unknown} message @returns {message is McpRequest} */
export function isRequest(message) {
  const given = /** @type {Partial<McpRequest> | null} */ (message);
  return typeof given === 'object' && given !== null && given.jsonrpc === '2.0' && typeof given.method === 'string';
}

/** The revision a request is of: by its `_meta`, else an older one. @param {McpRequest} request */
export function revisionOf(request) {
  const version = request.params?._meta?.[metaVersion];
  return typeof version === 'string' ? version : undefined;
}

/** @param {McpRequest} request */
function checkMeta(request) {
  const version = revisionOf(request);
  if (version === undefined) {
    throw new McpRefusal(-32602, `_meta must have ${metaVersion}: this method exists only since ${newest}`);
  }
  if (version !== newest) {
    throw new McpRefusal(-32022, `Unsupported protocol version`, {
      data: { supported: [newest, ...older], requested: version },
    });
  }
  const capabilities = request.params?._meta?.[metaCapabilities];
  if (typeof capabilities !== 'object' || capabilities === null) {
    throw new McpRefusal(-32602, `_meta must have ${metaCapabilities}`);
  }
}

/** @param {McpServerState} state @param {McpRequest} request */
function listTools(state, request) {
  const size = state.pageSize ?? Math.max(1, state.tools.length);
  const cursor = request.params?.cursor;
  const from = cursor === undefined ? 0 : Number(cursor);
  if (!Number.isInteger(from) || from < 0 || from > state.tools.length) throw new McpRefusal(-32602, 'Invalid cursor');
  const tools = state.tools
    .slice(from, from + size)
    .map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
  return { tools, ...(from + size < state.tools.length ? { nextCursor: String(from + size) } : {}) };
}

/** @param {McpServerState} state @param {McpRequest} request */
async function callTool(state, request) {
  const name = request.params?.name;
  const tool = state.tools.find((one) => one.name === name);
  if (tool === undefined) throw new McpRefusal(-32602, `Unknown tool: ${String(name)}`);
  const args = request.params?.arguments ?? {};
  if (typeof args !== 'object' || args === null || Array.isArray(args)) {
    throw new McpRefusal(-32602, 'arguments must be an object');
  }
  try {
    const output = await tool.run(args);
    return typeof output === 'string' ? { content: [{ type: 'text', text: output }], isError: false } : output;
  } catch (error) {
    // What goes wrong in a tool is for the model to read, not an error of the protocol.
    return { content: [{ type: 'text', text: String(error) }], isError: true };
  }
}

/** @param {McpServerState} state @param {McpRequest} request @returns {Promise<object>} */
async function resultOf(state, request) {
  const modern = revisionOf(request) !== undefined;
  if (modern) checkMeta(request);
  const capabilities = { tools: { listChanged: false } };
  const serverInfo = { name: state.name, version: state.version };
  const instructions = state.instructions === undefined ? {} : { instructions: state.instructions };
  switch (request.method) {
    case 'server/discover':
      checkMeta(request);
      return {
        supportedVersions: [newest, ...older],
        capabilities,
        serverInfo,
        ...instructions,
        ttlMs,
        cacheScope: 'private',
      };
    case 'tools/list':
      return { ...listTools(state, request), ...(modern ? { ttlMs, cacheScope: 'private' } : {}) };
    case 'tools/call':
      return callTool(state, request);
    case 'initialize': {
      if (modern) break;
      const asked = request.params?.protocolVersion;
      return { protocolVersion: older.includes(asked) ? asked : older[0], capabilities, serverInfo, ...instructions };
    }
    case 'ping':
      if (modern) break;
      return {};
  }
  throw new McpRefusal(-32601, `Method not found: ${request.method}`, { status: 404 });
}

/**
 * Undefined for a notification, which has no answer.
 *
 * @param {McpServerState} state
 * @param {McpRequest} request
 * @returns {Promise<{ status: number, reply: McpReply } | undefined>}
 */
export async function answerMcp(state, request) {
  if (request.id === undefined) return undefined;
  try {
    const result = await resultOf(state, request);
    const typed = revisionOf(request) === undefined ? result : { resultType: 'complete', ...result };
    return { status: 200, reply: { jsonrpc: '2.0', id: request.id, result: typed } };
  } catch (error) {
    return refusalOf(error, request.id);
  }
}

/** @param {unknown} error @param {string | number | null} id @returns {{ status: number, reply: McpReply }} */
export function refusalOf(error, id) {
  const refusal = error instanceof McpRefusal ? error : new McpRefusal(-32603, String(error), { status: 500 });
  const data = refusal.data === undefined ? {} : { data: refusal.data };
  return {
    status: refusal.status,
    reply: { jsonrpc: '2.0', id, error: { code: refusal.code, message: refusal.message, ...data } },
  };
}
