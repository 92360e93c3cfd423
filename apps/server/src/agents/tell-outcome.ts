// How a task ended, in words that are found again.

import type { TaskOutcome, ToolUse } from '@chorale/module-agents';
import { nanoDollars } from '../models/configured-budgets.ts';

export function tellOutcome(agent: string, outcome: TaskOutcome): string {
  const { asked, succeeded, result, strategy, tools, model, turns, tokens, cost, durationMs } = outcome;
  const used = tools.length === 0 ? 'no tools' : tools.map(sayTool).join(', ');
  const spent = `${(durationMs / 1_000).toFixed(1)} s, ${turns} turns, ${tokens} tokens, $${(cost / nanoDollars).toFixed(4)}`;
  return [
    `Asked: ${asked}`,
    `${agent} worked ${strategy} with ${used}.`,
    `${succeeded ? 'It gave' : 'It failed'}: ${result}`,
    `It took ${spent}${model === undefined ? '' : ` of ${model}`}.`,
  ].join('\n');
}

function sayTool({ name, succeeded, failed }: ToolUse): string {
  return `${name} (${failed === 0 ? `${succeeded} times` : `${succeeded} times, failed ${failed}`})`;
}
