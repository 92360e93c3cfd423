export type { HttpServer, McpServerConfig, StdioServer } from './mcp-server-config.ts';
export {
  openMcpServers,
  type McpServers,
  type McpServersOptions,
  type McpToolReport,
  type McpToolState,
} from './open-mcp-servers.ts';
export type { ToolPin, ToolPinStore } from './tool-pin.ts';
