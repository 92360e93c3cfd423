// What an agent's file says of the models it thinks with: which, under which rules, and how much of them at most.

import { dataClasses, strategies, type DataClass, type ReasoningEffort, type Strategy } from '@chorale/module-models';
import { describe, Fields } from './fields.ts';

export interface ModelPolicy {
  /** Model names or aliases, best first; empty leaves the choice to the router. */
  readonly prefer: readonly string[];
  /** What matters most when one is chosen. */
  readonly strategy?: Strategy;
  /** How sensitive what the agent reads is at least. */
  readonly dataClass?: DataClass;
  readonly region?: string;
  readonly effort?: ReasoningEffort;
  /** Of one task. */
  readonly costUsdMax?: number;
  /** Read and written, of one task. */
  readonly tokensMax?: number;
  /** Answers of the model in one task. */
  readonly turnsMax?: number;
  /** Spent working on one task; waiting for people and sub-goals does not count. */
  readonly minutesMax?: number;
  /** How much of the conversation is sent at once; what is older is summarised. */
  readonly contextTokensMax?: number;
}

const efforts = ['minimal', 'low', 'medium', 'high'] as const satisfies readonly ReasoningEffort[];
const amounts = ['costUsdMax', 'tokensMax', 'turnsMax', 'minutesMax', 'contextTokensMax'] as const;
const known = ['prefer', 'strategy', 'dataClass', 'region', 'effort', ...amounts];
const regionLengthMax = 64;

type Values = Readonly<Record<string, unknown>>;

export function readModelPolicy(fields: Fields): ModelPolicy | undefined {
  if (typeof fields.values['model'] === 'string') return { prefer: [fields.values['model']] };
  const record = fields.record('model');
  if (record === undefined) return undefined;
  const inner = new Fields(record, fields.list);
  inner.refuseUnknown(known);
  const strategy = readWord(record, { key: 'strategy', words: strategies, fields });
  const dataClass = readWord(record, { key: 'dataClass', words: dataClasses, fields });
  const effort = readWord(record, { key: 'effort', words: efforts, fields });
  const region = inner.text('region', regionLengthMax);
  return {
    prefer: inner.textList('prefer'),
    ...(strategy === undefined ? {} : { strategy }),
    ...(dataClass === undefined ? {} : { dataClass }),
    ...(region === undefined ? {} : { region }),
    ...(effort === undefined ? {} : { effort }),
    ...readAmounts(record, fields),
  };
}

interface Word<Each extends string> {
  readonly key: string;
  readonly words: readonly Each[];
  readonly fields: Fields;
}

function readWord<Each extends string>(record: Values, { key, words, fields }: Word<Each>): Each | undefined {
  const value = record[key];
  if (value === undefined) return undefined;
  const word = words.find((each) => each === value);
  if (word === undefined)
    fields.complain(`\`model.${key}\` must be one of ${words.join(', ')}; found ${describe(value)}`, 'model');
  return word;
}

function readAmounts(record: Values, fields: Fields): Partial<Record<(typeof amounts)[number], number>> {
  const found: Partial<Record<(typeof amounts)[number], number>> = {};
  for (const key of amounts) {
    const value = record[key];
    if (value === undefined) continue;
    if (typeof value === 'number' && Number.isFinite(value) && value > 0) found[key] = value;
    else fields.complain(`\`model.${key}\` must be a positive number, found ${describe(value)}`, 'model');
  }
  return found;
}
