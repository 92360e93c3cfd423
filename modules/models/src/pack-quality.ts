// What was learned as a text that a row keeps. Weights are kept to a part in 65,000 of the greatest: a third of a megabyte
// for each model, and predictions that differ by less than a thousandth.

import type { TenantId } from '@chorale/lib-ids';
import type { LearnedModel, LearnedQuality } from './learned-quality.ts';
import { packSteps, type PackedNumbers, unpackSteps } from './packed-numbers.ts';

interface PackedQuality {
  readonly rarity: PackedNumbers;
  readonly length: LearnedQuality['length'];
  /** Missing in rows of earlier programs. */
  readonly lines?: LearnedQuality['lines'];
  readonly models: readonly (Omit<LearnedModel, 'weights'> & {
    readonly name: string;
    readonly weights: PackedNumbers;
  })[];
}

export function packQuality({ rarity, length, models, lines }: LearnedQuality): string {
  const packed: PackedQuality = {
    rarity: packSteps(rarity),
    length,
    lines,
    models: [...models].map(([name, { weights, ...rest }]) => ({ name, ...rest, weights: packSteps(weights) })),
  };
  return JSON.stringify(packed);
}

export interface KeptQuality {
  readonly tenantId: TenantId;
  readonly version: number;
  readonly trainedAt: number;
  readonly learned: string;
}

export function unpackQuality({ learned, tenantId, version, trainedAt }: KeptQuality): LearnedQuality {
  const { rarity, length, models, lines = [] } = JSON.parse(learned) as PackedQuality;
  return {
    tenantId,
    version,
    trainedAt,
    rarity: unpackSteps(rarity),
    length,
    lines,
    models: new Map(models.map(({ name, weights, ...rest }) => [name, { ...rest, weights: unpackSteps(weights) }])),
  };
}
