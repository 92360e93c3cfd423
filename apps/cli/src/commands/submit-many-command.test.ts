import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { runProgram } from '../program.ts';
import { UsageError } from '../usage-error.ts';

let server: Server | undefined;
afterEach(() => void server?.close());

/** Takes in every goal but those that are called `no`. */
async function serve(): Promise<{ readonly url: string; readonly sizes: readonly number[] }> {
  const sizes: number[] = [];
  server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { goals } = JSON.parse(Buffer.concat(pieces).toString()) as { goals: { title?: string }[] };
      sizes.push(goals.length);
      const items = goals.map(({ title }, no) =>
        title === 'no'
          ? { status: 422, problem: { code: 'workflow-invalid', detail: 'It has mistakes.' } }
          : { status: 201, goal: { goalId: `goal_${no}` } },
      );
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ items }));
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sizes };
}

async function submit(text: string, url = 'http://127.0.0.1:1') {
  let [out, error] = ['', ''];
  const code = await runProgram(['goal', 'submit', 'many.jsonl', '--server', url], {
    terminal: {
      out: (more) => (out += more),
      error: (more) => (error += more),
      live: false,
      coloured: false,
      columns: () => undefined,
      rows: () => 24,
    },
    env: { CHORALE_KEY: 'key' },
    now: () => 1_000_000,
    signal: new AbortController().signal,
    readText: async (path) => {
      if (path !== 'many.jsonl') throw new UsageError(`${path} cannot be read`);
      return text;
    },
  });
  return { code, out, error };
}

test('[CLI35] many goals go in requests of 500, each is said on a line, and one that was refused ends with 5', async () => {
  const { url, sizes } = await serve();
  const goals = Array.from({ length: 501 }, () => '{"workflow":"w"}');
  const all = await submit(goals.join('\n'), url);
  expect(all).toMatchObject({ code: 0, error: '' });
  expect(sizes).toEqual([500, 1]);
  expect(all.out.trim().split('\n')).toHaveLength(501);
  const some = await submit('{"workflow":"w"}\n\n{"workflow":"w","title":"no"}\n', url);
  expect(some).toEqual({ code: 5, out: 'goal_0\n', error: 'goal 2: [workflow-invalid] It has mistakes.\n' });
});

test('[CLI35] a line that is no goal is named, and nothing is sent', async () => {
  const { url, sizes } = await serve();
  for (const [text, said] of [
    ['{"workflow":"w"}\nno json', 'many.jsonl:2 is not JSON'],
    ['[]', 'many.jsonl:1 is no object'],
    ['\n', 'holds no goal'],
  ] as const) {
    const { code, error } = await submit(text, url);
    expect(code).toBe(2);
    expect(error).toContain(said);
  }
  expect(sizes).toEqual([]);
});
