import type { GoalRequest, Priority } from '@chorale/lib-client';
import type { Command } from 'commander';
import { type Cli, collect } from '../cli.ts';
import { exitCodes } from '../exit-code.ts';
import { followGoal } from '../follow-goal.ts';
import { printGoal } from '../goal-table.ts';
import { readInputs } from '../read-options.ts';
import type { CommonOptions, Session } from '../session.ts';

interface RunOptions extends CommonOptions {
  readonly input?: readonly string[];
  readonly title?: string;
  readonly priority?: Priority;
  readonly startAt?: string;
  readonly deadline?: string;
  readonly follow?: boolean;
  readonly idempotencyKey?: string;
}

export function addRunCommand(cli: Cli, program: Command): void {
  const run = cli
    .add(program, 'run <workflow>', 'submit a goal: a workflow of the catalogue, or the path of a workflow file')
    .option('-i, --input <name=value>', 'an input of the workflow; may be repeated', collect)
    .option('--title <text>', 'what the goal is called in lists')
    .option('--priority <class>', 'urgent, high, normal or low')
    .option('--start-at <time>', 'when it starts, like 2026-03-01T08:00:00Z')
    .option('--deadline <time>', 'when it fails if it has not ended')
    .option('-f, --follow', 'show it until it has ended')
    .option('--idempotency-key <key>', 'the same key submits the goal once, however often it is tried');
  cli.run<[string], RunOptions>(run, async (session, { args: [workflow], options }) => {
    const request: GoalRequest = {
      ...(await readSource(session, workflow)),
      inputs: readInputs(options.input ?? []),
      ...(options.title === undefined ? {} : { title: options.title }),
      ...(options.priority === undefined ? {} : { priority: options.priority }),
      ...(options.startAt === undefined ? {} : { startAt: options.startAt }),
      ...(options.deadline === undefined ? {} : { deadlineAt: options.deadline }),
    };
    const key = options.idempotencyKey === undefined ? {} : { idempotencyKey: options.idempotencyKey };
    const { goal, existing } = await session.client.submitGoal(request, key);
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

async function readSource({ readText }: Session, workflow: string): Promise<Partial<GoalRequest>> {
  if (!looksLikeFile(workflow)) return { workflow };
  return { definition: await readText(workflow), definitionFile: workflow };
}

function looksLikeFile(workflow: string): boolean {
  return /[/\\]|\.ya?ml$/.test(workflow);
}
