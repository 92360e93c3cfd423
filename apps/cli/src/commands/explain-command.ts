// `chorale goal explain`: why a goal is where it is, and what each agent did, step by step.
import type { SessionStep, TaskExplanation, TaskSession } from '@chorale/lib-client';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { formatDuration } from '../format.ts';
import { formatUsd } from '../format-usd.ts';
import { sayFailure } from '../goal-table.ts';
import type { CommonOptions, Session } from '../session.ts';
import { colourOf, type Colour } from '../style.ts';
import type { Column } from '../table.ts';
import { cut, harmless } from '../text-width.ts';

interface ExplainOptions extends CommonOptions {
  readonly task?: string;
}

/** Longer keys push their sentence to the right, and only theirs. */
const keyMax = 24;

export function addExplainCommand(cli: Cli, goal: Command): void {
  const explain = cli
    .add(goal, 'explain <goal>', 'say why the goal is where it is, task by task, and what its agents did, step by step')
    .option('--task <key>', 'only this task');
  cli.run<[string], ExplainOptions>(explain, async (session, { args: [goalId], options }) => {
    const { client, json, print, printJson, paint } = session;
    const explanation = await client.explainGoal(goalId);
    const tasks = explanation.tasks.filter(({ key }) => options.task === undefined || key === options.task);
    if (json) return printJson({ ...explanation, tasks });
    print(`${paint('bold', harmless(explanation.title))} ${paint(colourOf(explanation.state), explanation.state)}\n`);
    print(`${harmless(explanation.summary)}\n\n`);
    const width = Math.min(keyMax, Math.max(0, ...tasks.map(({ key }) => key.length)));
    for (const task of tasks) printTask(session, task, width);
    for (const { key, session: worked } of tasks) if (worked !== undefined) printSession(session, key, worked);
  });
}

function printTask({ print, paint }: Session, task: TaskExplanation, width: number): void {
  const waited =
    task.waitedMs === undefined || task.waitedMs < 1000
      ? ''
      : paint('dim', ` (ready ${formatDuration(task.waitedMs)} before it ran)`);
  print(
    `${paint(colourOf(task.state), task.state.padEnd(9))} ${paint('bold', task.key.padEnd(width))}  ${harmless(task.sentence)}${waited}\n`,
  );
  if (task.state !== 'failed' && task.failure !== undefined)
    print(`${' '.repeat(10)}earlier: ${sayFailure(task.failure)}\n`);
}

function printSession({ print, paint, printTable }: Session, key: string, { agent, steps, totals }: TaskSession): void {
  const { modelCalls, toolCalls, inputTokens, outputTokens, costUsd } = totals;
  const spent = modelCalls === 0 ? '' : `, ${inputTokens} tokens in, ${outputTokens} out, ${formatUsd(costUsd)}`;
  print(
    `\n${paint('bold', key)} by ${harmless(agent)}: ${counted(modelCalls, 'model call')}, ${counted(toolCalls, 'tool call')}${spent}\n`,
  );
  printTable(steps, stepColumns, 'no steps');
  for (const { recalled } of steps) {
    for (const { number, memoryId, score, why } of recalled?.notes ?? [])
      print(`  [${number}] ${memoryId} ${score.toFixed(2)}  ${paint('dim', harmless(why.join('; ')))}\n`);
    for (const line of recalled?.advice ?? []) print(`  ${harmless(line)}\n`);
  }
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

const stepColumns: readonly Column<SessionStep>[] = [
  { title: 'step', text: ({ stepNo }) => String(stepNo), align: 'right' },
  { title: 'decision', text: ({ decision }) => decision, colour: colourOfStep },
  { title: 'what', text: sayWhat, shrinks: true },
  { title: 'tokens', text: sayTokens, align: 'right' },
  { title: 'cost', text: sayCost, align: 'right' },
  { title: 'cache', text: sayCache, align: 'right' },
  { title: 'time', text: ({ tookMs }) => (tookMs === undefined ? '' : formatDuration(tookMs)), align: 'right' },
  { title: 'gave', text: sayResult, shrinks: true },
];

function colourOfStep({ decision, failure }: SessionStep): Colour | undefined {
  if (failure !== undefined || decision === 'call-refused') return 'red';
  return decision === 'waits' || decision === 'under-way' ? 'yellow' : undefined;
}

/** The deployment tells more than the model's name: who was paid. */
function sayWhat({ model, call, recalled }: SessionStep): string {
  if (recalled !== undefined) return recalled.failure ?? `${recalled.notes.length} memories`;
  if (model !== undefined) {
    const name = model.deploymentId ?? model.model ?? 'no model yet';
    return model.purpose === 'turn' ? name : `${name} (${model.purpose})`;
  }
  if (call?.held !== undefined) return `held: ${harmless(call.held)}`;
  return call === undefined ? '' : cut(`${call.name} ${JSON.stringify(call.arguments)}`, shownMax);
}

function sayTokens({ model }: SessionStep): string {
  return model?.usage === undefined ? '' : `${model.usage.inputTokens}+${model.usage.outputTokens}`;
}

function sayCost({ model }: SessionStep): string {
  return model?.costUsd === undefined ? '' : formatUsd(model.costUsd);
}

/** Ours, which costs nothing; or what the provider had kept of the beginning, which costs less. */
function sayCache({ model }: SessionStep): string {
  if (model?.cache === 'exact') return 'exact';
  const kept = model?.usage?.cachedInputTokens ?? 0;
  return kept === 0 ? '' : `${kept}`;
}

const digestShown = 8;
/** A line that is longer is read by nobody, in a file either; `--json` has all of it. */
const shownMax = 160;

function sayResult({ model, call, failure }: SessionStep): string {
  if (failure !== undefined) return `${failure.code}: ${failure.message}`;
  if (model !== undefined) return model.asked.length === 0 ? '' : `calls ${model.asked.join(', ')}`;
  return call?.result === undefined
    ? ''
    : cut(`${call.result.digest.slice(0, digestShown)} ${call.result.preview}`, shownMax);
}
