import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { formatEventLine } from '../event-line.ts';
import { exitCodes } from '../exit-code.ts';
import { printEvents } from '../follow-goal.ts';
import type { CommonOptions } from '../session.ts';
import { readCount } from '../read-options.ts';

interface EventOptions extends CommonOptions {
  readonly follow?: boolean;
  readonly after?: string;
}

export function addEventCommands(cli: Cli, program: Command): void {
  const events = cli
    .add(program, 'events <goal>', 'print what happened to a goal')
    .option('-f, --follow', 'go on until the goal has ended')
    .option('--after <seq>', 'only events after this number', '0');
  cli.run<[string], EventOptions>(events, async (session, { args: [goalId], options }) => {
    let after = readCount('--after', options.after ?? '0');
    if (options.follow === true) {
      await printEvents(session, goalId, { after, until: 'finished' });
      return session.signal.aborted ? exitCodes.interrupted : exitCodes.ok;
    }
    for (;;) {
      const page = await session.client.listEvents(goalId, { after, limit: 1000 });
      for (const event of page.items) {
        if (session.json) session.printJson(event, 'line');
        else session.print(`${formatEventLine(event, session.paint)}\n`);
      }
      if (page.next === undefined) return exitCodes.ok;
      after = Number(page.next);
    }
  });
}
