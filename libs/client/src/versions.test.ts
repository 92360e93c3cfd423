import { expect, test } from 'vitest';
import { withVersions } from './versions.ts';

test('a read says the newest version that an answer gave, and a server that gives none is asked for none', async () => {
  const asked: (string | null)[] = [];
  const answers: (string | undefined)[] = [undefined, undefined, '20', '10', undefined];
  const fetchIt = withVersions(async (_url, init) => {
    asked.push(new Headers(init.headers).get('x-chorale-min-version'));
    const version = answers[asked.length - 1];
    return new Response('{}', version === undefined ? {} : { headers: { 'x-chorale-version': version } });
  });
  for (const method of ['GET', 'GET', 'POST', 'POST', 'GET']) await fetchIt('http://x/', { method });
  expect(asked).toEqual([null, null, null, null, '20']);
});
