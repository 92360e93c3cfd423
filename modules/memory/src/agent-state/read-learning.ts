// What the agent learned: which strategies and tools worked for which kind of goal. They become procedural memories, which
// say how often something was tried and how it went, so that planning weighs them as the older system did.

import type { ReadMemory, ReadRows } from './agent-state.ts';
import { fieldsOf, listOf, momentOf, numberOf, sayName, sayShare, shareOf, textOf } from './state-values.ts';

/** What was tried seldom says little: after so many times half of what it says counts. */
const triesForHalf = 2;

interface Tried {
  readonly what: string;
  readonly success: number;
  readonly times: number;
  readonly at?: number | undefined;
}

function sayTried({ what, success, times, at }: Tried): ReadMemory {
  return {
    kind: 'procedural' as const,
    body: `${what}: success ${sayShare(success)} in ${times} ${times === 1 ? 'try' : 'tries'}`,
    at,
    confidence: times / (times + triesForHalf),
    importance: 0.3 + 0.5 * Math.abs(success - 0.5) * 2,
  };
}

/** Of the selector that scored actions, and of the one that kept their history. */
export function readActionSelector(value: unknown): ReadRows {
  const fields = fieldsOf(value);
  if (fields === undefined) return { skipped: 1 };
  const scores = Object.entries(fieldsOf(fields['action_scores']) ?? {});
  const counts = fieldsOf(fields['action_counts']) ?? {};
  const history = Object.entries(fieldsOf(fields['action_history']) ?? {});
  const patterns = Object.entries(fieldsOf(fields['goal_patterns']) ?? {});
  const weights = Object.entries(fieldsOf(fields['context_weights']) ?? {});
  const memories = [
    ...scores.map(([key, score]) => readScore(key, score, counts[key])),
    ...history.map(([key, record]) => readHistory(key, record)),
    ...patterns.flatMap(([key, found]) => listOf(found).map((pattern) => readGoalPattern(key, pattern))),
    ...weights.map(([key, weight]) => readWeight(key, weight)),
  ];
  return gather(memories);
}

function readScore(key: string, score: unknown, count: unknown): ReadMemory | undefined {
  const success = shareOf(score);
  if (success === undefined) return undefined;
  return sayTried({ what: `The action ${sayKey(key)}`, success, times: Math.max(1, numberOf(count) ?? 1) });
}

function readHistory(key: string, record: unknown): ReadMemory | undefined {
  const fields = fieldsOf(record);
  const times = numberOf(fields?.['total_attempts']);
  if (fields === undefined || times === undefined || times < 1) return undefined;
  const success = Math.min(1, (numberOf(fields['successes']) ?? 0) / times);
  return sayTried({ what: `The action ${sayKey(key)}`, success, times });
}

function readGoalPattern(key: string, pattern: unknown): ReadMemory | undefined {
  const fields = fieldsOf(pattern);
  const actions = listOf(fields?.['actions']).flatMap((action) => textOf(action) ?? []);
  const success = shareOf(fields?.['score']);
  if (actions.length === 0 || success === undefined) return undefined;
  const what = `For goals about ${sayName(key)}, ${actions.map(sayName).join(', then ')}`;
  return sayTried({ what, success, times: 1, at: momentOf(fields?.['timestamp']) });
}

function readWeight(key: string, weight: unknown): ReadMemory | undefined {
  const number = numberOf(weight);
  if (number !== undefined)
    return { kind: 'procedural', body: `${sayName(key)} counts ${number} in choosing an action` };
  const parts = Object.entries(fieldsOf(weight) ?? {}).flatMap(([name, part]) => {
    const value = numberOf(part);
    return value === undefined ? [] : [`${sayName(name)} ${value}`];
  });
  if (parts.length === 0) return undefined;
  return {
    kind: 'procedural',
    body: `In the context ${sayName(key)} these count in choosing an action: ${parts.join(', ')}`,
  };
}

export function readLearning(value: unknown): ReadRows {
  const fields = fieldsOf(value);
  if (fields === undefined) return { skipped: 1 };
  const strategies = Object.entries(fieldsOf(fields['strategy_performance']) ?? {}).map(([strategy, scores]) => {
    const known = listOf(scores).flatMap((score) => shareOf(score) ?? []);
    const steps = strategy
      .split('->')
      .map(sayName)
      .filter((step) => step !== '');
    if (known.length === 0 || steps.length === 0) return undefined;
    return sayTried({ what: `The strategy ${steps.join(', then ')}`, success: mean(known), times: known.length });
  });
  const patterns = Object.entries(fieldsOf(fields['pattern_library']) ?? {}).flatMap(([key, tries]) =>
    readTries(key, listOf(tries)),
  );
  return gather([...strategies, ...patterns]);
}

/** The key is the beginning of a goal and a tool; each try an action and how it went. */
function readTries(key: string, tries: readonly unknown[]): readonly (ReadMemory | undefined)[] {
  const at = key.lastIndexOf(':');
  const [goal, tool] = at < 0 ? [key, undefined] : [key.slice(0, at), key.slice(at + 1)];
  const byAction = new Map<string, number[]>();
  let wrong = 0;
  for (const entry of tries) {
    const [name, score] = Array.isArray(entry) ? (entry as readonly unknown[]) : [];
    const [action, success] = [textOf(name), shareOf(score)];
    if (action === undefined || success === undefined) wrong++;
    else byAction.set(action, [...(byAction.get(action) ?? []), success]);
  }
  const read = [...byAction].map(([action, scores]) => {
    const how = tool === undefined || tool === action ? sayName(action) : `${sayName(action)} with ${sayName(tool)}`;
    return sayTried({ what: `For goals like "${goal.trim()}", ${how}`, success: mean(scores), times: scores.length });
  });
  return [...read, ...Array.from({ length: wrong }, () => undefined)];
}

export function readKnowledge(value: unknown): ReadRows {
  return gather(
    listOf(value, 'patterns', 'knowledge_patterns').map((entry) => {
      const pattern = fieldsOf(entry);
      const parameters = fieldsOf(pattern?.['parameters']) ?? {};
      const goal = textOf(parameters['goal_description']) ?? textOf(pattern?.['description']);
      const success = shareOf(pattern?.['success_rate']);
      if (pattern === undefined || goal === undefined || success === undefined) return undefined;
      const actions = listOf(parameters['action_sequence']).flatMap((action) => textOf(action) ?? []);
      const how = actions.length === 0 ? '' : `, ${actions.map(sayName).join(', then ')}`;
      const tried = sayTried({
        what: `For goals like "${goal.replace(/^Goal: /, '')}"${how}`,
        success,
        times: Math.max(1, Math.round(numberOf(pattern['usage_count']) ?? 1)),
        at: momentOf(pattern['last_used']) ?? momentOf(pattern['created_at']),
      });
      const confidence = shareOf(pattern['confidence_score'] ?? pattern['confidence']);
      return confidence === undefined ? tried : { ...tried, confidence };
    }),
  );
}

function gather(read: readonly (ReadMemory | undefined)[]): ReadRows {
  const memories = read.filter((memory) => memory !== undefined);
  return { memories, skipped: read.length - memories.length };
}

function sayKey(key: string): string {
  return sayName(key.replace(':', ': '));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
