import type { ModelLearning, ModelLine } from '@chorale/lib-client';
import {
  keptAdvantage,
  labelledOutcomesMin,
  type LearnedRow,
  type OutcomeCount,
  pointToKeep,
  type QualityLine,
  strategies,
  strategyWeights,
  unpackQuality,
} from '@chorale/module-models';

export function modelLearningView(outcomes: readonly OutcomeCount[], row: LearnedRow | undefined): ModelLearning {
  const counts = { outcomes, outcomesMin: labelledOutcomesMin };
  if (row === undefined) return counts;
  const { version, trainedAt, models, lines } = unpackQuality(row);
  return {
    ...counts,
    learned: {
      version,
      trainedAt,
      models: [...models].map(([model, { mean, outcomes: seen }]) => ({ model, outcomes: seen, goodShare: mean })),
      lines: lines.map(lineView),
    },
  };
}

/** Of the strategies in which a line has a say. */
function lineView(line: QualityLine): ModelLine {
  const told = strategies.flatMap((strategy) => {
    const point = strategyWeights[strategy].line > 0 ? pointToKeep(line, keptAdvantage[strategy]) : undefined;
    return point === undefined ? [] : [{ strategy, ...point }];
  });
  return { weak: line.weak, strong: line.strong, strategies: told };
}
