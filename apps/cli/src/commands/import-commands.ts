// `chorale import`: what older systems kept on this machine.
import type { ImportReport, MemoryImport } from '@chorale/lib-client';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { formatTime } from '../format.ts';
import type { CommonOptions, Session } from '../session.ts';
import { backUpFolder, findStateFolders, readStateFolder } from '../state-folder.ts';
import { harmless } from '../text-width.ts';
import { UsageError } from '../usage-error.ts';

export function addImportCommands(cli: Cli, program: Command): void {
  const parent = program.command('import').description('bring in what older systems kept');
  addAgentState(cli, parent);
  addList(cli, parent);
}

interface AgentStateOptions extends CommonOptions {
  readonly scope?: string;
  readonly dryRun?: boolean;
  readonly rollBack?: string;
  readonly backup?: boolean;
}

function addAgentState(cli: Cli, parent: Command): void {
  const command = cli
    .add(parent, 'agent-state [folder]', 'make memories of .agent_state and .agent_knowledge in a folder')
    .option('-s, --scope <scope>', 'whose memories they become, as in agent/scout; default your own')
    .option('--dry-run', 'only say what would come')
    .option('--no-backup', 'make no copy of the folder beside it')
    .option('--roll-back <import>', 'take out all that an import brought');
  cli.run<[string | undefined], AgentStateOptions>(command, async (session, { args: [path], options }) => {
    const { rollBack } = options;
    if ((path === undefined) === (rollBack === undefined))
      throw new UsageError('name the folder to import, or an import to --roll-back');
    return rollBack === undefined ? importFolder(session, path!, options) : undo(session, rollBack);
  });
}

async function importFolder(session: Session, path: string, options: AgentStateOptions): Promise<ExitCode> {
  const { scope, dryRun = false, backup = true } = options;
  const folders = await findStateFolders(path);
  const files = (await Promise.all(folders.map(readStateFolder))).flat();
  if (files.length === 0) throw new UsageError(`${path} has no .json or .jsonl files in it`);
  const stamp = new Date(session.now()).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  const copies = dryRun || !backup ? [] : await Promise.all(folders.map((folder) => backUpFolder(folder, stamp)));
  for (const copy of copies) session.terminal.error(`copied to ${copy}\n`);
  const report = await session.client.importAgentState({ files, dryRun, ...(scope === undefined ? {} : { scope }) });
  if (session.json) session.printJson(report);
  else printReport(session, report);
  const isBroken = report.files.some(({ outcome }) => outcome === 'broken');
  const isVerified = dryRun || report.verified === report.added;
  return isBroken || !isVerified ? exitCodes.goalFailed : exitCodes.ok;
}

function printReport(session: Session, report: ImportReport): void {
  const { dryRun, importId, files, added, known, keptOut, verified, scope } = report;
  session.printTable(
    files,
    [
      { title: 'file', text: ({ path }) => harmless(path), shrinks: true },
      { title: 'memories', text: ({ memories }) => String(memories) },
      { title: 'turns', text: ({ turns }) => String(turns) },
      {
        title: '',
        text: ({ outcome, reason, skipped }) =>
          outcome === 'read' ? (skipped === 0 ? '' : `${skipped} entries make no sense`) : `${outcome}: ${reason}`,
      },
    ],
    'no files',
  );
  if (dryRun) {
    session.print(`${added} would be added to ${scope}, ${known} are there already; nothing was written\n`);
    return;
  }
  session.print(`${added} added to ${scope}, ${verified} of them verified; ${known} were there already`);
  session.print(keptOut === 0 ? '\n' : `; ${keptOut} turns say nothing or say it again\n`);
  session.print(`undo it with: chorale import agent-state --roll-back ${importId}\n`);
}

async function undo(session: Session, importId: string): Promise<ExitCode> {
  const { memories } = await session.client.rollBackMemoryImport(importId);
  if (session.json) session.printJson({ importId, memories });
  else session.print(`${importId} rolled back: ${memories} memories are gone\n`);
  return exitCodes.ok;
}

function addList(cli: Cli, parent: Command): void {
  const list = cli.add(parent, 'list', 'list what was brought in, newest first');
  cli.run<[], CommonOptions>(list, async (session) => {
    const items = await session.client.listMemoryImports();
    if (session.json) return session.printJson({ items });
    session.printTable(
      items,
      [
        { title: 'import', text: ({ importId }: MemoryImport) => importId },
        { title: 'from', text: ({ source, files }) => `${source}, ${files.length} files` },
        { title: 'into', text: ({ scope }) => harmless(scope), shrinks: true },
        { title: 'added', text: ({ added }) => String(added) },
        { title: 'when', text: ({ importedAt }) => formatTime(importedAt) },
        { title: '', text: ({ rolledBackAt }) => (rolledBackAt === undefined ? '' : 'rolled back') },
      ],
      'nothing was imported',
    );
  });
}
