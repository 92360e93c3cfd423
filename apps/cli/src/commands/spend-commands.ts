// `chorale keys`, `chorale budgets`: who may call models, and what they may spend.
import {
  type BudgetLimit,
  type BudgetScope,
  budgetScopes,
  type BudgetWindow,
  budgetWindows,
  type ModelBudget,
  type ModelDataClass,
  type ModelKey,
  type ModelStrategy,
} from '@chorale/lib-client';
import type { Command } from 'commander';
import { type Cli, collect } from '../cli.ts';
import { formatAge, formatTime } from '../format.ts';
import { formatUsd } from '../format-usd.ts';
import { readCount } from '../read-options.ts';
import type { CommonOptions } from '../session.ts';
import { UsageError } from '../usage-error.ts';

export function addSpendCommands(cli: Cli, program: Command): void {
  const keys = program.command('keys').description('the keys with which programs call models');
  addKeyList(cli, keys);
  addKeyCreate(cli, keys);
  addKeyRevoke(cli, keys);
  const budgets = program.command('budgets').description('what may be spent on models');
  addBudgetList(cli, budgets);
  addBudgetSet(cli, budgets);
  addBudgetDrop(cli, budgets);
}

function addKeyList(cli: Cli, parent: Command): void {
  const list = cli.add(parent, 'list', 'list keys');
  cli.run<[], CommonOptions>(list, async (session) => {
    const items = await session.client.listModelKeys();
    if (session.json) return session.printJson({ items });
    session.printTable(
      items,
      [
        { title: 'key', text: (item) => item.keyId },
        { title: 'name', text: (item) => item.name, shrinks: true },
        { title: 'begins with', text: (item) => `${item.prefix}…` },
        { title: 'models', text: (item) => item.models.join(' ') || 'all', shrinks: true },
        {
          title: 'state',
          text: (item) => keyState(item, session.now()),
          colour: (item) => (keyState(item, session.now()).startsWith('valid') ? 'green' : 'red'),
        },
      ],
      'no keys',
    );
  });
}

function keyState({ revokedAt, expiresAt }: ModelKey, now: number): string {
  if (revokedAt !== undefined) return `revoked ${formatAge(revokedAt, now)}`;
  if (expiresAt === undefined) return 'valid';
  return expiresAt <= now ? `expired ${formatAge(expiresAt, now)}` : `valid, expires ${formatAge(expiresAt, now)}`;
}

interface LimitOptions {
  readonly usd?: string;
  readonly tokens?: string;
  readonly calls?: string;
  readonly window?: string;
}

interface CreateOptions extends CommonOptions, LimitOptions {
  readonly model?: readonly string[];
  readonly strategy?: ModelStrategy;
  readonly dataClass?: ModelDataClass;
  readonly expires?: string;
}

function addLimitOptions(command: Command): Command {
  return command
    .option('--usd <amount>', 'at most so many US dollars')
    .option('--tokens <count>', 'at most so many tokens')
    .option('--calls <count>', 'at most so many calls')
    .option('--window <window>', `${budgetWindows.join(', ')}; default month`);
}

function addKeyCreate(cli: Cli, parent: Command): void {
  const create = addLimitOptions(
    cli
      .add(parent, 'create <name>', 'make a key; it is printed once and kept by nobody')
      .option('-m, --model <name>', 'a model, deployment or alias it may use; may be repeated; none: all', collect)
      .option('--strategy <name>', 'how its calls choose a model')
      .option('--data-class <class>', 'how sensitive its calls are at least: public, internal, personal, secret')
      .option('--expires <time>', 'when it ends to be valid, like 2027-01-31T00:00:00Z'),
  );
  cli.run<[string], CreateOptions>(create, async (session, { args: [name], options }) => {
    const limit = readLimit(options);
    const made = await session.client.createModelKey({
      name,
      ...(options.model === undefined ? {} : { models: options.model }),
      ...(options.strategy === undefined ? {} : { strategy: options.strategy }),
      ...(options.dataClass === undefined ? {} : { dataClass: options.dataClass }),
      ...(options.expires === undefined ? {} : { expiresAt: options.expires }),
      ...(limit === undefined ? {} : { budget: { window: readWindow(options.window), ...limit } }),
    });
    if (session.json) return session.printJson(made);
    // The key alone on standard output, so that a script can take it.
    session.print(`${made.key}\n`);
    session.terminal.error(`${made.keyId}: keep it now, it is not shown again\n`);
  });
}

function addKeyRevoke(cli: Cli, parent: Command): void {
  const revoke = cli.add(parent, 'revoke <key>', 'revoke a key for good');
  cli.run<[string], CommonOptions>(revoke, async (session, { args: [keyId] }) => {
    const key = await session.client.revokeModelKey(keyId);
    if (session.json) session.printJson(key);
    else session.print(`${key.keyId} (${key.name}) revoked\n`);
  });
}

function addBudgetList(cli: Cli, parent: Command): void {
  const list = cli.add(parent, 'list', 'list budgets with what is spent of them');
  cli.run<[], CommonOptions>(list, async (session) => {
    const items = await session.client.listBudgets();
    if (session.json) return session.printJson({ items });
    session.printTable(
      items,
      [
        { title: 'budget', text: (item) => item.budgetId },
        { title: 'for', text: sayFor, shrinks: true },
        { title: 'window', text: (item) => item.window },
        { title: 'spent of limit', text: saySpent },
        {
          title: 'begins anew',
          text: ({ resetsAt }) =>
            resetsAt === undefined ? 'never' : `${formatTime(resetsAt)} (${formatAge(resetsAt, session.now())})`,
        },
      ],
      'no budgets; set one with: chorale budgets set tenant --usd 20',
    );
  });
}

function sayFor({ scope, subject }: ModelBudget): string {
  return scope === 'tenant' ? 'everything' : `${scope} ${subject}`;
}

function saySpent({ limit, spent, reserved }: ModelBudget): string {
  const parts: string[] = [];
  const held = (amount: number, say: (value: number) => string): string => (amount > 0 ? ` +${say(amount)} held` : '');
  if (limit.usd !== undefined)
    parts.push(`${formatUsd(spent.usd)}${held(reserved.usd, formatUsd)} of ${formatUsd(limit.usd)}`);
  for (const kind of ['tokens', 'calls'] as const) {
    const most = limit[kind];
    if (most !== undefined) parts.push(`${spent[kind]}${held(reserved[kind], String)} of ${most} ${kind}`);
  }
  return parts.join(', ');
}

interface SetOptions extends CommonOptions, LimitOptions {}

function addBudgetSet(cli: Cli, parent: Command): void {
  const set = addLimitOptions(
    cli
      .add(parent, 'set <scope> [subject]', 'limit a tenant, project, key, goal or agent; what was spent stays')
      .addHelpText(
        'after',
        '\nLike: chorale budgets set tenant --usd 20\n      chorale budgets set agent reviewer --usd 1 --window day',
      ),
  );
  cli.run<[string, string | undefined], SetOptions>(set, async (session, { args: [given, subject], options }) => {
    const limit = readLimit(options);
    if (limit === undefined) throw new UsageError('a budget limits something: --usd, --tokens or --calls');
    const scope = readScope(given);
    if (scope !== 'tenant' && subject === undefined)
      throw new UsageError(`which ${scope}? Write it like: chorale budgets set ${scope} NAME --usd 5`);
    const window = readWindow(options.window);
    const named = subject === undefined ? {} : { subject };
    const budget = await session.client.putBudget({ scope, ...named, window, limit });
    if (session.json) session.printJson(budget);
    else session.print(`${budget.budgetId} ${sayFor(budget)}, ${budget.window}: ${saySpent(budget)}\n`);
  });
}

function readScope(text: string): BudgetScope {
  const scope = budgetScopes.find((known) => known === text);
  if (scope !== undefined) return scope;
  throw new UsageError(`there is no scope ${text}; there are ${budgetScopes.join(', ')}`);
}

function readWindow(text = 'month'): BudgetWindow {
  const window = budgetWindows.find((known) => known === text);
  if (window !== undefined) return window;
  throw new UsageError(`--window must be ${budgetWindows.join(', ')}, found ${text}`);
}

function readLimit({ usd, tokens, calls }: LimitOptions): BudgetLimit | undefined {
  if (usd === undefined && tokens === undefined && calls === undefined) return undefined;
  return {
    ...(usd === undefined ? {} : { usd: readAmount(usd) }),
    ...(tokens === undefined ? {} : { tokens: readCount('--tokens', tokens) }),
    ...(calls === undefined ? {} : { calls: readCount('--calls', calls) }),
  };
}

function readAmount(text: string): number {
  if (/^\d{1,7}(?:\.\d{1,9})?$/.test(text)) return Number(text);
  throw new UsageError(`--usd must be an amount like 20 or 0.5, found ${text}`);
}

function addBudgetDrop(cli: Cli, parent: Command): void {
  const drop = cli.add(parent, 'drop <budget>', 'remove a budget: what it limited is limited no more');
  cli.run<[string], CommonOptions>(drop, async (session, { args: [budgetId] }) => {
    await session.client.dropBudget(budgetId);
    if (session.json) session.printJson({ budgetId, dropped: true });
    else session.print(`${budgetId} dropped\n`);
  });
}
