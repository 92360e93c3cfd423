// The command as people start it, against a server of its own with a data directory of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const app = resolve(import.meta.dirname, '..');
const launcher = join(app, 'bin', 'chorale.mjs');
const serverProgram = resolve(app, '..', 'server', 'src', 'main.ts');

let directory: string;
let server: ChildProcess | undefined;
let address = '';

async function startServer(listen: string): Promise<void> {
  const args = [
    '--conditions=chorale-source',
    serverProgram,
    'serve',
    '--data-dir',
    join(directory, 'data'),
    '--listen',
    listen,
  ];
  const child = spawn(process.execPath, args, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
  server = child;
  let printed = '';
  address = await new Promise<string>((resolveAddress, reject) => {
    const onText = (piece: Buffer): void => {
      printed += piece.toString();
      const found = /serving on (http:\/\/[\d.]+:\d+)/.exec(printed)?.[1];
      if (found !== undefined) resolveAddress(found);
    };
    child.stdout.on('data', onText);
    child.stderr.on('data', onText);
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}:\n${printed}`)));
  });
}

async function killServer(signal: NodeJS.Signals): Promise<void> {
  const child = server;
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => void child.once('exit', done));
  child.kill(signal);
  await ended;
}

function start(args: readonly string[]) {
  const child = spawn(process.execPath, [launcher, ...args], {
    cwd: directory,
    env: { ...process.env, CHORALE_SERVER: address, CHORALE_DATA_DIR: 'data' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', error: '' };
  child.stdout.on('data', (piece: Buffer) => (said.out += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (said.error += piece.toString()));
  const ended = new Promise<number | null>((done) => void child.on('close', done));
  return { child, said, ended };
}

async function run(
  ...args: string[]
): Promise<{ readonly code: number | null; readonly out: string; readonly error: string }> {
  const { said, ended } = start(args);
  return { code: await ended, ...said };
}

const flow = `
name: flow
tasks:
  question: { approval: Shall it go on? }
  news: { signal: true }
  rest: { wait: 1s, needs: [question, news] }
outputs:
  heard: '\${{ tasks.news.output }}'
`;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chorale-cli-'));
  await writeFile(join(directory, 'flow.yaml'), flow);
  await writeFile(join(directory, 'wrong.yaml'), 'tasks:\n  a: { agnet: x }\n  b: { wait: 1s, needs: [c] }\n');
  await writeFile(join(directory, 'unknown.yaml'), 'tasks:\n  a: { agent: nobody-here }\n');
  await startServer('127.0.0.1:0');
});
afterAll(async () => {
  await killServer('SIGTERM');
  await rm(directory, { recursive: true, force: true });
});

test(
  'a goal is run, asked about, answered, and followed to its end across a server that is killed',
  { timeout: 120_000 },
  async () => {
    const goalId = (await run('run', 'flow.yaml')).out.trim();
    expect(goalId).toMatch(/^goal_/);
    const following = start(['events', goalId, '--follow', '--json']);
    const [approval] = (
      JSON.parse((await run('approval', 'list', '--goal', goalId, '--json')).out) as { items: { approvalId: string }[] }
    ).items;
    expect(await run('approve', approval?.approvalId ?? '', '--answer', '{"yes":true}')).toMatchObject({ code: 0 });
    await killServer('SIGKILL');
    expect((await run('goal', 'list')).code).toBe(4);
    await startServer(address.replace('http://', ''));
    expect(await run('signal', goalId, 'news', '--payload', '"spring"')).toMatchObject({ code: 0 });
    expect(await following.ended).toBe(0);
    const seqs = following.said.out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { seq: number }).seq);
    expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, index) => index + 1));
    expect(following.said.out).toContain('"goal-finished"');
    const shown = JSON.parse((await run('goal', 'show', goalId, '--json')).out) as { goal: object };
    expect(shown.goal).toMatchObject({ state: 'succeeded', outputs: { heard: 'spring' } });
    expect((await run('goal', 'show', goalId, '--follow')).error).toContain('outputs: {"heard":"spring"}\n');
    expect((await run('goal', 'cancel', goalId)).code).toBe(5);
  },
);

test('a goal that is cancelled makes --follow end with 1', { timeout: 60_000 }, async () => {
  const following = start(['run', 'flow.yaml', '--follow']);
  const goalId = await new Promise<string>((found) => {
    following.child.stderr.on('data', () => {
      const id = /goal_\w+/.exec(following.said.error)?.[0];
      if (id !== undefined) found(id);
    });
  });
  expect((await run('goal', 'cancel', goalId, '--reason', 'enough')).code).toBe(0);
  expect(await following.ended).toBe(1);
});

test('Ctrl-C ends --follow with 130, and the goal goes on', { timeout: 60_000 }, async () => {
  const goalId = (await run('run', 'flow.yaml')).out.trim();
  const following = start(['events', goalId, '--follow']);
  await new Promise<void>((begun) => void following.child.stdout.once('data', () => begun()));
  // A terminal sends it to the whole group; here it goes to the program that the launcher started.
  const { execFileSync } = await import('node:child_process');
  const pid = execFileSync('pgrep', ['-P', String(following.child.pid)])
    .toString()
    .trim();
  process.kill(Number(pid), 'SIGINT');
  expect(await following.ended).toBe(130);
  expect((JSON.parse((await run('goal', 'show', goalId, '--json')).out) as { goal: object }).goal).toMatchObject({
    state: 'running',
  });
});

test('workflow files and skill folders are checked without a server', { timeout: 60_000 }, async () => {
  const wrong = await run('workflow', 'validate', 'wrong.yaml');
  expect(wrong.code).toBe(1);
  expect(wrong.out).toMatch(/^wrong\.yaml:2:\d+: error key-unknown: /m);
  expect(wrong.out).toMatch(/^wrong\.yaml:3:\d+: error need-unknown: /m);
  expect((await run('workflow', 'validate', 'unknown.yaml')).out).toMatch(
    /^unknown\.yaml:2:\d+: error agent-unknown: .*nobody-here/m,
  );
  expect(await run('workflow', 'validate', 'flow.yaml')).toMatchObject({ code: 0 });
  expect(await run('skill', 'validate', resolve(app, '../../catalog/skills/inventory'))).toMatchObject({ code: 0 });
  expect((await run('skill', 'validate', directory)).code).toBe(2);
});

test('without a password on standard input nobody is logged in, and no defect is reported', async () => {
  const { code, error } = await run('login', '--name', 'owner');
  expect({ code, error }).toEqual({
    code: 2,
    error: 'chorale: nothing was typed, and nothing came on standard input\n',
  });
});

test('what is missing on this machine is named, as text and as JSON', { timeout: 60_000 }, async () => {
  const { out } = await run('doctor', '--json');
  const { items } = JSON.parse(out) as { items: { name: string; ok: boolean }[] };
  expect(items.filter(({ ok }) => ok).map(({ name }) => name)).toEqual(
    expect.arrayContaining(['node', 'embedded database', 'data directory', 'server']),
  );
  expect(items.find(({ name }) => name === 'data directory')).toMatchObject({ found: 'data' });
});

test(
  'a project is trusted as it is, for as long as it stays so, and not without being asked',
  { timeout: 60_000 },
  async () => {
    const project = join(directory, 'project');
    const agents = join(project, '.agents', 'agents');
    await mkdir(agents, { recursive: true });
    await writeFile(join(agents, 'helper.md'), '---\nname: helper\ndescription: Helps.\ntools: [shell]\n---\nHelp.\n');
    const where = ['--data-dir', join(directory, 'data')];
    const asked = await run('trust', project, ...where);
    expect(asked).toMatchObject({ code: 2, out: expect.stringMatching(/agent +helper +shell/) });
    expect(await run('trust', project, '--yes', ...where)).toMatchObject({ code: 0 });
    const { items } = JSON.parse((await run('trust', '--list', '--json', ...where)).out) as {
      items: { path: string }[];
    };
    expect(items.map(({ path }) => path)).toEqual([project]);
    await writeFile(join(agents, 'helper.md'), '---\nname: helper\ndescription: Harms.\ntools: [shell]\n---\nHarm.\n');
    expect((await run('trust', project, ...where)).code).toBe(2);
    expect((await run('trust', '--revoke', project, ...where)).code).toBe(0);
    expect((await run('trust', '--revoke', project, ...where)).code).toBe(3);
  },
);

test('a reader that has seen enough ends the command quietly', { timeout: 60_000 }, async () => {
  const { child, said, ended } = start(['--help']);
  child.stdout.destroy();
  expect(await ended).toBe(0);
  expect(said.error).toBe('');
});
