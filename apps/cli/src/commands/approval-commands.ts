import type { ApprovalState, Json } from '@chorale/lib-client';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { printApproval } from '../approval-sheet.ts';
import { approvalColumns, printChanged } from '../goal-table.ts';
import { readDataFile, readJsonOption } from '../read-options.ts';
import type { CommonOptions, Session } from '../session.ts';
import { colourOf } from '../style.ts';
import { UsageError } from '../usage-error.ts';

interface ListOptions extends CommonOptions {
  readonly state?: ApprovalState;
  readonly all?: boolean;
  readonly goal?: string;
}

interface DecideOptions extends CommonOptions {
  readonly comment?: string;
  readonly answer?: string;
  readonly answerFile?: string;
}

export function addApprovalCommands(cli: Cli, program: Command): void {
  const approval = program.command('approval').description('look at questions that wait for a person');
  const list = cli
    .addOfProject(approval, 'list', 'list questions that wait')
    .option('--state <state>', 'pending, approved, rejected, expired or withdrawn', 'pending')
    .option('--all', 'in every state')
    .option('--goal <goal>', 'only those of one goal');
  cli.run<[], ListOptions>(list, async (session, { options }) => {
    const items = await session.client.listApprovals({
      ...session.ofProject,
      ...(options.all === true || options.state === undefined ? {} : { state: options.state }),
      ...(options.goal === undefined ? {} : { goalId: options.goal }),
    });
    if (session.json) return session.printJson({ items });
    session.printTable(items, approvalColumns(session.now()), 'nothing waits for a person');
  });
  const show = cli.add(approval, 'show <approval>', 'show a question and what is needed to decide');
  cli.run<[string], CommonOptions>(show, async (session, { args: [id] }) => {
    const found = await session.client.getApproval(id);
    if (session.json) return session.printJson(found);
    printApproval(session, found);
  });
  for (const decision of ['approve', 'reject'] as const) {
    const command = cli
      .add(program, `${decision} <approval>`, `${decision} what a task asks`)
      .option('--comment <text>', 'is kept with the decision')
      .option('--answer <json>', "becomes the task's output, or goes back to the agent that asks")
      .option('--answer-file <file>', 'the same, from a YAML or JSON file: a plan or arguments as they should be');
    cli.run<[string], DecideOptions>(command, async (session, { args: [id], options }) => {
      const answer = await readAnswer(session, options);
      const decided = await session.client.decideApproval(id, {
        decision,
        ...(options.comment === undefined ? {} : { comment: options.comment }),
        ...(answer === undefined ? {} : { answer }),
      });
      if (session.json) session.printJson(decided);
      else session.print(`${decided.approvalId} ${session.paint(colourOf(decided.state), decided.state)}\n`);
    });
  }
  addSignal(cli, program);
}

async function readAnswer(session: Session, { answer, answerFile }: DecideOptions): Promise<Json | undefined> {
  if (answer !== undefined && answerFile !== undefined)
    throw new UsageError('--answer and --answer-file are two ways to say the same; give one');
  if (answerFile !== undefined) return readDataFile(session, answerFile);
  return answer === undefined ? undefined : readJsonOption('--answer', answer);
}

function addSignal(cli: Cli, program: Command): void {
  const signal = cli
    .add(program, 'signal <goal> <name>', 'send a signal to the task of that name')
    .option('--payload <json>', "becomes the task's output", 'null');
  cli.run<[string, string], CommonOptions & { readonly payload: string }>(
    signal,
    async (session, { args: [goalId, name], options }) => {
      const payload = readJsonOption('--payload', options.payload);
      printChanged(session, await session.client.sendSignal(goalId, name, payload));
    },
  );
}
