// What looks like personal data or a secret and is none: the numbers and codes that prompts are full of.

import type { SeededRandom } from '../seeded-random.ts';
import { between, capitals, makeDate, mixed, numeric, pick, signs, small, two, type Made } from './make-values.ts';

const hex = '0123456789abcdef';

const uuid = (random: SeededRandom): string =>
  `${signs(random, hex, 8)}-${signs(random, hex, 4)}-4${signs(random, hex, 3)}-a${signs(random, hex, 3)}-${signs(random, hex, 12)}`;

const makers: Readonly<Record<string, (random: SeededRandom) => string>> = {
  'order-number': (random) =>
    `order ${pick(random, ['#', 'no. ', 'number '])}${signs(random, '123456789', 1)}${signs(random, numeric, between(random, 6, 14))}`,
  invoice: (random) => `INV-${between(random, 2015, 2026)}-${signs(random, numeric, 6)}`,
  tracking: (random) => `tracking number 1Z${signs(random, capitals + numeric, 16)}`,
  uuid: (random) => uuid(random),
  'idempotency-key': (random) => `Idempotency-Key: ${uuid(random)}`,
  'commit-hash': (random) => `commit ${signs(random, hex, 40)}`,
  sha256: (random) => `sha256:${signs(random, hex, 64)}`,
  'short-hash': (random) => signs(random, hex, between(random, 7, 12)),
  version: (random) => `v${between(random, 0, 30)}.${between(random, 0, 99)}.${between(random, 0, 9999)}`,
  'version-like-address': (random) =>
    `version ${between(random, 1, 20)}.${between(random, 0, 99)}.${between(random, 0, 99)}.${between(random, 0, 255)}`,
  build: (random) => `build ${signs(random, '123456789', 1)}${signs(random, numeric, between(random, 7, 10))}`,
  isbn: (random) =>
    `ISBN 978-${between(random, 0, 9)}-${signs(random, numeric, 4)}-${signs(random, numeric, 4)}-${between(random, 0, 9)}`,
  'isbn-10': (random) =>
    `ISBN ${between(random, 0, 9)}-${signs(random, numeric, 4)}-${signs(random, numeric, 4)}-${pick(random, ['X', '3'])}`,
  ean: (random) => `EAN ${pick(random, ['40', '50', '76'])}${signs(random, numeric, 11)}`,
  'unix-time': (random) => `${between(random, 1_500_000_000, 1_900_000_000)}`,
  'unix-milliseconds': (random) => `${between(random, 1_500_000_000, 1_900_000_000)}${signs(random, numeric, 3)}`,
  'iso-time': (random) => {
    const { year, mm, dd } = makeDate(random);
    return `${year}-${mm}-${dd}T${two(between(random, 0, 23))}:${two(between(random, 0, 59))}:07.${signs(random, numeric, 3)}Z`;
  },
  date: (random) => {
    const { year, mm, dd } = makeDate(random);
    return pick(random, [`${year}-${mm}-${dd}`, `${dd}.${mm}.${year}`, `${mm}/${dd}/${year}`]);
  },
  'log-line': (random) => {
    const { year, mm, dd } = makeDate(random);
    return `${year}-${mm}-${dd} ${two(between(random, 0, 23))}:${two(between(random, 0, 59))}:42,${signs(random, numeric, 3)} INFO [worker-${between(random, 1, 64)}] took ${between(random, 1, 99999)} ms`;
  },
  amount: (random) =>
    pick(random, [
      `$${between(random, 1, 999)},${signs(random, numeric, 3)},${signs(random, numeric, 3)}.00`,
      `${between(random, 1, 999)}.${signs(random, numeric, 3)}.${signs(random, numeric, 3)},50 €`,
    ]),
  decimal: (random) => `${between(random, 0, 9)}.${signs(random, numeric, between(random, 8, 16))}`,
  coordinates: (random) =>
    `${between(random, -89, 89)}.${signs(random, numeric, 6)}, ${between(random, -179, 179)}.${signs(random, numeric, 6)}`,
  'base64-image': (random) =>
    `data:image/png;base64,iVBORw0KGgo${signs(random, `${mixed}+/`, between(random, 80, 400))}==`,
  'file-at': (random) => `${signs(random, small, 6)}@${between(random, 2, 3)}x.png`,
  'package-at': (random) =>
    `@${signs(random, small, 5)}/${signs(random, small, 7)}@${between(random, 1, 20)}.${between(random, 0, 30)}.${between(random, 0, 9)}`,
  repository: (random) => `git@github.com:${signs(random, small, 6)}/${signs(random, small, 8)}.git`,
  decorator: (random) => `@Override public void ${signs(random, small, 7)}() {}`,
  'social-handle': (random) => `@${signs(random, small, 9)}`,
  'port-list': (random) =>
    `ports ${between(random, 1000, 9999)}, ${between(random, 1000, 9999)} and ${between(random, 10000, 65535)}`,
  range: (random) => `lines ${between(random, 100, 999)}-${between(random, 1000, 9999)}`,
  sku: (random) => `SKU ${signs(random, capitals, 3)}-${signs(random, numeric, 5)}-${signs(random, capitals, 2)}`,
  'part-number': (random) => `${signs(random, capitals, 2)}${signs(random, numeric, 4)}-${signs(random, numeric, 3)}`,
  address: (random) =>
    `http://localhost:${between(random, 3000, 9999)}/api/v${between(random, 1, 3)}/items/${between(random, 1, 99999)}?page=${between(random, 1, 50)}`,
  'token-count': (random) => `token usage: ${between(random, 1000, 99999)} tokens`,
  'primary-key': (random) => `primary key: ${signs(random, small, 6)}_${signs(random, small, 5)}_id`,
  'password-talk': () => 'the password must be at least 12 characters long',
  'secret-from-environment': () => 'apiKey: process.env.OPENAI_API_KEY',
  'key-placeholder': () => 'api_key = "<your-api-key>"',
  'cache-key': (random) => `cache key: user:${between(random, 1, 99999)}:profile:v${between(random, 1, 9)}`,
  'public-key': (random) => `public_key: ${signs(random, mixed, 43)}`,
  'hex-colour': (random) => `#${signs(random, hex, 6)}`,
  imei: (random) => `IMEI ${signs(random, '123456789', 1)}${signs(random, numeric, 14)}`,
  matrix: (random) => Array.from({ length: 6 }, () => String(between(random, 0, 999))).join(' '),
  phase: (random) => `${between(random, 100, 999)} ${between(random, 100, 999)} rows`,
  score: (random) =>
    `${between(random, 0, 9)}-${between(random, 0, 9)}, ${between(random, 10, 99)}:${between(random, 10, 99)}`,
};

const harmlessKinds = Object.keys(makers);

export function makeHarmless(random: SeededRandom): Made {
  const kind = pick(random, harmlessKinds);
  return { kind, value: makers[kind]?.(random) ?? '' };
}
