import type { Artifact } from '@chorale/lib-client';
import { expect, test } from 'vitest';
import { latestFiles } from './latest-files.ts';

const file = (name: string, mediaType: string, at = 0): Artifact => ({
  goalId: 'goal_1',
  taskNo: 1,
  attempt: 1,
  name,
  hash: `sha256:${name}-${at}`,
  mediaType,
  sizeBytes: 1,
  at,
  href: `/v1/artifacts/${name}`,
});

test('the report comes first, and of files with one name the latest', () => {
  const files = latestFiles([
    file('findings.json', 'application/json', 5),
    file('a.html', 'text/html'),
    file('report.md', 'text/markdown'),
    file('report.html', 'text/html; charset=utf-8'),
    file('findings.json', 'application/json', 9),
    file('findings.json', 'application/json', 7),
  ]);
  expect(files.map(({ name, at }) => `${name}@${at}`)).toEqual([
    'report.html@0',
    'a.html@0',
    'report.md@0',
    'findings.json@9',
  ]);
});
