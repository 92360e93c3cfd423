// `chorale retention`: for how long things are kept; what is older, shown and deleted.
import { retentionKinds, type RetentionKind, type RetentionPolicy } from '@chorale/lib-client';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { formatTime } from '../format.ts';
import type { CommonOptions, Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';

interface RetentionOptions extends CommonOptions {
  readonly olderThan: string;
  readonly what?: string;
}

export function addRetentionCommands(cli: Cli, program: Command): void {
  const retention = program.command('retention').description('how long things are kept, and what was kept long enough');
  const add = (name: string, about: string, apply: boolean): void => {
    const command = cli
      .add(retention, name, about)
      .requiredOption('--older-than <days>', 'what is older goes, as in 90d')
      .option('--what <kinds>', `of ${retentionKinds.join(', ')}; without it, all of them`);
    cli.run<[], RetentionOptions>(command, (session, { options }) => retain(session, options, apply));
  };
  add('plan', 'count what would be deleted', false);
  add('apply', 'delete it', true);
  cli.run<[], CommonOptions>(cli.add(retention, 'show', 'show for how long things are kept by themselves'), show);
  const set = cli.add(retention, 'set [kinds...]', 'say it anew, as in goals=90d model-calls=30d; nothing: all stays');
  cli.run<[readonly string[]], CommonOptions>(set, (session, { args: [kinds] }) => setPolicy(session, kinds));
}

function readDays(text: string): number {
  const days = /^(\d{1,5})d?$/.exec(text)?.[1];
  if (days === undefined || Number(days) < 1)
    throw new UsageError(`Give days, as in 90d; found ${text === '' ? 'none' : text}`);
  return Number(days);
}

function readKind(text: string): RetentionKind {
  const kind = retentionKinds.find((one) => one === text.trim());
  if (kind === undefined) throw new UsageError(`There is no ${text}; there are ${retentionKinds.join(', ')}`);
  return kind;
}

async function retain(
  { client, json, print, printJson, printTable }: Session,
  { olderThan, what }: RetentionOptions,
  apply: boolean,
): Promise<void> {
  const kinds = what === undefined ? {} : { kinds: what.split(',').map(readKind) };
  const result = await client.applyRetention({ olderThanDays: readDays(olderThan), ...kinds, apply });
  if (json) return printJson(result);
  printTable(
    Object.entries(result.counts),
    [
      { title: 'what', text: ([name]) => name },
      { title: result.dryRun ? 'would go' : 'went', text: ([, count]) => String(count), align: 'right' },
    ],
    'nothing is kept',
  );
  const same = `--older-than ${olderThan}${what === undefined ? '' : ` --what ${what}`}`;
  const next = result.dryRun ? `; to delete it: chorale retention apply ${same}` : '';
  print(`\nolder than ${formatTime(result.before)}${next}\n`);
}

async function show({ client, json, printJson, print }: Session): Promise<void> {
  const policy = await client.getRetentionPolicy();
  return json ? printJson(policy) : print(describePolicy(policy));
}

async function setPolicy({ client, json, printJson, print }: Session, kinds: readonly string[]): Promise<void> {
  const days = kinds.map((text): readonly [RetentionKind, number] => {
    const [kind = '', kept = ''] = text.split('=');
    return [readKind(kind), readDays(kept)];
  });
  const policy = await client.setRetentionPolicy(Object.fromEntries(days));
  return json ? printJson(policy) : print(describePolicy(policy));
}

function describePolicy(policy: RetentionPolicy): string {
  const lines = retentionKinds.map((kind) => {
    const days = policy[kind];
    return `${kind}: ${days === undefined ? 'kept until they are deleted' : `kept for ${days} days`}\n`;
  });
  return lines.join('');
}
