// The part of the configuration that is about servers of the Model Context Protocol.

import { z } from 'zod';
import { storedReferencePattern } from './models-config.ts';

const secretReference = z.string().regex(storedReferencePattern, 'must be env:NAME, file:PATH or secret:NAME');
const secrets = z.record(z.string().min(1), secretReference);

const server = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be a-z, 0-9 and single hyphens')
      .max(32),
    command: z
      .array(z.string())
      .min(1)
      .exactOptional()
      .describe('A program that is run in a sandbox, with its arguments'),
    env: secrets.exactOptional(),
    reads: z.array(z.string().startsWith('/')).exactOptional().describe('Folders it may read'),
    network: z.boolean().exactOptional().describe('Whether it may reach the network'),
    url: z
      .url({ protocol: /^https?$/ })
      .exactOptional()
      .describe('Where a server is reached over HTTP'),
    headers: secrets.exactOptional(),
    private: z.boolean().exactOptional().describe('Whether its address may be one that is not public'),
    approve: z.enum(['first-use', 'always']).exactOptional(),
    repeatable: z.array(z.string()).exactOptional().describe('Tools that may be called again when an end is unknown'),
    effects: z
      .record(z.string(), z.enum(['reads', 'writes-workspace', 'exfiltrates', 'irreversible']))
      .exactOptional()
      .describe('The worst that calls of a tool do; of one that is not named here: irreversible'),
    timeoutSeconds: z.number().positive().max(3_600).exactOptional(),
  })
  .refine(({ command, url }) => (command === undefined) !== (url === undefined), {
    message: 'must have a command or a url, and not both',
  });

export const mcpConfigSchema = z.strictObject({
  servers: z
    .array(server)
    .default([])
    .refine((servers) => new Set(servers.map(({ name }) => name)).size === servers.length, {
      message: 'must have names of their own',
    })
    .describe('Servers whose tools agents may be granted as mcp__NAME__TOOL'),
  refreshMinutes: z.number().positive().default(5).describe('How often they are asked for their tools'),
});
