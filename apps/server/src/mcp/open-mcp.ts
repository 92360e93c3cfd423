// The MCP servers that are configured, reached by this installation's rules.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openFilesystemToolPins } from '@chorale/adapter-filesystem';
import { openMcpServers, type McpServerConfig, type McpServers, type ToolPin } from '@chorale/adapter-mcp';
import type { SandboxDriver } from '@chorale/module-agents';
import type { Config } from '../config/config-schema.ts';
import { fetchOutside } from '../platform/fetch-outside.ts';
import { systemClock } from '../process/clock.ts';
import type { Log } from '../process/log.ts';
import { readAll, type SecretReader } from '../secrets/secret-reader.ts';

export interface McpParts {
  readonly config: Config;
  readonly read: SecretReader;
  readonly sandbox: SandboxDriver;
  readonly log: Log;
}

type Configured = Config['mcp']['servers'][number];

export function openMcp({ config, read, sandbox, log }: McpParts): McpServers {
  const { servers } = config.mcp;
  const near = new Set(
    servers.flatMap(({ url, private: isPrivate }) =>
      url !== undefined && isPrivate === true ? [new URL(url).hostname] : [],
    ),
  );
  return openMcpServers({
    servers: servers.map((server) => readServer(server, read)),
    clock: systemClock,
    sandbox,
    fetch: fetchOutside(near),
    pins: openFilesystemToolPins<ToolPin>({ directory: join(config.dataDir, 'mcp', 'pins') }),
    async workspaceOf(name) {
      const folder = join(config.dataDir, 'mcp', 'servers', name);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return folder;
    },
    report: ({ server, message }) => log.warn('an MCP server does not do what it should', { server, message }),
  });
}

function readServer(server: Configured, reader: SecretReader): McpServerConfig {
  const { name, command, url, reads, network, approve, repeatable, effects, timeoutSeconds } = server;
  const read =
    (references: Readonly<Record<string, string>> = {}) =>
    () =>
      readAll(references, (reference, key) => reader(reference, `${key} of the MCP server ${name}`));
  const [program, ...args] = command ?? [];
  return {
    name,
    reached:
      program === undefined
        ? { by: 'http', url: url ?? '', headers: read(server.headers) }
        : {
            by: 'stdio',
            command: [program, ...args],
            env: read(server.env),
            ...(reads === undefined ? {} : { reads }),
            ...(network === undefined ? {} : { network }),
          },
    ...(approve === undefined ? {} : { approve }),
    ...(repeatable === undefined ? {} : { repeatable }),
    ...(effects === undefined ? {} : { effects }),
    ...(timeoutSeconds === undefined ? {} : { timeoutMs: timeoutSeconds * 1_000 }),
  };
}
