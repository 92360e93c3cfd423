// `chorale retention`: what is older than so many days, shown and deleted.
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { formatTime } from '../format.ts';
import type { CommonOptions, Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';

interface RetentionOptions extends CommonOptions {
  readonly olderThan: string;
}

export function addRetentionCommands(cli: Cli, program: Command): void {
  const retention = program.command('retention').description('records that were kept long enough');
  const add = (name: string, about: string, apply: boolean): void => {
    const command = cli
      .add(retention, name, about)
      .requiredOption('--older-than <days>', 'what is older goes, as in 90d');
    cli.run<[], RetentionOptions>(command, (session, { options }) =>
      retain(session, readDays(options.olderThan), apply),
    );
  };
  add('plan', 'count what would be deleted', false);
  add('apply', 'delete it', true);
}

function readDays(text: string): number {
  const days = /^(\d{1,5})d?$/.exec(text)?.[1];
  if (days === undefined || Number(days) < 1) throw new UsageError(`--older-than is days, as in 90d; found ${text}`);
  return Number(days);
}

async function retain(
  { client, json, print, printJson, printTable }: Session,
  olderThanDays: number,
  apply: boolean,
): Promise<void> {
  const result = await client.applyRetention({ olderThanDays, apply });
  if (json) return printJson(result);
  printTable(
    Object.entries(result.counts),
    [
      { title: 'what', text: ([name]) => name },
      { title: result.dryRun ? 'would go' : 'went', text: ([, count]) => String(count), align: 'right' },
    ],
    'nothing is kept',
  );
  print(
    `\nolder than ${formatTime(result.before)}${result.dryRun ? `; to delete it: chorale retention apply --older-than ${olderThanDays}d` : ''}\n`,
  );
}
