// Numbers as a text that a row keeps: each to a part in 65,000 of the greatest.

import { packBytes, unpackBytes } from './packed-bytes.ts';

export interface PackedNumbers {
  readonly greatest: number;
  readonly steps: string;
}

const stepsMax = 32_767;

export function packSteps(numbers: Float32Array): PackedNumbers {
  let greatest = 0;
  for (const number of numbers) greatest = Math.max(greatest, Math.abs(number));
  const steps = new DataView(new ArrayBuffer(numbers.length * 2));
  if (greatest > 0)
    for (const [at, number] of numbers.entries())
      steps.setInt16(at * 2, Math.round((number / greatest) * stepsMax), true);
  return { greatest, steps: packBytes(new Uint8Array(steps.buffer)) };
}

export function unpackSteps({ greatest, steps }: PackedNumbers): Float32Array {
  const bytes = unpackBytes(steps);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const numbers = new Float32Array(bytes.length / 2);
  for (let at = 0; at < numbers.length; at++) numbers[at] = (view.getInt16(at * 2, true) / stepsMax) * greatest;
  return numbers;
}

/** The same in one text. */
export function packNumbers(numbers: Float32Array): string {
  const { greatest, steps } = packSteps(numbers);
  return `${greatest} ${steps}`;
}

export function unpackNumbers(packed: string): Float32Array {
  const [greatest = '', steps = ''] = packed.split(' ');
  return unpackSteps({ greatest: Number(greatest), steps });
}
