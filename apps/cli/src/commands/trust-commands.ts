import { statSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { type Cli, collect } from '../cli.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { askServerProgram } from '../server-program.ts';
import type { CommonOptions, Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';

const program = 'api/trust-main';

interface Project {
  readonly path: string;
  /** Missing when the project brings nothing that would need trust. */
  readonly contentHash?: string;
  readonly trusted: boolean;
  readonly items: readonly {
    readonly kind: string;
    readonly name: string;
    readonly path: string;
    readonly uses: readonly string[];
  }[];
  /** It is not what was shown any more. */
  readonly changed?: boolean;
}

interface TrustOptions extends CommonOptions {
  readonly yes?: boolean;
  readonly list?: boolean;
  readonly revoke?: boolean;
  readonly dataDir?: readonly string[];
}

export function addTrustCommand(cli: Cli, parent: Command): void {
  const trust = cli
    .add(parent, 'trust [folder]', 'let the agents, skills and workflows run that a project brings in .agents')
    .option('--yes', 'without asking')
    .option('--list', 'list the projects that are trusted')
    .option('--revoke', 'trust the project no longer')
    .option('--data-dir <folder>', "the server's data directory (CHORALE_DATA_DIR)", collect);
  cli.run<[string | undefined], TrustOptions>(trust, async (session, { args: [folder = '.'], options }) => {
    const flags = (options.dataDir ?? []).flatMap((directory) => ['--data-dir', directory]);
    const ask = <T>(given: object): Promise<T> => askServerProgram<T>(program, [], JSON.stringify({ ...given, flags }));
    if (options.list === true) return printList(session, await ask({ action: 'list' }));
    if (options.revoke === true) return printRevoked(session, await ask({ action: 'revoke', project: folder }));
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
      throw new UsageError(`${folder} is no folder; name that of the project`);
    const project = await ask<Project>({ action: 'show', project: folder });
    if (project.contentHash === undefined || project.trusted) return printProject(session, project);
    if (!session.json) printItems(session, project);
    if (options.yes !== true && !(await confirm(session))) return exitCodes.refused;
    const { contentHash } = project;
    return printProject(session, await ask<Project>({ action: 'trust', project: folder, contentHash }));
  });
}

function printItems({ print, printTable }: Session, { path, items }: Project): void {
  print(`${path} brings:\n`);
  printTable(
    items,
    [
      { title: 'kind', text: (item) => item.kind },
      { title: 'name', text: (item) => item.name },
      { title: 'uses', text: (item) => item.uses.join(', '), shrinks: true },
      { title: 'file', text: (item) => item.path, shrinks: true },
    ],
    'files that are no agents, skills or workflows',
  );
}

async function confirm({ terminal, signal }: Session): Promise<boolean> {
  if (!terminal.live || !process.stdin.isTTY) {
    throw new UsageError('nobody can be asked here: read the files, then say --yes');
  }
  const asking = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await asking.question(
      'They will run with your rights, inside the sandbox. Trust them as they are now? [y/N] ',
      { signal },
    );
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    asking.close();
  }
}

function printProject({ json, print, printJson, terminal }: Session, project: Project): ExitCode {
  if (json) printJson(project);
  else if (project.contentHash === undefined) terminal.error(`${project.path} brings nothing that needs trust\n`);
  else if (project.changed === true)
    terminal.error(`${project.path} has changed since it was shown; look at it again\n`);
  else print(`${project.path} is trusted as long as its .agents stays as it is\n`);
  return project.changed === true ? exitCodes.refused : exitCodes.ok;
}

interface Trusted {
  readonly path: string;
  readonly contentHash: string;
}

function printList(session: Session, { items }: { readonly items: readonly Trusted[] }): ExitCode {
  if (session.json) session.printJson({ items });
  else {
    const columns = [
      { title: 'project', text: (item: Trusted) => item.path },
      { title: 'content', text: (item: Trusted) => item.contentHash.slice(0, 12) },
    ];
    session.printTable(items, columns, 'no project is trusted');
  }
  return exitCodes.ok;
}

function printRevoked(
  { json, print, printJson }: Session,
  revoked: { readonly path: string; readonly known: boolean },
): ExitCode {
  if (json) printJson(revoked);
  else print(`${revoked.path} ${revoked.known ? 'is trusted no longer' : 'was not trusted'}\n`);
  return revoked.known ? exitCodes.ok : exitCodes.notFound;
}
