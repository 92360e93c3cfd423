// `chorale memory summarise`: a session in few words.
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { readCount } from '../read-options.ts';
import type { CommonOptions } from '../session.ts';
import { harmless } from '../text-width.ts';

interface SummaryOptions extends CommonOptions {
  readonly scope?: string;
  readonly tokens?: string;
}

export function addSummaryCommand(cli: Cli, memory: Command): void {
  const summarise = cli
    .add(memory, 'summarise <session>', 'sum a session up, and keep the summary with what it was made of')
    .option('-s, --scope <scope>', 'where the session is, as in project/NAME; default your own')
    .option('--tokens <count>', 'how long it may be, 50 to 4000; default 400');
  cli.run<[string], SummaryOptions>(summarise, async (session, { args: [name], options }) => {
    const summary = await session.client.summariseMemory({
      session: name,
      ...(options.scope === undefined ? {} : { scope: options.scope }),
      ...(options.tokens === undefined ? {} : { tokensMax: readCount('--tokens', options.tokens) }),
    });
    if (session.json) return session.printJson(summary);
    session.print(`${harmless(summary.memory.text)}\n`);
    const how = summary.by === 'model' ? 'in the words of a model' : 'in its own sentences';
    session.terminal.error(`${summary.turns} turns, ${how}; kept as ${summary.memory.memoryId}\n`);
  });
}
