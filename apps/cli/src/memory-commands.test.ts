// What is typed to look at memory and to change it.
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { runTyped } from './run-typed.fixture.ts';

let folder: string;
let server: Server | undefined;
let asked: { readonly method: string; readonly url: string; readonly body: unknown }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorale-cli-memory-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(() => void server?.close());

async function run(args: readonly string[], answer: unknown) {
  asked = [];
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (piece: Buffer) => (text += piece.toString()));
    request.on('end', () => {
      const { method = '', url = '' } = request;
      asked.push({ method, url, body: text === '' ? undefined : (JSON.parse(text) as unknown) });
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const printed = await runTyped(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, args, {
    now: () => 2_000_000,
  });
  server.close();
  return printed;
}

const memory = {
  memoryId: 'memory_1',
  scope: 'project/a, b',
  kind: 'semantic',
  state: 'active',
  text: 'the ferry\u001B]0;owned\u0007 leaves at nine',
  speaker: 'ann',
  role: 'person',
  validFrom: 1_000_000,
  recordedAt: 1_000_000,
  provenance: ['episode_1'],
  recordedBy: 'ann',
  confidence: 1,
  importance: 0.5,
  sensitivity: 'normal',
  pinned: true,
  legalHold: false,
  uses: 2,
};

test('[CLI20] a search gives the best first with its reasons, and asks where, of which kind and as of when', async () => {
  const items = [{ memory, score: 4.2, parts: {}, lifted: false, matched: ['ferri'], why: ['has ferry (4.20)'] }];
  const where = ['-s', 'project/a, b', '-s', 'user/ann', '-k', 'semantic', '--as-of', '2027-01-01T00:00:00Z'];
  const { code, out } = await run(['memory', 'search', 'the', 'ferry', ...where], { items, scopes: [] });
  expect({ code, url: asked[0]?.url }).toEqual({
    code: 0,
    url: '/v1/memories/search?text=the+ferry&validAt=2027-01-01T00%3A00%3A00Z&scope=project%2Fa%252C+b%2Cuser%2Fann&kind=semantic',
  });
  expect(out).toMatch(
    /^4\.20 {2}the ferry leaves at nine\n {6}memory_1 {2}semantic of project\/a, b, from ann.*\n {6}has ferry/,
  );
  expect(await run(['memory', 'search', 'x', '-k', 'sematic'], {})).toMatchObject({ code: 2, out: '' });
  expect(asked).toEqual([]);
});

test('[CLI20] a memory is shown with what it comes from, and a subject with its time', async () => {
  const episodes = [
    { episodeId: 'episode_1', speaker: 'ann', sessionId: 'goal_7', occurredAt: 1, text: 'Nine, as ever.' },
  ];
  const before = { ...memory, memoryId: 'memory_0', text: 'at eight', validTo: 1_000_000 };
  const { out } = await run(['memory', 'show', 'memory_1'], { ...memory, episodes, ends: [], replaced: [before] });
  expect(out).toMatch(/comes from episode_1 of goal_7\n.*ann: Nine, as ever\.\n\nreplaced memory_0\n {2}at eight/);
  const claims = [memory, before].map((one) => ({
    ...one,
    claim: { subject: 'ferry', attribute: 'leaves', value: '' },
  }));
  const timeline = await run(['memory', 'timeline', 'ferry'], { items: claims });
  expect(timeline.out.trimEnd().split('\n')).toHaveLength(3);
  expect(timeline.out).toMatch(/leaves +at eight +ended/);
});

test('[CLI21] forgetting is a dry run until --yes is given', async () => {
  const outcome = { dryRun: true, memories: 2, episodes: 1, held: 0, receipts: [], sample: [memory] };
  const { out, error } = await run(['memory', 'forget', '-s', 'project/a', '--subject', 'ferry'], outcome);
  expect(asked[0]?.body).toEqual({ scope: 'project/a', subject: 'ferry', dryRun: true });
  expect(out).toContain('and 1 more\n2 memories and 1 episodes would go\n');
  expect(error).toContain('--yes');
  await run(['memory', 'forget', 'memory_1', '--yes'], { ...outcome, dryRun: false });
  expect(asked[0]?.body).toEqual({ memoryIds: ['memory_1'], dryRun: false });
  expect(await run(['memory', 'forget'], outcome)).toMatchObject({ code: 2 });
});

test('[CLI22] an export is put back whole, or not begun when it is not what its manifest says', async () => {
  const rows = Array.from({ length: 450 }, (_, index) => JSON.stringify({ row: 'episode', episodeId: `e${index}` }));
  const text = rows.map((row) => `${row}\n`).join('');
  const manifest = {
    row: 'manifest',
    episodes: 450,
    memories: 0,
    sha256: createHash('sha256').update(text).digest('hex'),
  };
  const whole = join(folder, 'whole.jsonl');
  await writeFile(whole, `${text}${JSON.stringify(manifest)}\n`);
  expect(await run(['memory', 'import', whole], { added: 150, known: 0 })).toMatchObject({
    code: 0,
    out: '450 rows added, 0 were there already\n',
  });
  expect(asked.map(({ body }) => (body as { rows: unknown[] }).rows.length)).toEqual([200, 200, 50]);
  const changed = join(folder, 'changed.jsonl');
  await writeFile(changed, `${text.replace('e7"', 'e8"')}${JSON.stringify(manifest)}\n`);
  const short = join(folder, 'short.jsonl');
  await writeFile(short, text);
  for (const path of [changed, short, join(folder, 'none.jsonl')]) {
    const { code, error } = await run(['memory', 'import', path], {});
    expect({ code, said: error !== '', asked }).toEqual({ code: 2, said: true, asked: [] });
  }
});
