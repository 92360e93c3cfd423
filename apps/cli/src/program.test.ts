import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { runProgram } from './program.ts';
import { createTerminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
  readonly headers: { readonly [name: string]: string | string[] | undefined };
}
let server: Server | undefined;
afterEach(() => void server?.close());

/** A server that answers everything in the same way, and remembers what it was asked. */
async function serverThat(answer: { readonly status?: number; readonly type?: string; readonly body?: unknown }) {
  const asked: Asked[] = [];
  server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const text = Buffer.concat(pieces).toString();
      const { method = '', url = '', headers } = request;
      asked.push({ method, url, headers, body: text === '' ? undefined : (JSON.parse(text) as unknown) });
      response.writeHead(answer.status ?? 200, { 'content-type': answer.type ?? 'application/json' });
      response.end(JSON.stringify(answer.body ?? { items: [] }));
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function run(args: readonly string[], env: Record<string, string> = {}, files: Record<string, string> = {}) {
  let out = '';
  let error = '';
  const code = await runProgram(args, {
    terminal: {
      out: (text) => (out += text),
      error: (text) => (error += text),
      live: false,
      coloured: false,
      columns: () => undefined,
      rows: () => 24,
    },
    env,
    now: () => 1_000_000,
    signal: new AbortController().signal,
    readText: async (path) => {
      const text = files[path];
      if (text === undefined) throw new UsageError(`${path} cannot be read`);
      return text;
    },
  });
  return { code, out, error };
}

const problem = (status: number, code: string, more: object = {}) => ({
  status,
  type: 'application/problem+json',
  body: { status, code, detail: 'It does not go.', family: 'refused', retryable: false, instance: 'req_1', ...more },
});

test('[CLI1] what was not understood ends with 2 and says how to find out more', async () => {
  for (const args of [
    ['goal', 'lsit'],
    ['goal', 'list', '--limt', '3'],
    ['run'],
    ['goal', 'list', '--limit', 'many'],
    ['run', 'x', '-i', 'novalue'],
    ['goal', 'edit', 'g', '--reason', 'r'],
    ['completion', 'tcsh'],
    ['trust', '/no/such/folder'],
    ['goal', 'list', '--server', '::'],
  ]) {
    const { code, out, error } = await run(args);
    expect({ args, code, out, said: error !== '' }).toEqual({ args, code: 2, out: '', said: true });
  }
  expect((await run(['goal', 'lsit'])).error).toContain('Did you mean list?');
});

test('[CLI1] each kind of refusal has its exit code', async () => {
  for (const [answer, expected] of [
    [problem(404, 'goal-not-found'), 3],
    [problem(409, 'goal-ended'), 5],
    [problem(412, 'version-changed'), 5],
    [problem(403, 'catalog-untrusted'), 5],
    [problem(400, 'request-invalid'), 2],
    [problem(422, 'inputs-invalid'), 2],
    [problem(503, 'not-ready', { family: 'temporary', retryable: true }), 4],
    [problem(500, 'internal', { family: 'broken' }), 6],
    [{ status: 502, type: 'text/html', body: '<html>' }, 4],
  ] as const) {
    const { url } = await serverThat(answer);
    const { code, error, out } = await run(['goal', 'cancel', 'g', '--server', url]);
    expect({ answer, code, out }).toEqual({ answer, code: expected, out: '' });
    expect(error).toMatch(/^chorale: /);
    server?.close();
  }
});

test('[CLI1] mistakes of a request are named as what was typed, not as parts of a request', async () => {
  const issues = [
    { at: 'query.limit', message: 'must be at least 1' },
    { at: 'query.state', message: 'is not known' },
  ];
  const { url } = await serverThat(problem(400, 'request-invalid', { issues, action: 'send what is described' }));
  const { error } = await run(['goal', 'list', '--server', url]);
  expect(error).toBe('chorale: limit must be at least 1\n  state is not known\n  (add --help for what can be typed)\n');
});

test('[CLI1] a file that cannot be written is named, and is no defect', async () => {
  const { url } = await serverThat({
    body: { items: [{ name: 'a.md', hash: 'sha256:00', sizeBytes: 1, href: '/v1/a' }] },
  });
  const { code, error } = await run(['artifact', 'get', 'g', 'a.md', '-o', '/nowhere/at/all', '--server', url]);
  expect({ code, error }).toMatchObject({
    code: 2,
    error: expect.stringContaining('/nowhere/at/all cannot be written'),
  });
});

test('[CLI1] a server that is not there ends with 4 and names the command that starts one', async () => {
  const { code, error } = await run(['goal', 'list'], { CHORALE_SERVER: 'http://127.0.0.1:9' });
  expect(code).toBe(4);
  expect(error).toContain('chorale serve');
});

test('[CLI1] a key that cannot be read is a mistake of who asks, and no server that is away', async () => {
  const { url } = await serverThat({});
  const { code, error } = await run(['goal', 'list', '--server', url, '--key-file', '/nope']);
  expect({ code, error }).toEqual({ code: 2, error: 'chorale: /nope cannot be read\n' });
});

test('[CLI1] whoever asks in plain where TLS is spoken is told so', async () => {
  const closing = createServer().on('connection', (socket) => socket.end());
  await new Promise<void>((resolve) => void closing.listen(0, '127.0.0.1', resolve));
  const { error } = await run(['goal', 'list', '--server', `127.0.0.1:${(closing.address() as AddressInfo).port}`]);
  closing.close();
  expect(error).toContain('https://');
});

test('[CLI1] a doctor that nobody knows says how to log in', async () => {
  const { url } = await serverThat(problem(401, 'unauthenticated'));
  expect((await run(['doctor', '--server', url])).out).toContain(`chorale login --server ${url}`);
});

test('[CLI2] --json prints the answer and nothing else, problems as well', async () => {
  const { url } = await serverThat({ body: { items: [{ name: 'a' }] } });
  expect(JSON.parse((await run(['agent', 'list', '--json', '--server', url])).out)).toEqual({ items: [{ name: 'a' }] });
  server?.close();
  const { url: other } = await serverThat(problem(404, 'catalog-unknown'));
  const { code, out, error } = await run(['agent', 'show', 'x', '--json', '--server', other]);
  expect({ code, error, json: JSON.parse(out) as object }).toMatchObject({
    code: 3,
    error: '',
    json: { code: 'catalog-unknown' },
  });
});

test('[CLI3] --server wins over CHORALE_SERVER, and may leave out http://', async () => {
  const { url, asked } = await serverThat({});
  await run(['agent', 'list', '--server', url.replace('http://', '')], { CHORALE_SERVER: 'http://127.0.0.1:9' });
  await run(['agent', 'list'], { CHORALE_SERVER: `${url}/` });
  expect(asked.map((request) => request.url)).toEqual(['/v1/agents', '/v1/agents']);
});

test('[CLI4] run sends inputs as they were typed, and the text of a file where a path is given', async () => {
  const { url, asked } = await serverThat({ status: 201, body: { goalId: 'goal_9' } });
  const common = ['--server', url, '-i', 'a=1', '--input', 'b=x=y', '--priority', 'high', '--idempotency-key', 'k'];
  expect(await run(['run', 'review', ...common])).toEqual({ code: 0, out: 'goal_9\n', error: '' });
  expect(asked[0]).toMatchObject({
    method: 'POST',
    url: '/v1/goals',
    body: { workflow: 'review', inputs: { a: '1', b: 'x=y' }, priority: 'high' },
  });
  expect(asked[0]?.headers['idempotency-key']).toBe('k');
  await run(['run', './flow.yaml', '--server', url], {}, { './flow.yaml': 'tasks: {}' });
  expect(asked[1]?.body).toEqual({ definition: 'tasks: {}', definitionFile: './flow.yaml', inputs: {} });
});

test('[CLI5] a plan is edited with all changes in one request', async () => {
  const { url, asked } = await serverThat({ body: { goalId: 'g', state: 'running' } });
  const task = { key: 'c', kind: 'agent', agent: 'x', needs: [] };
  const options = [
    '--add',
    JSON.stringify(task),
    '--remove',
    'a',
    '--skip',
    'b',
    '--repoint',
    'd=c,e',
    '--if-plan-version',
    '2',
  ];
  await run(['goal', 'edit', 'g', '--reason', 'why', ...options, '--server', url]);
  expect(asked[0]?.body).toEqual({
    changes: [
      { change: 'add', task },
      { change: 'remove', key: 'a' },
      { change: 'skip', key: 'b' },
      { change: 'repoint', key: 'd', needs: ['c', 'e'] },
    ],
    reason: 'why',
    expectedPlanVersion: 2,
  });
});

test('[CLI6] the shell is told commands, options and names from the server', async () => {
  const { url } = await serverThat({ body: { items: [{ name: 'review-repository' }, { name: 'other' }] } });
  const complete = async (...words: string[]) =>
    (await run(['complete', '--', ...words], { CHORALE_SERVER: url })).out.trimEnd().split('\n');
  expect(await complete('go')).toEqual(['goal']);
  expect(await complete('goal', 'pa')).toEqual(['pause']);
  expect(await complete('run', 're')).toEqual(['review-repository']);
  expect(await complete('run', 'other', '--idem')).toEqual(['--idempotency-key']);
  expect(await complete('')).toEqual(expect.arrayContaining(['run', 'goal', 'doctor']));
  expect(await complete('')).not.toContain('complete');
});

test('[CLI6] without a server the shell gets no names, and no error', async () => {
  expect(await run(['complete', '--', 'run', ''], { CHORALE_SERVER: 'http://127.0.0.1:9' })).toEqual({
    code: 0,
    out: '',
    error: '',
  });
});

test('[CLI8] what is said about a result goes to standard error, so that a pipe gets the result alone', async () => {
  const { url } = await serverThat({ body: { items: [], next: 'cursor' } });
  const { out, error } = await run(['goal', 'list', '--server', url]);
  expect(out).toBe('');
  expect(error).toBe('no goals; submit one with `chorale run <workflow>`\nmore: --after cursor\n');
});

test('[CLI8] NO_COLOR and dumb terminals switch colours off, FORCE_COLOR switches them on', () => {
  const stream = (isTTY: boolean) => ({ isTTY, columns: 80, write: () => true });
  const coloured = (isTTY: boolean, env: Record<string, string>) =>
    createTerminal({ out: stream(isTTY), error: stream(isTTY) }, env).coloured;
  expect(coloured(true, {})).toBe(true);
  expect(coloured(true, { NO_COLOR: '1' })).toBe(false);
  expect(coloured(true, { TERM: 'dumb' })).toBe(false);
  expect(coloured(false, {})).toBe(false);
  expect(coloured(false, { FORCE_COLOR: '1' })).toBe(true);
  expect(coloured(false, { FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false);
});

test('[CLI9] a new key stands alone on standard output, and its budget goes with it', async () => {
  const { url, asked } = await serverThat({ status: 201, body: { keyId: 'key_1', key: 'sk-chorale-x' } });
  const limits = ['--usd', '5', '--calls', '100', '--window', 'day'];
  const made = await run(['keys', 'create', 'ci', '-m', 'fast', '-m', 'gpt-5', ...limits, '--server', url]);
  expect(made).toEqual({ code: 0, out: 'sk-chorale-x\n', error: 'key_1: keep it now, it is not shown again\n' });
  expect(asked[0]).toMatchObject({
    method: 'POST',
    url: '/v1/model-keys',
    body: { name: 'ci', models: ['fast', 'gpt-5'], budget: { window: 'day', usd: 5, calls: 100 } },
  });
});

test('[CLI9] budgets are set by what they limit, and what makes no sense is not sent', async () => {
  const budget = {
    budgetId: 'budget_1',
    scope: 'agent',
    subject: 'reviewer',
    window: 'month',
    limit: { usd: 2 },
    spent: { usd: 0.5, tokens: 10, calls: 1 },
    reserved: { usd: 0, tokens: 0, calls: 0 },
    windowStartedAt: 0,
  };
  const { url, asked } = await serverThat({ body: budget });
  const set = await run(['budgets', 'set', 'agent', 'reviewer', '--usd', '2', '--server', url]);
  expect(set.out).toBe('budget_1 agent reviewer, month: $0.50 of $2.00\n');
  expect(asked[0]?.body).toEqual({ scope: 'agent', subject: 'reviewer', window: 'month', limit: { usd: 2 } });
  for (const wrong of [['team'], ['agent', '--usd', '2'], ['tenant'], ['tenant', '--usd', 'two']])
    expect((await run(['budgets', 'set', ...wrong, '--server', url])).code).toBe(2);
  expect(asked).toHaveLength(1);
});

test('[CLI9] models are named by deployment, and a failed test or a silent provider ends with 1', async () => {
  const failed = {
    deploymentId: 'a/b',
    callId: 'call_1',
    ok: false,
    durationMs: 5,
    costUsd: 0,
    failure: { code: 'x', message: 'No.' },
  };
  const { url, asked } = await serverThat({ body: failed });
  const { code, out } = await run(['models', 'test', 'a/b', '--server', url]);
  expect(asked[0]).toMatchObject({ method: 'POST', url: '/v1/deployments/a%2Fb/test' });
  expect({ code, said: out.includes('No. (x)') }).toEqual({ code: 1, said: true });
  server?.close();
  const silent = { name: 'p', kind: 'openai', found: 'environment', deployments: 0, problem: 'bad key' };
  const { url: other } = await serverThat({ body: { at: 1, providers: [silent] } });
  expect((await run(['models', 'probe', '--server', other])).code).toBe(1);
});

test('[CLI9] a call is shown with the reasons first, the chosen candidate marked', async () => {
  const call = {
    callId: 'call_1',
    operation: 'chat',
    requested: [],
    strategy: 'cost',
    taskClass: 'chat',
    dataClass: 'internal',
    masked: 2,
    deploymentId: 'a/b',
    cache: 'none',
    costUsd: 0.00002,
    assumed: false,
    startedAt: 1,
    endedAt: 501,
    candidates: [
      { deploymentId: 'a/b', score: { total: 0.5, quality: 0.7, costUsd: 0.00002, latencyMs: 400, switchingUsd: 0 } },
      { deploymentId: 'c/d', excluded: { why: 'data-class', detail: 'secret data' } },
    ],
    tries: [{ deploymentId: 'a/b', startedAt: 1, endedAt: 501 }],
    explanation: ['a/b scores best.'],
  };
  const { url } = await serverThat({ body: call });
  const { out } = await run(['calls', 'show', 'call_1', '--server', url]);
  expect(out.split('\n')[0]).toBe('a/b scores best.');
  expect(out).toMatch(/\*\s+a\/b\s+0\.500\s+0\.70\s+\$0\.000020/);
  expect(out).toContain('data-class: secret data');
  expect(out).toContain('2 values masked');
});

test('[CLI9] what was learned of the models is shown with its outcomes and its lines', async () => {
  const outcomes = [
    { taskClass: 'chat', model: 'small', good: 400, bad: 160 },
    { taskClass: 'code', model: 'small', good: 10, bad: 0 },
    { taskClass: 'chat', model: 'large', good: 540, bad: 20 },
  ];
  const strategies = [{ strategy: 'cost', threshold: 0.3141, kept: 0.52, strongShare: 0.27 }];
  const learned = {
    version: 3,
    trainedAt: Date.now(),
    models: [{ model: 'small', outcomes: 560, goodShare: 0.7 }],
    lines: [{ weak: 'small', strong: 'large', strategies }],
  };
  const { url } = await serverThat({ body: { outcomes, outcomesMin: 500, learned } });
  const { out, code } = await run(['models', 'learned', '--server', url]);
  expect(code).toBe(0);
  expect(out).toMatch(/small\s+410\s+160\s+560/);
  expect(out).toContain('version 3, learned ');
  expect(out).toMatch(/cost\s+small\s+large\s+0\.314\s+52 %\s+27 % of calls/);
  server?.close();
  const { url: fresh } = await serverThat({ body: { outcomes, outcomesMin: 500 } });
  expect((await run(['models', 'learned', '--server', fresh])).out).toContain('it takes 500 outcomes of a model');
});

test('the exit codes are explained', async () => {
  expect((await run(['help', 'exit-codes'])).out).toContain('130  interrupted');
});

test('[CLI2] the list of archived goals is asked for by name, and the other list does not name them', async () => {
  const { asked, url } = await serverThat({});
  await run(['goal', 'list', '--archived', '--server', url]);
  await run(['goal', 'list', '--server', url]);
  expect(asked.map((one) => one.url)).toEqual(['/v1/goals?limit=20&archived=true', '/v1/goals?limit=20']);
});
