import type { Command } from 'commander';
import { checkMachine } from '../check-machine.ts';
import type { Cli } from '../cli.ts';
import { completionScript, shells } from '../completion.ts';
import { type ExitCode, exitCodes, exitCodesHelp } from '../exit-code.ts';
import { formatDuration } from '../format.ts';
import { runServerProgram } from '../server-program.ts';
import type { CommonOptions } from '../session.ts';
import { oneLine } from '../text-width.ts';

export function addSystemCommands(cli: Cli, program: Command): void {
  addServe(cli, program);
  addConfig(cli, program);
  addDatabase(cli, program);
  addDoctor(cli, program);
  addInstallation(cli, program);
  const completion = program
    .command('completion')
    .argument('<shell>', shells.join(', '))
    .description('print the completion script of a shell, like: source <(chorale completion bash)');
  cli.run<[string], CommonOptions>(completion, async (session, { args: [shell] }) =>
    session.print(completionScript(shell)),
  );
  const codes = program.command('exit-codes').description('what the exit codes mean');
  cli.run<[], CommonOptions>(codes, async (session) => session.print(exitCodesHelp));
}

/** Flags of these two belong to the server program, which also describes them. */
function addServe(cli: Cli, program: Command): void {
  const serve = program
    .command('serve')
    .description('run the server in this terminal; takes the flags that `chorale config --help` lists')
    .argument('[flags...]')
    .allowUnknownOption()
    .helpOption(false);
  cli.run<[readonly string[]], CommonOptions>(serve, async (_session, { args: [flags] }) => {
    return (await runServerProgram('main', ['serve', ...flags])) as ExitCode;
  });
}

function addConfig(cli: Cli, program: Command): void {
  const config = program
    .command('config')
    .description(
      "print the configuration that `chorale serve` with these flags would use; with --json, the running server's",
    )
    .argument('[flags...]')
    .allowUnknownOption()
    .helpOption(false);
  config.option('--json').option('--server <url>');
  cli.run<[readonly string[]], CommonOptions>(config, async (session, { args: [flags] }) => {
    if (session.json) {
      session.printJson(await session.client.getConfig());
      return exitCodes.ok;
    }
    return (await runServerProgram('main', ['config', ...flags])) as ExitCode;
  });
}

/** Without a server, since it is about what a server would begin with. */
function addDatabase(cli: Cli, program: Command): void {
  const database = program
    .command('database')
    .description('backup FILE, restore FILE (the embedded database), or restored: say that PostgreSQL was restored')
    .argument('[words...]')
    .allowUnknownOption()
    .helpOption(false);
  cli.run<[readonly string[]], CommonOptions>(database, async (_session, { args: [words] }) => {
    return (await runServerProgram('main', ['database', ...words])) as ExitCode;
  });
}

function addDoctor(cli: Cli, program: Command): void {
  const doctor = cli
    .add(program, 'doctor', 'find out what is missing, and the command that mends it')
    .option('--data-dir <folder>', 'the data directory to check (CHORALE_DATA_DIR)');
  cli.run<[], CommonOptions & { readonly dataDir?: string }>(doctor, async (session, { options }) => {
    const { client, env, paint } = session;
    const dataDir = options.dataDir ?? env['CHORALE_DATA_DIR'] ?? '.chorale';
    const checks = await checkMachine({ client, dataDir, server: client.baseUrl });
    const broken = checks.filter((check) => !check.ok && !check.optional);
    if (session.json) session.printJson({ items: checks });
    else {
      for (const check of checks) {
        const mark = check.ok
          ? paint('green', 'ok     ')
          : paint(check.optional ? 'yellow' : 'red', check.optional ? 'without' : 'missing');
        session.print(`${mark} ${check.name}: ${oneLine(check.found)}\n`);
        if (check.fix !== undefined) session.print(`        mend it with: ${check.fix}\n`);
      }
    }
    return broken.length === 0 ? exitCodes.ok : exitCodes.goalFailed;
  });
}

function addInstallation(cli: Cli, program: Command): void {
  const processes = cli.add(program, 'processes', 'list the processes of the installation, with what they do');
  cli.run<[], CommonOptions>(processes, async (session) => {
    const items = await session.client.listProcesses();
    if (session.json) return session.printJson({ items });
    session.printTable(
      items,
      [
        { title: 'process', text: (process) => process.processId },
        { title: 'name', text: (process) => process.name, shrinks: true },
        { title: 'roles', text: (process) => process.roles.join(', ') },
        {
          title: 'alive',
          text: (process) => (process.alive ? 'yes' : 'no'),
          colour: (process) => (process.alive ? 'green' : 'red'),
        },
        {
          title: 'tasks',
          text: ({ running, slots }) => (slots === undefined || slots === 0 ? '' : `${running ?? 0} of ${slots}`),
        },
        { title: 'address', text: ({ address = '' }) => address, shrinks: true },
        { title: 'version', text: (process) => process.version },
      ],
      'no processes',
    );
  });
  const workers = cli.add(program, 'workers', 'list the processes that run tasks');
  cli.run<[], CommonOptions>(workers, async (session) => {
    const items = await session.client.listWorkers();
    if (session.json) return session.printJson({ items });
    session.printTable(
      items,
      [
        { title: 'worker', text: (worker) => worker.workerId },
        { title: 'name', text: (worker) => worker.name, shrinks: true },
        {
          title: 'alive',
          text: (worker) => (worker.alive ? 'yes' : 'no'),
          colour: (worker) => (worker.alive ? 'green' : 'red'),
        },
        { title: 'labels', text: (worker) => worker.labels.join(', '), shrinks: true },
        { title: 'version', text: (worker) => worker.version },
      ],
      'no workers',
    );
  });
  const queue = cli.add(program, 'queue', 'count what is ready, running, sleeping and blocked');
  cli.run<[], CommonOptions>(queue, async (session) => {
    const stats = await session.client.queueStats();
    if (session.json) return session.printJson(stats);
    const { oldestReadyMs, ...counts } = stats;
    const oldest = oldestReadyMs === 0 ? 'none' : formatDuration(oldestReadyMs);
    session.printFields([
      ...Object.entries(counts).map(([name, value]) => [name, String(value)] as const),
      ['oldest ready', oldest],
    ]);
  });
}
