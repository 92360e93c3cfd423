// Numbers of accounts: IBANs (ISO 13616) and payment cards (ISO/IEC 7812).

import { passesIbanCheck, passesLuhn } from './checksums.ts';
import { personal, type Finding } from './finding.ts';
import { isWord, namesThing, wordsBefore, type NumberRun } from './number-runs.ts';

/** The registry's lengths, by country. */
const ibanLengths = new Map(
  [
    'NO15 BE16 DK18 FI18 FK18 FO18 GL18 NL18 SD18 MK19 SI19 AT20 BA20 EE20 KZ20 LT20 LU20 MN20 XK20 CH21 HR21 LI21 LV21',
    'BG22 BH22 CR22 DE22 GB22 GE22 IE22 ME22 RS22 AE23 GI23 IL23 IQ23 OM23 SO23 TL23 AD24 CZ24 ES24 MD24 PK24 RO24',
    'SA24 SE24 SK24 TN24 VA22 VG24 LY25 PT25 ST25 DJ27 IS26 TR26 BI27 FR27 GR27 IT27 MC27 MR27 SM27 AL28 AZ28 BY28 CY28',
    'DO28 GT28 HU28 LB28 NI28 PL28 SV28 BR29 EG29 PS29 QA29 UA29 JO30 KW30 MU30 YE30 MT31 SC31 LC32 RU33',
  ]
    .join(' ')
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))] as const),
);

export function findIbans(text: string): readonly Finding[] {
  const found: Finding[] = [];
  for (const match of text.matchAll(/[A-Z]{2}[ ]?\d{2}/gi)) {
    if (isWord(text, match.index - 1)) continue;
    const length = ibanLengths.get(match[0].slice(0, 2).toUpperCase());
    const end = length === undefined ? undefined : takeSigns(text, match.index, length);
    if (end === undefined || isWord(text, end)) continue;
    const iban = text
      .slice(match.index, end)
      .replaceAll(/[ \u00a0.-]/g, '')
      .toUpperCase();
    if (passesIbanCheck(iban)) found.push(personal('iban', iban.slice(0, 2).toLowerCase(), [match.index, end]));
  }
  return found;
}

/** Behind so many letters and digits with at most one sign between two; undefined where something else comes. */
function takeSigns(text: string, start: number, count: number): number | undefined {
  let at = start;
  for (let taken = 0; taken < count; taken++) {
    if (taken > 0 && ' -.\u00a0'.includes(text[at] ?? '?')) at++;
    if (!/^[a-z\d]$/i.test(text[at] ?? '')) return undefined;
    at++;
  }
  return at;
}

/** Beginnings and lengths of the issuers. Visa's old 13 digits are left out: European articles carry such numbers. */
const issuers: readonly { readonly what: string; readonly form: RegExp; readonly lengths: readonly number[] }[] = [
  { what: 'visa', form: /^4/, lengths: [16, 19] },
  { what: 'mastercard', form: /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, lengths: [16] },
  { what: 'american-express', form: /^3[47]/, lengths: [15] },
  { what: 'diners', form: /^3(?:0[0-5]|[689])/, lengths: [14] },
  { what: 'discover', form: /^6(?:011|4[4-9]|5)/, lengths: [16] },
  { what: 'jcb', form: /^35(?:2[89]|[3-8])/, lengths: [16] },
  { what: 'unionpay', form: /^62/, lengths: [16, 17, 18, 19] },
  { what: 'maestro', form: /^(?:5018|5020|5038|6304|6759|676[1-3])/, lengths: [16, 18, 19] },
];

export function findCard(text: string, run: NumberRun): Finding | undefined {
  const { digits, separators, shape } = run;
  if (digits.length < 14 || !run.startsAlone || separators.length > 1 || '/.'.includes(separators || '?'))
    return undefined;
  // Cards are printed in fours (or 4-6-5, 4-6-4); in one piece; not in ones and twos.
  if (separators !== '' && !/^4-(?:4-4-[34]|4-4-4-[23]|6-[45])$/.test(shape)) return undefined;
  const issuer = issuers.find(({ form, lengths }) => lengths.includes(digits.length) && form.test(digits));
  if (issuer === undefined || !passesLuhn(digits)) return undefined;
  const before = wordsBefore(text, run.start);
  const isNamed = /card|karte|carte|tarjeta|carta|kaart|kort|visa|amex|credit|debit|pan\b|卡/.test(before);
  return !isNamed && namesThing(before) ? undefined : personal('card', issuer.what, [run.start, run.end]);
}
