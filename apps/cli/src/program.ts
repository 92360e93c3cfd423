// The whole command: what can be typed, and what an error becomes.
import { ClientError, type Problem } from '@chorale/lib-client';
import { Command, CommanderError } from 'commander';
import { createCli } from './cli.ts';
import { addAccessCommands } from './commands/access-commands.ts';
import { addApprovalCommands } from './commands/approval-commands.ts';
import { addArtifactCommands } from './commands/artifact-commands.ts';
import { addAuditCommands } from './commands/audit-commands.ts';
import { addCatalogCommands } from './commands/catalog-commands.ts';
import { addEventCommands } from './commands/event-commands.ts';
import { addGoalCommands } from './commands/goal-commands.ts';
import { addImportCommands } from './commands/import-commands.ts';
import { addLoginCommands } from './commands/login-commands.ts';
import { addMcpCommands } from './commands/mcp-commands.ts';
import { addMemoryCommands } from './commands/memory-commands.ts';
import { addMessageCommands } from './commands/message-commands.ts';
import { addModelCommands } from './commands/model-commands.ts';
import { addProjectCommands } from './commands/project-commands.ts';
import { addReconcileCommands } from './commands/reconcile-commands.ts';
import { addRetentionCommands } from './commands/retention-commands.ts';
import { addRunCommand } from './commands/run-command.ts';
import { addScheduleCommands } from './commands/schedule-commands.ts';
import { addSecretCommands } from './commands/secret-commands.ts';
import { addSpendCommands } from './commands/spend-commands.ts';
import { addSystemCommands } from './commands/system-commands.ts';
import { addTaskCommands } from './commands/task-commands.ts';
import { addTenantCommands } from './commands/tenant-commands.ts';
import { addTrustCommand } from './commands/trust-commands.ts';
import { complete } from './completion.ts';
import { exitCodeOf, exitCodes } from './exit-code.ts';
import type { Surroundings } from './session.ts';
import { harmless } from './text-width.ts';
import { UsageError } from './usage-error.ts';

/** Runs the command as typed (without `node` and the script), and gives the exit code. Never rejects. */
export async function runProgram(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { terminal, signal } = surroundings;
  const cli = createCli(surroundings);
  const program = new Command('chorale')
    .description('Runs teams of AI agents on real work, durably.')
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.error })
    .showHelpAfterError('(add --help for what can be typed)')
    .addHelpText('after', '\nExit codes: chorale help exit-codes');
  addRunCommand(cli, program);
  addGoalCommands(cli, program);
  addTaskCommands(cli, program);
  addEventCommands(cli, program);
  addApprovalCommands(cli, program);
  addCatalogCommands(cli, program);
  addArtifactCommands(cli, program);
  addScheduleCommands(cli, program);
  addMessageCommands(cli, program);
  addModelCommands(cli, program);
  addMemoryCommands(cli, program);
  addMcpCommands(cli, program);
  addReconcileCommands(cli, program);
  addSpendCommands(cli, program);
  addSecretCommands(cli, program);
  addLoginCommands(cli, program);
  addAccessCommands(cli, program);
  addProjectCommands(cli, program);
  addTenantCommands(cli, program);
  addAuditCommands(cli, program);
  addRetentionCommands(cli, program);
  addImportCommands(cli, program);
  addTrustCommand(cli, program);
  addSystemCommands(cli, program);
  addCompletion(cli, program);
  try {
    await program.parseAsync(args[0] === 'help' && args[1] === 'exit-codes' ? ['exit-codes'] : [...args], {
      from: 'user',
    });
    return cli.exitCode();
  } catch (thrown) {
    // A key that cannot be read is asked for in the middle of a call.
    const error = thrown instanceof ClientError && thrown.cause instanceof UsageError ? thrown.cause : thrown;
    if (signal.aborted) return exitCodes.interrupted;
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    if (args.includes('--json') && error instanceof ClientError && error.problem !== undefined) {
      terminal.out(`${JSON.stringify(error.problem, undefined, 2)}\n`);
    } else terminal.error(`chorale: ${sayError(error)}\n`);
    return exitCodeOf(error);
  }
}

function addCompletion(cli: ReturnType<typeof createCli>, program: Command): void {
  const command = program.command('complete', { hidden: true }).argument('[words...]').allowUnknownOption();
  cli.run<[readonly string[]], object>(command, async (session, { args: [words] }) => {
    for (const name of await complete(program, words, session)) session.print(`${name}\n`);
  });
}

function sayError(error: unknown): string {
  if (error instanceof UsageError) return error.message;
  if (!(error instanceof ClientError)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (error.problem !== undefined) return sayProblem(error.problem);
  return error.kind === 'unreachable' ? `${error.message}\n  ${sayRemedy(error)}` : error.message;
}

/** Of a server that gave no answer. */
function sayRemedy({ cause }: ClientError): string {
  const { code = '' } = (
    cause instanceof Error && cause.cause instanceof Error ? cause.cause : {}
  ) as NodeJS.ErrnoException;
  if (/SELF_SIGNED|ISSUER|LEAF_SIGNATURE/.test(code))
    return 'if you trust it, name the file of its authority: NODE_EXTRA_CA_CERTS=authority.pem';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'ask it under a name that its certificate has';
  if (code === 'UND_ERR_SOCKET') return 'if it speaks TLS, say --server https://...';
  return 'start one with: chorale serve';
}

/** Whoever typed a command sent no query and no body. */
function sayMistakes(detail: string, issues: Problem['issues'] = []): string {
  const said = issues.map(({ at, message }) => `${at.replace(/^(?:query|body|path|header)\./, '')} ${message}`);
  const [first = detail, ...more] = said.map(harmless);
  return [first, ...more.map((line) => `  ${line}`), '  (add --help for what can be typed)'].join('\n');
}

function sayProblem({ detail, code, issues = [], action, instance, family }: Problem): string {
  if (code === 'request-invalid') return sayMistakes(detail, issues);
  const lines = [`${harmless(detail)} (${code})`];
  if (issues.length > 1) for (const issue of issues) lines.push(`  ${harmless(issue.at)} ${harmless(issue.message)}`);
  if (action !== undefined) lines.push(`  ${harmless(action)}`);
  if (family === 'broken') lines.push(`  the server's log has more under ${instance}`);
  return lines.join('\n');
}
