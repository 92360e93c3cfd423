// Asks the MCP servers for their tools, at the start and from time to time, so that agents are offered what there is.

import type { McpServers } from '@chorale/adapter-mcp';
import { Beat, type BeatPorts } from '../process/beat.ts';
import type { Service } from '../process/service.ts';

/** Servers that have not named their tools by then are not waited for. */
const firstLookMsMax = 10_000;

export interface McpWatch extends Service {
  /** Resolves when the servers were asked once, or have had their time: an agent that began before would lack tools. */
  readonly looked: Promise<void>;
}

export function watchMcp(servers: McpServers, everyMs: number, ports: BeatPorts): McpWatch {
  let onLooked: () => void = () => undefined;
  const looked = new Promise<void>((resolve) => (onLooked = resolve));
  let told = '';
  const beat = new Beat(ports, {
    name: 'mcp servers',
    everyMs,
    complaint: 'the tools of MCP servers could not be read',
    async round() {
      const reports = await servers.refresh().finally(onLooked);
      const waiting = reports
        .filter(({ state }) => state !== 'approved')
        .map(({ name, state }) => `${name} (${state})`);
      const tell = waiting.join(', ');
      if (tell !== '' && tell !== told)
        ports.log.warn('tools of MCP servers that are not called before somebody agrees', { tools: tell });
      told = tell;
    },
  });
  const drain = async () => {
    await beat.drain();
    await servers.close();
  };
  return {
    name: beat.name,
    looked,
    run() {
      const takeBack = ports.clock.schedule(firstLookMsMax, onLooked);
      void looked.then(takeBack);
      return beat.run();
    },
    drain,
    stop: drain,
  };
}
