// The register of OWASP ASVS 5.0: each requirement of levels 1 and 2 is a test, an argument, not applicable, or missing; and the
// tests that it names exist.

import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from './tree.ts';

interface Entry {
  readonly id: string;
  readonly by: 'test' | 'argument' | 'not-applicable' | 'missing';
  readonly tests?: readonly string[];
  readonly note?: string;
}

const { requirements } = JSON.parse(readFileSync(join(root, 'docs/operating/compliance/asvs.json'), 'utf8')) as {
  readonly requirements: readonly Entry[];
};

function isThere(named: string): boolean {
  const [file = '', title = ''] = named.split(' > ');
  const path = join(root, file);
  // A title stands in the text of its file, in whatever quotes.
  return title.length > 4 && existsSync(path) && readFileSync(path, 'utf8').includes(title);
}

describe('the register of ASVS', () => {
  test('has each requirement of levels 1 and 2 once', () => {
    const data = process.env['CHORALE_TEST_DATA'] ?? resolve(root, '../shared/data');
    const file = join(data, 'asvs', 'asvs-5.0.0.flat.json');
    if (!existsSync(file)) throw new Error(`${file} is missing: set CHORALE_TEST_DATA to a folder that holds asvs`);
    const all = (
      JSON.parse(readFileSync(file, 'utf8')) as {
        readonly requirements: readonly { readonly req_id: string; readonly L: string }[];
      }
    ).requirements;
    const wanted = all.filter(({ L }) => L === '1' || L === '2').map(({ req_id: id }) => id);
    expect(wanted).toHaveLength(253);
    expect(requirements.map(({ id }) => id).toSorted()).toEqual(wanted.toSorted());
  });

  test('names tests that exist, and says why where there is none', () => {
    expect(isThere('tests/house/asvs.test.ts > names tests that are nowhere'.replace('nowhere', 'not there'))).toBe(
      false,
    );
    expect(
      requirements.flatMap(({ id, tests = [] }) => tests.filter((one) => !isThere(one)).map((one) => `${id}: ${one}`)),
    ).toEqual([]);
    expect(
      requirements.filter(({ by, tests = [], note = '' }) =>
        by === 'test' ? tests.length === 0 : tests.length > 0 || note.length < 5,
      ),
    ).toEqual([]);
  });

  test('has 150 or more by an automated test', () => {
    expect(requirements.filter(({ by }) => by === 'test').length).toBeGreaterThanOrEqual(150);
  });
});
