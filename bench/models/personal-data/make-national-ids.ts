// Numbers that states give to people, made from the published rules.

import {
  between,
  capitals,
  grouped,
  makeDate,
  numeric,
  pick,
  signs,
  sumOf,
  two,
  withLuhn,
  type Made,
} from './make-values.ts';
import type { SeededRandom } from '../seeded-random.ts';

type Maker = (random: SeededRandom) => { readonly value: string; readonly named?: readonly string[] };

/** Tries until one fits: the rules of some leave numbers out. */
function untilDefined(make: () => string | undefined): string {
  for (let tries = 0; tries < 1_000; tries++) {
    const value = make();
    if (value !== undefined) return value;
  }
  throw new Error('no number of a thousand fits');
}

const makers: Readonly<Record<string, Maker>> = {
  'us-ssn': (random) => {
    const area = untilDefined(() => {
      const found = between(random, 1, 899);
      return found === 666 ? undefined : String(found).padStart(3, '0');
    });
    const rest = [two(between(random, 1, 99)), String(between(random, 1, 9999)).padStart(4, '0')];
    return random() < 0.7
      ? { value: [area, ...rest].join('-') }
      : { value: area + rest.join(''), named: ['SSN ', 'social security number: ', 'SSN: '] };
  },
  'uk-nino': (random) => {
    const prefix = signs(random, 'ABCEHJLMPRSWXY', 1) + signs(random, 'ABCEHJLMPRSWXYZ', 1);
    const body = signs(random, numeric, 6);
    const end = signs(random, 'ABCD', 1);
    return { value: pick(random, [prefix + body + end, `${prefix} ${grouped(body, [2, 2, 2], ' ')} ${end}`]) };
  },
  'de-tax-id': (random) => {
    const whole = untilDefined(() => {
      const nine = signs(random, '123456789', 1) + shuffledDigits(random).slice(0, 8);
      const ten = nine + nine[between(random, 0, 8)];
      const counts = [...new Set(ten)].map((digit) => ten.split(digit).length - 1).filter((count) => count > 1);
      if (counts.length !== 1 || counts[0]! > 3) return undefined;
      let product = 10;
      for (const digit of ten) {
        let sum = (Number(digit) + product) % 10;
        if (sum === 0) sum = 10;
        product = (sum * 2) % 11;
      }
      const check = 11 - product;
      return ten + (check === 10 ? 0 : check);
    });
    return random() < 0.5
      ? { value: grouped(whole, [2, 3, 3, 3], ' ') }
      : { value: whole, named: ['Steuer-ID: ', 'Steueridentifikationsnummer ', 'IdNr. '] };
  },
  'fr-nir': (random) => {
    const { yy, mm } = makeDate(random);
    const isCorsican = random() < 0.1;
    const department = isCorsican ? pick(random, ['2A', '2B']) : two(between(random, 1, 95));
    const body = `${pick(random, ['1', '2'])}${yy}${mm}${department}${signs(random, numeric, 6)}`;
    const counted = BigInt(body.replace('2A', '19').replace('2B', '18'));
    const whole = body + two(97 - Number(counted % 97n));
    return { value: pick(random, [whole, grouped(whole, [1, 2, 2, 2, 3, 3, 2], ' ')]) };
  },
  'es-dni': (random) => {
    const digits = signs(random, numeric, 8);
    const letter = 'TRWAGMYFPDXBNJZSQVHLCKE'[Number(digits) % 23];
    return { value: `${digits}${pick(random, ['', '-'])}${letter}` };
  },
  'es-nie': (random) => {
    const first = between(random, 0, 2);
    const digits = signs(random, numeric, 7);
    return { value: `${'XYZ'[first]}${digits}${'TRWAGMYFPDXBNJZSQVHLCKE'[Number(`${first}${digits}`) % 23]}` };
  },
  'it-codice-fiscale': (random) => {
    const { yy } = makeDate(random);
    const day = two(between(random, 1, 28) + pick(random, [0, 40]));
    const body = `${signs(random, capitals, 6)}${yy}${signs(random, 'ABCDEHLMPRST', 1)}${day}${signs(random, 'ABCDEFGHIL', 1)}${signs(random, numeric, 3)}`;
    const odd = '1 0 5 7 9 13 15 17 19 21 2 4 18 20 11 3 6 8 12 14 16 10 22 25 24 23'.split(' ').map(Number);
    let sum = 0;
    for (let at = 0; at < 15; at++) {
      const index = Number.parseInt(body[at]!, 36);
      const place = index < 10 ? index : index - 10;
      sum += at % 2 === 0 ? odd[place]! : place;
    }
    return { value: pick(random, [String, (text: string) => text.toLowerCase()])(body + capitals[sum % 26]) };
  },
  'nl-bsn': (random) => {
    const whole = untilDefined(() => {
      const body = signs(random, numeric, 8);
      const check = sumOf(body, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
      return check === 10 || Number(body) === 0 ? undefined : body + check;
    });
    return { value: whole, named: ['BSN ', 'BSN: ', 'burgerservicenummer '] };
  },
  'br-cpf': (random) => {
    let whole = signs(random, numeric, 9);
    for (let length = 9; length < 11; length++) {
      let sum = 0;
      for (let at = 0; at < length; at++) sum += Number(whole[at]) * (length + 1 - at);
      whole += sum % 11 < 2 ? 0 : 11 - (sum % 11);
    }
    return random() < 0.7
      ? { value: `${grouped(whole.slice(0, 9), [3, 3, 3], '.')}-${whole.slice(9)}` }
      : { value: whole, named: ['CPF ', 'CPF: ', 'meu CPF é '] };
  },
  'pl-pesel': (random) => {
    const { yy, mm, dd, year } = makeDate(random);
    const body = `${yy}${year < 2000 ? mm : two(Number(mm) + 20)}${dd}${signs(random, numeric, 4)}`;
    return { value: body + ((10 - (sumOf(body, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10) };
  },
  'se-personnummer': (random) => {
    const { yy, mm, dd, year } = makeDate(random);
    const ten = withLuhn(`${yy}${mm}${dd}${signs(random, numeric, 3)}`);
    const short = `${ten.slice(0, 6)}-${ten.slice(6)}`;
    return { value: pick(random, [short, `${Math.floor(year / 100)}${short}`, `${Math.floor(year / 100)}${ten}`]) };
  },
  'in-aadhaar': (random) => {
    const body = signs(random, '23456789', 1) + signs(random, numeric, 10);
    const whole = numeric
      .split('')
      .map((digit) => body + digit)
      .find((tried) => dihedralCheck(tried) === 0)!;
    return random() < 0.7
      ? { value: grouped(whole, [4, 4, 4], ' ') }
      : { value: whole, named: ['Aadhaar: ', 'Aadhaar number ', 'आधार '] };
  },
  'fi-hetu': (random) => {
    const { yy, mm, dd, year } = makeDate(random);
    const number = String(between(random, 2, 899)).padStart(3, '0');
    const check = '0123456789ABCDEFHJKLMNPRSTUVWXY'[Number(`${dd}${mm}${yy}${number}`) % 31];
    return { value: `${dd}${mm}${yy}${year < 2000 ? '-' : 'A'}${number}${check}` };
  },
  'cn-id': (random) => {
    const { mm, dd, year } = makeDate(random);
    const body = `${pick(random, ['110101', '310104', '440305'])}${year}${mm}${dd}${signs(random, numeric, 3)}`;
    const check = '10X98765432'[sumOf(body, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11];
    return { value: body + check };
  },
  'ch-ahv': (random) => {
    const body = `756${signs(random, numeric, 9)}`;
    const odd = sumOf(body, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]);
    return { value: grouped(body + ((10 - (odd % 10)) % 10), [3, 4, 4, 2], '.') };
  },
  'be-rijksregisternummer': (random) => {
    const { yy, mm, dd, year } = makeDate(random);
    const body = `${yy}${mm}${dd}${String(between(random, 1, 997)).padStart(3, '0')}`;
    const check = two(97 - (Number(year < 2000 ? body : `2${body}`) % 97));
    return { value: `${grouped(body.slice(0, 6), [2, 2, 2], '.')}-${body.slice(6)}.${check}` };
  },
  'tr-tckn': (random) => {
    const nine = signs(random, '123456789', 1) + signs(random, numeric, 8);
    const odd = sumOf(nine, [1, 0, 1, 0, 1, 0, 1, 0, 1]);
    const even = sumOf(nine, [0, 1, 0, 1, 0, 1, 0, 1, 0]);
    const tenth = (((odd * 7 - even) % 10) + 10) % 10;
    return { value: `${nine}${tenth}${(odd + even + tenth) % 10}` };
  },
  'kr-rrn': (random) => {
    const { yy, mm, dd, year } = makeDate(random);
    return {
      value: `${yy}${mm}${dd}-${year < 2000 ? pick(random, ['1', '2']) : pick(random, ['3', '4'])}${signs(random, numeric, 6)}`,
    };
  },
};

function shuffledDigits(random: SeededRandom): string {
  return numeric
    .split('')
    .map((digit) => ({ digit, place: random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ digit }) => digit)
    .join('');
}

/** Verhoeff's scheme by its definition: products in the group of symmetries of a pentagon, not a table of them. */
function dihedralCheck(digits: string): number {
  const times = (a: number, b: number): number => {
    if (a < 5) return b < 5 ? (a + b) % 5 : 5 + ((a + b) % 5);
    return b < 5 ? 5 + ((((a - b) % 5) + 5) % 5) : (((a - b) % 5) + 5) % 5;
  };
  const moved = (digit: number, often: number): number => {
    let place = digit;
    for (let count = 0; count < often % 8; count++) place = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4][place]!;
    return place;
  };
  return digits
    .split('')
    .toReversed()
    .reduce((check, digit, at) => times(check, moved(Number(digit), at)), 0);
}

const nationalIdKinds = Object.keys(makers);

export function makeNationalId(random: SeededRandom): Made {
  const kind = pick(random, nationalIdKinds);
  const made = makers[kind]?.(random);
  if (made === undefined) throw new Error(`no maker of ${kind}`);
  return { kind, ...made };
}
