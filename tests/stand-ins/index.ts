// Everything tests and benchmarks use of the stand-ins. They are started by tests only: nothing in a user's configuration
// leads to them, and they listen on the loopback address on a port of the system's choice.

import { fileURLToPath } from 'node:url';

export { secretOf as awsSecretOf } from './bedrock/sigv4.ts';
export * from './core/brain.ts';
export { faultsBeforeFirstByte, seededFaults, type Fault, type FaultedRequest, type Faults } from './core/fault.ts';
export { costOf, createMeter, fingerprintOf, type Meter, type Price, type Prices, type Totals } from './core/meter.ts';
export type { Lack, VendorKind, VendorModel } from './core/protocol.ts';
export type { LoggedRequest, RequestLog } from './core/request-log.ts';
export { countTokens } from './core/tokens.ts';
export { startVendor, type Vendor, type VendorOptions } from './core/vendor.ts';
export { startPlainUpstream, type PlainUpstream } from './plain-upstream.ts';
export * from './sessions/misbehave.ts';
export * from './sessions/script-brain.ts';
export * from './sessions/steps.ts';
export { startMcpServer, type McpServer, type McpServerOptions, type McpTool } from './mcp/mcp-server.ts';

/** Run with Node, and a file of tools: a server of the Model Context Protocol on standard input and output. */
export const mcpStdioScript: string = fileURLToPath(new URL('mcp/mcp-stdio.mjs', import.meta.url));
/** Run with Node: prints its port, serves until its input ends. */
export const plainUpstreamScript: string = fileURLToPath(new URL('plain-upstream.ts', import.meta.url));
