// Makes values that look real: people's addresses and numbers, and secrets. Check digits are found here by trying, or by
// the books' own formulas, and on purpose share no code with the detectors they are held against.

import type { SeededRandom } from '../seeded-random.ts';

export interface Made {
  readonly kind: string;
  readonly value: string;
  /** Words that stand before it; undefined: it is told by itself. */
  readonly named?: readonly string[];
}

export const pick = <Item>(random: SeededRandom, items: readonly Item[]): Item =>
  items[Math.floor(random() * items.length)] as Item;

export const between = (random: SeededRandom, least: number, most: number): number =>
  least + Math.floor(random() * (most - least + 1));

export function signs(random: SeededRandom, alphabet: string, count: number): string {
  let text = '';
  for (let at = 0; at < count; at++) text += alphabet[Math.floor(random() * alphabet.length)];
  return text;
}

export const numeric = '0123456789';
export const capitals = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
export const small = 'abcdefghijklmnopqrstuvwxyz';
export const mixed = capitals + small + numeric;

const two = (value: number): string => String(value).padStart(2, '0');
const sumOf = (digits: string, weights: readonly number[]): number =>
  weights.reduce((sum, weight, at) => sum + weight * Number(digits[at]), 0);

/** The first digit that makes the whole divisible by ten when every second from the right counts double. */
export function withLuhn(body: string): string {
  for (const digit of numeric) {
    const all = (body + digit).split('').toReversed().map(Number);
    const total = all.reduce(
      (sum, value, at) => sum + (at % 2 === 0 ? value : [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][value]!),
      0,
    );
    if (total % 10 === 0) return body + digit;
  }
  throw new Error('one of ten digits always fits');
}

export function grouped(value: string, sizes: readonly number[], separator: string): string {
  const parts: string[] = [];
  let at = 0;
  for (const size of sizes) parts.push(value.slice(at, (at += size)));
  return parts.join(separator);
}

const firstNames = [
  'anna',
  'jürgen',
  'maria',
  'li.wei',
  'o.brien',
  'jean-luc',
  'priya',
  'søren',
  'zoë',
  'k',
  'mehmet',
  'x_y',
];
const lastNames = [
  'schmidt',
  'garcía',
  'smith',
  'dubois',
  'kowalska',
  'rossi',
  'silva',
  'nguyen',
  'andersson',
  'van.dijk',
];
const hosts = ['example', 'firma-gmbh', 'mail.uni-muenchen', 'sub.domain.corp', 'post', 'büro', 'xn--bcher-kva', 'a1'];
const tops = ['com', 'de', 'co.uk', 'fr', 'es', 'museum', 'io', 'org', 'pl', 'com.br', 'nl'];

export function makeEmail(random: SeededRandom): Made {
  const tag = random() < 0.2 ? `+${signs(random, small, 4)}` : '';
  const number = random() < 0.3 ? signs(random, numeric, 2) : '';
  const local = `${pick(random, firstNames)}${pick(random, ['.', '_', '-', ''])}${pick(random, lastNames)}${number}${tag}`;
  const value = `${local}@${pick(random, hosts)}.${pick(random, tops)}`;
  return { kind: 'email', value: random() < 0.15 ? value.toUpperCase() : value };
}

export function makePhone(random: SeededRandom): Made {
  const d = (count: number): string => signs(random, numeric, count);
  const from2 = (): string => signs(random, '23456789', 1);
  // Area and exchange of North America: 2 to 9, then anything but 11.
  const area = (): string => `${from2()}${signs(random, '023456789', 1)}${d(1)}`;
  const gap = pick(random, [' ', '-', '.']);
  const made: readonly (() => string)[] = [
    () => `+1${gap}${area()}${gap}${area()}${gap}${d(4)}`,
    () => `(${area()}) ${area()}-${d(4)}`,
    () => `${area()}-${area()}-${d(4)}`,
    () => `+44 20 ${signs(random, '37', 1)}${d(3)} ${d(4)}`,
    () => `+44 (0)7${d(3)} ${d(6)}`,
    () => `+49 ${pick(random, ['30', '89', '221', '171'])} ${d(7)}`,
    () => `+4917${d(9)}`,
    () => `0049 ${pick(random, ['30', '89'])} ${d(8)}`,
    () => `+33 ${signs(random, '1234567', 1)} ${grouped(d(8), [2, 2, 2, 2], ' ')}`,
    () => grouped(`0${signs(random, '1234567', 1)}${d(8)}`, [2, 2, 2, 2, 2], pick(random, [' ', '.'])),
    () => `+34 6${grouped(d(8), [2, 3, 3], ' ')}`,
    () => `+39 3${d(2)} ${d(7)}`,
    () => `+31 6 ${d(8)}`,
    () => `+55 (11) 9${d(4)}-${d(4)}`,
    () => `+91 ${signs(random, '6789', 1)}${d(4)} ${d(5)}`,
    () => `+81 90-${d(4)}-${d(4)}`,
    () => `+86 13${d(1)} ${d(4)} ${d(4)}`,
    () => `+48 ${grouped(`5${d(8)}`, [3, 3, 3], ' ')}`,
    () => `+46 70-${d(3)} ${d(2)} ${d(2)}`,
    () => `+41 79 ${grouped(d(7), [3, 2, 2], ' ')}`,
  ];
  if (random() < 0.8) return { kind: 'phone', value: pick(random, made)() };
  const national = [
    () => `0${signs(random, '123456789', 1)}${d(2)} ${d(7)}`,
    () => `0${signs(random, '1236789', 1)}${d(8)}`,
  ];
  const named = ['Tel.: ', 'phone: ', 'Call me on ', 'Handy: ', 'téléphone : ', 'mi móvil es ', 'mobile ', 'cell: '];
  return { kind: 'phone', value: pick(random, national)(), named };
}

const ibanForms: Readonly<Record<string, string>> = {
  DE: 'n18',
  GB: 'a4n14',
  FR: 'n10c11n2',
  ES: 'n20',
  IT: 'a1n10c12',
  NL: 'a4n10',
  AT: 'n16',
  CH: 'n5c12',
  BE: 'n12',
  PL: 'n24',
  SE: 'n20',
  NO: 'n11',
  PT: 'n21',
  IE: 'a4n14',
  TR: 'n6c16',
  SA: 'n2c18',
  BR: 'n23a1c1',
  MT: 'a4n5c18',
};

export function makeIban(random: SeededRandom): Made {
  const country = pick(random, Object.keys(ibanForms));
  let body = '';
  for (const [, type, count] of (ibanForms[country] ?? '').matchAll(/([anc])(\d+)/g)) {
    body += signs(random, type === 'n' ? numeric : type === 'a' ? capitals : capitals + numeric, Number(count));
  }
  const asNumber = `${body}${country}00`
    .split('')
    .map((sign) => String(Number.parseInt(sign, 36)))
    .join('');
  const whole = `${country}${two(98 - Number(BigInt(asNumber) % 97n))}${body}`;
  const fours = whole.match(/.{1,4}/g)?.join(' ') ?? whole;
  return { kind: 'iban', value: pick(random, [whole, fours, fours, fours.replaceAll(' ', '-'), whole.toLowerCase()]) };
}

export function makeCard(random: SeededRandom): Made {
  const fourFours = [4, 4, 4, 4] as const;
  const issuers: readonly { readonly begin: string; readonly length: number; readonly sizes: readonly number[] }[] = [
    { begin: '4', length: 16, sizes: fourFours },
    { begin: `5${between(random, 1, 5)}`, length: 16, sizes: fourFours },
    { begin: String(between(random, 2221, 2720)), length: 16, sizes: fourFours },
    { begin: pick(random, ['34', '37']), length: 15, sizes: [4, 6, 5] },
    { begin: '36', length: 14, sizes: [4, 6, 4] },
    { begin: '6011', length: 16, sizes: fourFours },
    { begin: String(between(random, 3528, 3589)), length: 16, sizes: fourFours },
    { begin: '62', length: 16, sizes: fourFours },
  ];
  const { begin, length, sizes } = pick(random, issuers);
  const whole = withLuhn(begin + signs(random, numeric, length - begin.length - 1));
  return { kind: 'card', value: pick(random, [whole, grouped(whole, sizes, ' '), grouped(whole, sizes, '-')]) };
}

/** A date in the parts that numbers of people are made of. */
export function makeDate(random: SeededRandom): {
  readonly yy: string;
  readonly mm: string;
  readonly dd: string;
  readonly year: number;
} {
  const year = between(random, 1940, 2005);
  return { yy: two(year % 100), mm: two(between(random, 1, 12)), dd: two(between(random, 1, 28)), year };
}

export { sumOf, two };
