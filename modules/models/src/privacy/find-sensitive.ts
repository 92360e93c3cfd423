// Runs the detectors over a text; fails closed.

import { refused } from '@chorale/lib-errors';
import { dataClasses, type DataClass } from '../deployment.ts';
import { detectPersonalData } from './detect-personal-data.ts';
import { detectSecrets } from './detect-secrets.ts';
import { mergeFindings, type Detector, type Finding } from './finding.ts';

export const defaultDetectors: readonly Detector[] = [detectSecrets, (text) => detectPersonalData(text)];

/**
 * In the order of the text, none overlapping.
 *
 * @throws refused `privacy-check-failed` when a detector throws: what was not looked at is not sent.
 */
export function findSensitive(text: string, detectors: readonly Detector[] = defaultDetectors): readonly Finding[] {
  let found: readonly Finding[] = [];
  for (const detect of detectors) {
    try {
      found = [...found, ...detect(text).filter(({ start, end }) => isWithin(text, start, end))];
    } catch (cause) {
      throw refused('privacy-check-failed', 'a detector of sensitive data failed, so nothing was sent.', {
        action: 'Look at the cause in the log, mend or remove the detector, and call again.',
        cause,
      });
    }
  }
  return mergeFindings(found);
}

function isWithin(text: string, start: number, end: number): boolean {
  if (Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= text.length) return true;
  throw new RangeError(`a detector found something from ${start} to ${end} in ${text.length} characters.`);
}

/** What the text makes of a call: `public` when nothing was found, which raises nothing. */
export function classifyContent(text: string, detectors: readonly Detector[] = defaultDetectors): DataClass {
  return classOf(findSensitive(text, detectors));
}

const classOf = (findings: readonly Finding[]): DataClass =>
  findings.reduce<DataClass>((grave, { dataClass }) => graver(grave, dataClass), 'public');

export const graver = (one: DataClass, other: DataClass): DataClass =>
  dataClasses.indexOf(one) >= dataClasses.indexOf(other) ? one : other;
