// Why this model: a call's record in sentences for people.

import type { Candidate, Exclusion, ModelCallRecord } from './model-call.ts';

const nanoPerDollar = 1e9;
const reasonsShownMax = 6;

const means: Readonly<Record<Exclusion, string>> = {
  'not-asked-for': 'not asked for',
  'not-allowed-by-key': 'not allowed by the key',
  'data-class': 'not allowed for this data',
  region: 'in another region',
  retention: 'keeping more than the call allows',
  capability: 'not able to do it',
  'context-length': 'too small for the conversation',
  budget: 'too dear',
  'no-price': 'without a known price',
  'cooling-down': 'cooling down',
};

/** Enough digits to tell prices of single calls apart. */
export function formatCost(cost: number): string {
  const dollars = Number((cost / nanoPerDollar).toPrecision(2));
  return `$${dollars.toFixed(9).replace(/\.?0+$/, '')}`;
}

const round = (value: number, digits: number): string => String(Number(value.toFixed(digits)));
const seconds = (ms: number): string => `${round(ms / 1_000, 1)} s`;

function describe({ deploymentId, score }: Candidate): string {
  if (score === undefined) return deploymentId;
  const switching = score.switching > 0 ? `, leaving a warm cache worth ${formatCost(score.switching)}` : '';
  const { line } = score;
  const side = line === undefined ? '' : line.gain >= line.threshold ? 'beyond' : 'short of';
  const gain =
    line === undefined
      ? ''
      : `, expected to gain ${round(line.gain, 2)} on ${line.weak}, ${side} the line at ${round(line.threshold, 2)}`;
  const failing = (score.failing ?? 0) >= 0.05 ? `, ${Math.round((score.failing ?? 0) * 100)} % of tries failing` : '';
  return `${deploymentId} (${round(score.total, 3)}: quality ${round(score.quality, 2)}${score.learned === true ? ' as learned' : ''}${gain}, about ${formatCost(score.cost)}, ${seconds(score.latencyMs)}${switching}${failing})`;
}

function explainChoice({
  candidates,
  strategy,
  strategyBy,
  taskClass,
  tries,
  deploymentId,
  explored,
}: ModelCallRecord): readonly string[] {
  const chosen = candidates.find((one) => one.deploymentId === deploymentId);
  const first = candidates.find(({ score, excluded }) => score !== undefined && excluded === undefined);
  const others = candidates.filter(
    ({ deploymentId: id, score, excluded }) => score !== undefined && excluded === undefined && id !== deploymentId,
  );
  const sentences: string[] = [];
  if (chosen !== undefined) {
    const whose = strategyBy === undefined ? '' : ` (the word of the ${strategyBy})`;
    const why =
      strategy === 'failover'
        ? `comes first in the configured order${whose}`
        : `scores best under "${strategy}"${whose}`;
    const reason =
      tries.length > 1
        ? `answered after ${tries.length - 1} failed ${tries.length === 2 ? 'try' : 'tries'}`
        : chosen === first
          ? explored === true
            ? `was drawn for ${taskClass}, to learn how it does`
            : `${why} for ${taskClass}`
          : `was chosen for ${taskClass} under "${strategy}"${whose}, having less to do than its like`;
    sentences.push(`${describe(chosen)} ${reason}.`);
  }
  if (others.length > 0) sentences.push(`Next came ${others.slice(0, reasonsShownMax).map(describe).join('; ')}.`);
  return sentences;
}

function explainExclusions(candidates: readonly Candidate[]): readonly string[] {
  const byReason = new Map<Exclusion, string[]>();
  for (const { deploymentId, excluded } of candidates) {
    if (excluded === undefined) continue;
    const names = byReason.get(excluded.why) ?? [];
    names.push(excluded.why === 'not-asked-for' ? deploymentId : `${deploymentId} (${excluded.detail})`);
    byReason.set(excluded.why, names);
  }
  return [...byReason].map(([why, names]) => {
    const more = names.length > reasonsShownMax ? ` and ${names.length - reasonsShownMax} more` : '';
    return `Passed over as ${means[why]}: ${names.slice(0, reasonsShownMax).join(', ')}${more}.`;
  });
}

function explainTries({ tries }: ModelCallRecord): readonly string[] {
  return tries.flatMap(({ deploymentId, startedAt, endedAt, failure }) =>
    failure === undefined
      ? []
      : [`${deploymentId} failed after ${seconds(endedAt - startedAt)}: ${failure.kind}, ${failure.message}.`],
  );
}

/** Sentences, the decisive one first. */
export function explainCall(record: ModelCallRecord): readonly string[] {
  if (record.cache === 'exact')
    return ['The same was asked before: the answer is from the cache, and nobody was asked.'];
  if (record.similar !== undefined) {
    const { callId, similarity, saved } = record.similar;
    const like = similarity >= 1 ? 'the same question' : `a question like it (similarity ${round(similarity, 3)})`;
    return [
      `The answer of ${callId} to ${like} is from the cache: no model was asked for one, and about ${formatCost(saved)} was saved.`,
    ];
  }
  const paid = `It cost ${formatCost(record.cost)}${record.assumed ? ', in part assumed because its end was not metered' : ''}.`;
  const failed = record.failure === undefined ? [] : [`The call failed: ${record.failure.message}`];
  return [
    ...explainChoice(record),
    ...explainTries(record),
    ...explainExclusions(record.candidates),
    ...failed,
    ...(record.tries.length === 0 ? [] : [paid]),
  ];
}
