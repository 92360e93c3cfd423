import type { GoalBatchItem, SubmittedItem } from '@chorale/lib-client';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { exitCodes } from '../exit-code.ts';
import type { CommonOptions } from '../session.ts';
import { UsageError } from '../usage-error.ts';

/** What the server takes in one request. */
const batchMax = 500;

export function addSubmitManyCommand(cli: Cli, goals: Command): void {
  const submit = cli.addOfProject(goals, 'submit <file>', 'submit many goals: a file with one on each line, as JSON');
  cli.run<[string], CommonOptions>(submit, async (session, { args: [file] }) => {
    const all = readGoals(await session.readText(file), file);
    const found: SubmittedItem[] = [];
    for (let at = 0; at < all.length; at += batchMax) {
      const batch = all.slice(at, at + batchMax).map((each) => ({ ...session.ofProject, ...each }));
      const items = await session.client.submitGoals(batch);
      found.push(...items);
      if (session.json) continue;
      for (const [no, { goal, problem }] of items.entries()) {
        if (goal !== undefined) session.print(`${goal.goalId}\n`);
        else session.terminal.error(`goal ${at + no + 1}: [${problem?.code ?? 'unknown'}] ${problem?.detail ?? ''}\n`);
      }
    }
    if (session.json) session.printJson({ items: found });
    return found.some(({ problem }) => problem !== undefined) ? exitCodes.refused : exitCodes.ok;
  });
}

function readGoals(text: string, file: string): readonly GoalBatchItem[] {
  const lines = text.split('\n').map((line, index) => ({ line: line.trim(), no: index + 1 }));
  const goals = lines.filter(({ line }) => line !== '').map(({ line, no }) => readGoal(line, `${file}:${no}`));
  if (goals.length === 0) throw new UsageError(`${file} holds no goal; each line is one, like {"workflow":"review"}`);
  return goals;
}

function readGoal(line: string, place: string): GoalBatchItem {
  let goal: unknown;
  try {
    goal = JSON.parse(line);
  } catch {
    throw new UsageError(`${place} is not JSON; each line is one goal, like {"workflow":"review","inputs":{}}`);
  }
  if (typeof goal !== 'object' || goal === null || Array.isArray(goal)) throw new UsageError(`${place} is no object`);
  return goal;
}
