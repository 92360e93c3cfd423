import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contestants } from './contestants.ts';

test('what is not equal about a contestant stands in the readme word for word', async () => {
  const readme = await readFile(join(import.meta.dirname, 'README.md'), 'utf8');
  const sentences = Object.values(contestants).flatMap(({ title, differences }) => [
    `### ${title}`,
    ...differences.map((each) => `* ${each}`),
  ]);
  const missing = sentences.filter((sentence) => !readme.includes(`\n${sentence}\n`));
  expect(missing).toEqual([]);
});
