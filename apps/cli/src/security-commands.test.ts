import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runTyped } from './run-typed.fixture.ts';

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

let server: Server;
let url: string;
let asked: Asked[];
let folder: string;
let answer: (asked: Asked) => string;

beforeEach(async () => {
  asked = [];
  folder = mkdtempSync(join(tmpdir(), 'chorale-cli-'));
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => (body += piece.toString()));
    request.on('end', () => {
      const one = { method: request.method!, url: request.url!, body };
      asked.push(one);
      response.writeHead(200, { 'content-type': 'application/json' }).end(answer(one));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

async function run(...args: readonly string[]) {
  return runTyped(url, args, { env: { CHORALE_KEY: 'k' }, readText: async (path) => readFileSync(path, 'utf8') });
}

const secret = { name: 'TOKEN', version: 1, dataKey: 1, createdAt: 1, createdBy: 'ann' };

test('[CLI30] the value of a secret comes from standard input, without the end of its line, and is in no argument', async () => {
  answer = () => JSON.stringify(secret);
  const main = join(import.meta.dirname, 'main.ts');
  const args = ['--conditions=chorale-source', main, 'secrets', 'put', 'TOKEN', '--server', url];
  const child = spawn(process.execPath, args, { env: { ...process.env, CHORALE_KEY: 'k' } });
  child.stdin.end('multi\nline value\n');
  let out = '';
  child.stdout.on('data', (piece: Buffer) => (out += piece.toString()));
  expect(await new Promise((resolve) => void child.on('close', resolve))).toBe(0);
  expect(asked.map(({ body }) => JSON.parse(body) as unknown)).toEqual([{ name: 'TOKEN', value: 'multi\nline value' }]);
  expect(out).toBe('TOKEN version 1; it is named secret:TOKEN\n');
  // A value behind the name is one argument too many.
  expect((await run('secrets', 'put', 'TOKEN', 'value')).code).toBe(2);
  expect(asked).toHaveLength(1);
});

test('[CLI31] the log is listed past pages that are short or empty, as far as was asked', async () => {
  const entry = (no: number) => ({
    no,
    actId: `act_${no}`,
    at: 0,
    who: { kind: 'person', id: 'ann' },
    what: 'secret.use',
    on: { kind: 'secret', id: 'TOKEN\u001b[31m' },
    decision: 'allowed',
    detail: {},
    personal: {},
  });
  const pages = [
    { items: [entry(9)], next: '9' },
    { items: [], next: '5' },
    { items: [entry(4), entry(3)], next: '3' },
  ];
  answer = () => JSON.stringify(pages[asked.length - 1]);
  const { code, out } = await run('audit', 'list', '--what', 'secret.', '--limit', '3');
  expect(code).toBe(0);
  expect(out.split('\n')).toHaveLength(5);
  expect(out).not.toContain('\u001b[31m');
  expect(asked.map(({ url: at }) => new URL(at, url).searchParams.get('after'))).toEqual([null, '9', '5']);
  expect((await run('audit', 'list', '--decision', 'maybe')).code).toBe(2);
});

const sha = (text: string): string => createHash('sha256').update(text).digest('hex');

/** An export with one row and one artifact in two pieces. */
function exported(bytes: string): string {
  const hash = `sha256:${sha(bytes)}`;
  const piece = (text: string) => ({ kind: 'artifact', hash, bytes: Buffer.from(text).toString('base64') });
  const lines = [
    { kind: 'begin', format: 1, tenant: 'north' },
    { kind: 'row', table: 'goals', row: { goal_id: 'g1' } },
    piece(bytes.slice(0, 3)),
    piece(bytes.slice(3)),
    { kind: 'artifact', hash, end: true },
  ].map((line) => `${JSON.stringify(line)}\n`);
  return `${lines.join('')}${JSON.stringify({ kind: 'manifest', parts: {}, sha256: sha(lines.join('')) })}\n`;
}

test('[CLI32] an export is written as files for this user alone, and is whole when its manifest says so', async () => {
  answer = () => exported('artifact');
  const good = join(folder, 'good');
  expect(await run('tenants', 'export', 'north', good)).toMatchObject({ code: 0 });
  expect(readFileSync(join(good, 'tables', 'goals.jsonl'), 'utf8')).toBe('{"goal_id":"g1"}\n');
  expect(readFileSync(join(good, 'artifacts', `sha256-${sha('artifact')}`), 'utf8')).toBe('artifact');
  expect(statSync(join(good, 'manifest.json')).mode & 0o077).toBe(0);
  expect(readdirSync(good).toSorted()).toEqual(['artifacts', 'manifest.json', 'tables']);
  // Nothing is written over what is there.
  expect(await run('tenants', 'export', 'north', good)).toMatchObject({ code: 2, out: '' });
  expect((await run('audit', 'export', join(good, 'manifest.json'))).code).toBe(2);

  const changes: readonly ((whole: string) => string)[] = [
    (whole) => whole.replace('"g1"', '"g2"'),
    (whole) => whole.slice(0, whole.lastIndexOf('{"kind":"manifest"')),
    (whole) => whole.replace(Buffer.from('art').toString('base64'), Buffer.from('tra').toString('base64')),
  ];
  for (const [index, change] of changes.entries()) {
    answer = () => change(exported('artifact'));
    const { code, error } = await run('tenants', 'export', 'north', join(folder, `bad${index}`));
    expect({ index, code }).toEqual({ index, code: 6 });
    expect(error).toContain('NOT whole');
  }
});

test('[CLI32] erasing only shows what would go until the word that was shown is given', async () => {
  answer = ({ body }) =>
    JSON.stringify(
      body === '{}'
        ? { dryRun: true, counts: { goals: 3 }, confirm: 'abc123' }
        : { dryRun: false, counts: { goals: 3 }, tenantId: 'north', at: 1, by: 'owner', note: 'signed\n' },
    );
  const { out } = await run('tenants', 'erase', 'north');
  expect(out).toContain('Nothing was erased.');
  expect(out).toContain('chorale tenants erase north --confirm abc123');
  const receipt = join(folder, 'receipt.txt');
  await run('tenants', 'erase', 'north', '--confirm', 'abc123', '--receipt', receipt);
  expect(asked.map(({ body }) => body)).toEqual(['{}', '{"confirm":"abc123"}']);
  expect(readFileSync(receipt, 'utf8')).toBe('signed\n');
});
