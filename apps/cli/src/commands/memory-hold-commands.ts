// `chorale memory hold`: what keeps everything of a scope from being deleted.
import type { LegalHold } from '@chorale/lib-client';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { formatTime } from '../format.ts';
import type { CommonOptions } from '../session.ts';
import { harmless } from '../text-width.ts';

export function addHoldCommands(cli: Cli, memory: Command): void {
  const hold = memory.command('hold').description('legal holds: nothing of a scope is deleted while there is one');
  const place = cli.add(hold, 'place <scope> <reason...>', 'hold everything of a scope, what comes later included');
  cli.run<[string, readonly string[]], CommonOptions>(place, async (session, { args: [scope, reason] }) => {
    const placed = await session.client.placeMemoryHold({ scope, reason: reason.join(' ') });
    if (session.json) session.printJson(placed);
    else session.print(`${placed.holdId} holds ${harmless(placed.scope)}\n`);
  });
  const lift = cli.add(hold, 'lift <hold>', 'lift it; other holds on the scope stay');
  cli.run<[string], CommonOptions>(lift, async (session, { args: [holdId] }) => {
    await session.client.liftMemoryHold(holdId);
    if (session.json) session.printJson({ holdId, lifted: true });
    else session.print(`${holdId} lifted\n`);
  });
  const list = cli.add(hold, 'list', 'list the holds, oldest first');
  cli.run<[], CommonOptions>(list, async (session) => {
    const items = await session.client.listMemoryHolds();
    if (session.json) return session.printJson({ items });
    session.printTable(
      items,
      [
        { title: 'hold', text: ({ holdId }: LegalHold) => holdId },
        { title: 'scope', text: ({ scope }) => harmless(scope), shrinks: true },
        { title: 'reason', text: ({ reason }) => harmless(reason), shrinks: true },
        { title: 'by', text: ({ placedBy }) => harmless(placedBy) },
        { title: 'since', text: ({ placedAt }) => formatTime(placedAt) },
      ],
      'there are no holds',
    );
  });
}
