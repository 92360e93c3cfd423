// Structured personal data: addresses, numbers of telephones, accounts and people.
//
// Absent: names, postal addresses, dates of birth. No rule tells them from other words; they need a model, and a
// deployment can run one as a further detector.

import { findCard, findIbans } from './account-numbers.ts';
import { findEmails } from './email.ts';
import type { Finding } from './finding.ts';
import { findIpAddresses } from './ip-addresses.ts';
import { findLetteredIds } from './lettered-ids.ts';
import { findNationalNumber } from './national-numbers.ts';
import { visitNumberRuns } from './number-runs.ts';
import { findBracketedPhones, findInternationalPhones, findNationalPhone } from './phone.ts';

export interface PersonalDataOptions {
  /** Default false. */
  readonly ipAddresses?: boolean;
}

/** The shortest number that can be of a person. */
const digitsMin = 7;

export function detectPersonalData(text: string, options: PersonalDataOptions = {}): readonly Finding[] {
  const addresses = options.ipAddresses === true ? findIpAddresses(text) : [];
  return [...findEmails(text), ...addresses, ...(/\d/.test(text) ? findNumbers(text) : [])];
}

function findNumbers(text: string): readonly Finding[] {
  const found: Finding[] = [];
  visitNumberRuns(text, digitsMin, (run) => {
    const finding = findCard(text, run) ?? findNationalNumber(text, run) ?? findNationalPhone(text, run);
    if (finding !== undefined) found.push(finding);
  });
  return [
    ...found,
    ...findIbans(text),
    ...findInternationalPhones(text),
    ...findBracketedPhones(text),
    ...findLetteredIds(text),
  ];
}
