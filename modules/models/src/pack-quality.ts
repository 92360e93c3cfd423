// What was learned as a text that a row keeps. Weights are kept to a part in 65,000 of the greatest: a third of a megabyte
// for each model, and predictions that differ by less than a thousandth.

import type { TenantId } from '@chorale/lib-ids';
import type { LearnedModel, LearnedQuality } from './learned-quality.ts';
import { packBytes, unpackBytes } from './packed-bytes.ts';

interface PackedNumbers {
  readonly greatest: number;
  readonly steps: string;
}

interface PackedQuality {
  readonly rarity: PackedNumbers;
  readonly length: LearnedQuality['length'];
  readonly models: readonly (Omit<LearnedModel, 'weights'> & {
    readonly name: string;
    readonly weights: PackedNumbers;
  })[];
}

const stepsMax = 32_767;

function packNumbers(numbers: Float32Array): PackedNumbers {
  let greatest = 0;
  for (const number of numbers) greatest = Math.max(greatest, Math.abs(number));
  const steps = new DataView(new ArrayBuffer(numbers.length * 2));
  if (greatest > 0)
    for (const [at, number] of numbers.entries())
      steps.setInt16(at * 2, Math.round((number / greatest) * stepsMax), true);
  return { greatest, steps: packBytes(new Uint8Array(steps.buffer)) };
}

function unpackNumbers({ greatest, steps }: PackedNumbers): Float32Array {
  const bytes = unpackBytes(steps);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const numbers = new Float32Array(bytes.length / 2);
  for (let at = 0; at < numbers.length; at++) numbers[at] = (view.getInt16(at * 2, true) / stepsMax) * greatest;
  return numbers;
}

export function packQuality({ rarity, length, models }: LearnedQuality): string {
  const packed: PackedQuality = {
    rarity: packNumbers(rarity),
    length,
    models: [...models].map(([name, { weights, ...rest }]) => ({ name, ...rest, weights: packNumbers(weights) })),
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
  const { rarity, length, models } = JSON.parse(learned) as PackedQuality;
  return {
    tenantId,
    version,
    trainedAt,
    rarity: unpackNumbers(rarity),
    length,
    models: new Map(models.map(({ name, weights, ...rest }) => [name, { ...rest, weights: unpackNumbers(weights) }])),
  };
}
