// Which servers there are, as they are configured.

import type { ToolEffects } from '@chorale/module-agents';

export interface McpServerConfig {
  /** Part of the names of its tools: lower-case letters, digits and single hyphens. */
  readonly name: string;
  readonly reached: StdioServer | HttpServer;
  /** A tool that is seen for the first time may be called at once, or only after somebody agreed to it. Default `first-use`. */
  readonly approve?: 'first-use' | 'always';
  /** Tools that may be called again when it is unknown how a call ended. What a server says of itself does not count. */
  readonly repeatable?: readonly string[];
  /** The worst that calls of a tool do; those of a tool that is not named here are `irreversible`. */
  readonly effects?: Readonly<Record<string, ToolEffects>>;
  /** Of one call. Default 60 s. */
  readonly timeoutMs?: number;
}

/** A program that speaks over its standard input and output, in a sandbox of its own. */
export interface StdioServer {
  readonly by: 'stdio';
  readonly command: readonly [string, ...string[]];
  /** The whole environment; secrets as they are, read anew whenever the server is started. */
  readonly env?: () => Promise<Readonly<Record<string, string>>>;
  /** Host folders it may read. */
  readonly reads?: readonly string[];
  /** The host's network; without it there is none. */
  readonly network?: boolean;
}

export interface HttpServer {
  readonly by: 'http';
  readonly url: string;
  /** Sent with every request to this address and to no other; read anew for every connection. */
  readonly headers?: () => Promise<Readonly<Record<string, string>>>;
}

export const serverNamePattern = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
