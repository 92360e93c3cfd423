import { modelStrategies, type GoalRequest, type ModelStrategy, type Priority } from '@chorale/lib-client';
import type { Command } from 'commander';
import { type Cli, collect } from '../cli.ts';
import { exitCodes } from '../exit-code.ts';
import { followGoal } from '../follow-goal.ts';
import { printGoal } from '../goal-table.ts';
import { readInputs, readUsd } from '../read-options.ts';
import type { CommonOptions, Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';

interface RunOptions extends CommonOptions {
  readonly input?: readonly string[];
  readonly title?: string;
  readonly priority?: Priority;
  readonly startAt?: string;
  readonly deadline?: string;
  readonly follow?: boolean;
  readonly approvePlan?: boolean;
  readonly budgetUsd?: string;
  readonly strategy?: ModelStrategy;
  readonly idempotencyKey?: string;
}

export function addRunCommand(cli: Cli, program: Command): void {
  const run = cli
    .addOfProject(
      program,
      'run <workflow>',
      'submit a goal: in plain words, a workflow of the catalogue, or a workflow file',
    )
    .option('--approve-plan', 'with a goal in plain words: show each plan to a person before it is carried out')
    .option('--budget-usd <dollars>', 'what models may cost for it')
    .option('--strategy <name>', `how its agents choose a model: ${modelStrategies.join(', ')}`)
    .option('-i, --input <name=value>', 'an input of the workflow; may be repeated', collect)
    .option('--title <text>', 'what the goal is called in lists')
    .option('--priority <class>', 'urgent, high, normal or low')
    .option('--start-at <time>', 'when it starts, like 2026-03-01T08:00:00Z')
    .option('--deadline <time>', 'when it fails if it has not ended')
    .option('-f, --follow', 'show it until it has ended')
    .option('--idempotency-key <key>', 'the same key submits the goal once, however often it is tried');
  cli.run<[string], RunOptions>(run, async (session, { args: [workflow], options }) => {
    const request = await readRequest(session, workflow, options);
    const key = options.idempotencyKey === undefined ? {} : { idempotencyKey: options.idempotencyKey };
    const { goal, existing } = await session.client.submitGoal({ ...request, ...session.ofProject }, key);
    if (options.follow === true) {
      if (!session.json) session.terminal.error(`${goal.goalId}${existing ? ' (submitted before)' : ''}\n`);
      return followGoal(session, goal.goalId);
    }
    if (session.json) session.printJson(goal);
    else if (session.terminal.live) printGoal(session, goal);
    else session.print(`${goal.goalId}\n`);
    return exitCodes.ok;
  });
}

async function readRequest(session: Session, workflow: string, options: RunOptions): Promise<GoalRequest> {
  const source = await readSource(session, workflow);
  const title = options.title ?? source.title;
  const inputs = { ...readInputs(options.input ?? []), ...source.inputs };
  if (options.approvePlan === true && source.workflow !== plannedWorkflow)
    throw new UsageError('--approve-plan goes with a goal in plain words, like: chorale run "Write a note on birds"');
  return {
    ...source,
    inputs: options.approvePlan === true ? { ...inputs, approve_plan: true } : inputs,
    ...(title === undefined ? {} : { title }),
    ...(options.priority === undefined ? {} : { priority: options.priority }),
    ...(options.startAt === undefined ? {} : { startAt: options.startAt }),
    ...(options.deadline === undefined ? {} : { deadlineAt: options.deadline }),
    ...(options.budgetUsd === undefined ? {} : { budgetUsd: readUsd('--budget-usd', options.budgetUsd) }),
    ...(options.strategy === undefined ? {} : { strategy: options.strategy }),
  };
}

/** Of the shipped catalogue: plans what is given in plain words, and has it carried out. */
const plannedWorkflow = 'plan-and-do';
const titleLengthMax = 100;

/** A file ends in .yaml or .yml; several words are a goal; one word with a slash is a file, any other a workflow. */
async function readSource({ readText }: Session, given: string): Promise<GoalRequest> {
  const text = given.trim();
  if (text === '') throw new UsageError('run needs a goal in plain words, a workflow or a file; found nothing');
  if (/\.ya?ml$/.test(given) || (!/\s/.test(text) && /[/\\]/.test(text)))
    return { definition: await readText(given), definitionFile: given };
  if (!/\s/.test(text)) return { workflow: text };
  const line = text.replaceAll(/\s+/g, ' ');
  const title = line.length <= titleLengthMax ? line : `${line.slice(0, titleLengthMax - 1)}…`;
  return { workflow: plannedWorkflow, inputs: { goal: text }, title };
}
