// Documents say what is there: links lead somewhere, commands exist, and the numbered rules of a SPEC.md and the tests
// that cite them know each other.

import { existsSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readTree, root, type Finding, type TreeFile } from './tree.ts';

const tree = readTree();
const documents = tree.filter((file) => file.path.endsWith('.md') && !file.path.startsWith('catalog/'));
const scripts = Object.keys(
  (JSON.parse(tree.find((file) => file.path === 'package.json')?.text ?? '{}') as { scripts: object }).scripts,
);

/** Code blocks and inline code hold examples, not links. */
const withoutCode = (text: string): string => text.replaceAll(/```[\s\S]*?```/g, '').replaceAll(/`[^`\n]*`/g, '');

function findBrokenLinks({ path, text }: TreeFile, exists: (path: string) => boolean): readonly Finding[] {
  const targets = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
  return targets
    .filter((target) => !/^([a-z]+:|#)/.test(target))
    .map((target) => posix.normalize(posix.join(dirname(path), target.replace(/#.*/, ''))))
    .filter((target) => !exists(target))
    .map((target) => `${path}: ${target}`);
}

function findUnknownCommands({ path, text }: TreeFile): readonly Finding[] {
  const named = [...text.matchAll(/\bnpm run ([a-z-]+)(?! -w)/g)].map((match) => match[1] ?? '');
  return named.filter((name) => !scripts.includes(name)).map((name) => `${path}: npm run ${name}`);
}

describe('documents', () => {
  test('a link that leads nowhere is found, and examples are no links', () => {
    const text = 'See [a](gone.md#x), [b](here.md), [c](https://host/x), [d](#part), `[e](code.md)`.';
    expect(findBrokenLinks({ path: 'docs/a.md', text }, (path) => path === 'docs/here.md')).toEqual([
      'docs/a.md: docs/gone.md',
    ]);
  });

  test('every link leads somewhere', () => {
    expect(documents.flatMap((file) => findBrokenLinks(file, (path) => existsSync(join(root, path))))).toEqual([]);
  });

  test('a command that is not there is found', () => {
    const text = 'npm run check, then npm run nonsense';
    expect(findUnknownCommands({ path: 'a.md', text })).toEqual(['a.md: npm run nonsense']);
  });

  test('every command that is named exists', () => {
    expect(documents.flatMap(findUnknownCommands)).toEqual([]);
  });
});

interface RuleBook {
  /** The folder of the SPEC.md, with a slash. */
  readonly folder: string;
  readonly rules: readonly string[];
}

/** A rule is a list item or a table row that begins with its number in bold: `* **GS2** ...`. */
function readRules(text: string): readonly string[] {
  return [...text.matchAll(/^\s*[*|-]\s*\*\*([A-Z]+\d+)\b[^*]*\*\*/gm)].map((match) => match[1] ?? '');
}

/** Test titles cite rules in brackets: `[GS2]`, `[GS2, GS4]`. */
function readCitations(text: string): readonly string[] {
  const groups = [...text.matchAll(/\[([A-Z]+\d+(?:[, ]+[A-Z]+\d+)*)\]/g)];
  return groups.flatMap((match) => (match[1] ?? '').split(/[, ]+/));
}

const books: readonly RuleBook[] = tree
  .filter((file) => file.path.endsWith('SPEC.md'))
  .map((file) => ({ folder: file.path.slice(0, -'SPEC.md'.length), rules: readRules(file.text) }));
const tests = tree.filter(
  (file) => /\.(test|contract)\.tsx?$/.test(file.path) && file.path !== 'tests/house/documents.test.ts',
);
const cited = new Set(tests.flatMap((file) => readCitations(file.text)));

describe('numbered rules', () => {
  test('rules and citations are read as they are written', () => {
    expect(readRules('* **GS2** adding\n- **GS10 (was two)** text\n| **L1** | text |\nsee **GS4**')).toEqual([
      'GS2',
      'GS10',
      'L1',
    ]);
    expect(readCitations("test('[GS2, GS4] adding')\ntest('[L1] one')\nconst a = list[GS];")).toEqual([
      'GS2',
      'GS4',
      'L1',
    ]);
  });

  test('a number is used once in its SPEC.md', () => {
    const twice = books.flatMap(({ folder, rules }) => {
      return rules.filter((rule, index) => rules.indexOf(rule) !== index).map((rule) => `${folder}SPEC.md: ${rule}`);
    });
    expect(twice).toEqual([]);
  });

  test('every rule is cited by a test', () => {
    const untested = books.flatMap(({ folder, rules }) => {
      return rules.filter((rule) => !cited.has(rule)).map((rule) => `${folder}SPEC.md: ${rule}`);
    });
    expect(untested).toEqual([]);
  });

  test('every rule that a test in a package with a SPEC.md cites is there', () => {
    const all = new Set(books.flatMap(({ rules }) => rules));
    const unknown = tests.flatMap((file) => {
      const book = books.find(({ folder }) => file.path.startsWith(folder));
      return book === undefined
        ? []
        : readCitations(file.text)
            .filter((rule) => !all.has(rule))
            .map((rule) => `${file.path}: ${rule}`);
    });
    expect(unknown).toEqual([]);
  });
});
