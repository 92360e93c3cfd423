// Whole sessions of agents, with faults at the provider, bad models, and a kill -9 of the server in the middle of each: in
// batches, one server and one kill for a batch. What was paid for is read off the provider's own meter, what a tool did off
// the tool's own server.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type ChoraleClient, type Goal, type Step } from '@chorale/lib-client';
import { ServerProcess } from '../e2e/server-process.ts';
import { createMeter, startMcpServer, startVendor } from '../stand-ins/index.ts';
import {
  seededFaults,
  type Brain,
  type BrainRequest,
  type Fault,
  type McpServer,
  type Meter,
} from '../stand-ins/index.ts';

export interface SessionFinding {
  readonly sessions: number;
  readonly succeeded: number;
  /** Those that ended otherwise, with the code that says why. */
  readonly endedWith: Readonly<Record<string, number>>;
  readonly neverEnded: number;
  readonly modelCalls: number;
  readonly faults: number;
  readonly toolCalls: number;
  /** Answered to the end well before the kill, or after it, and paid for again. */
  readonly modelCallsRepeated: number;
  /** Answered within `atKillMs` before the kill: it could not be on record, and was asked for once more. */
  readonly modelCallsRepeatedAtKill: number;
  readonly toolCallsRepeated: number;
  /** Made within `atKillMs` before the kill, and again because a person allowed it. */
  readonly toolCallsRepeatedAtKill: number;
  /** What is wrong with the journals of those that ended. */
  readonly journalProblems: readonly string[];
}

export interface SessionSize {
  readonly batches: number;
  readonly sessionsEach: number;
}

/** What happened so shortly before the kill may have been on its way to the journal. */
const atKillMs = 500;
const notesEach = 3;
/** The server is killed when all have begun and so many wait for an answer that does not come; the others are wherever they are. */
const heldShare = 0.7;
const heldMsMax = 60_000;
const batchMsMax = 180_000;

/** Struck at random; none closes the only provider for long. */
const faults: readonly Fault[] = [
  { kind: 'rate-limited', retryAfterMs: 200 },
  { kind: 'server-error', status: 500 },
  { kind: 'reset-before-headers' },
  { kind: 'reset-after-headers' },
  { kind: 'reset-after-chunks', chunks: 2 },
  { kind: 'malformed' },
  { kind: 'cut-short', chunks: 2 },
];
const faultRate = 0.06;

export async function playSessions(
  { batches, sessionsEach }: SessionSize,
  onBatch: (found: SessionFinding) => void = () => undefined,
): Promise<SessionFinding> {
  const findings: SessionFinding[] = [];
  for (let batch = 0; batch < batches; batch++) {
    const found = await playBatch(batch, sessionsEach);
    onBatch(found);
    findings.push(found);
  }
  return findings.reduce(addUp);
}

function addUp(one: SessionFinding, other: SessionFinding): SessionFinding {
  const endedWith = { ...one.endedWith };
  for (const [code, count] of Object.entries(other.endedWith)) endedWith[code] = (endedWith[code] ?? 0) + count;
  return {
    sessions: one.sessions + other.sessions,
    succeeded: one.succeeded + other.succeeded,
    endedWith,
    neverEnded: one.neverEnded + other.neverEnded,
    modelCalls: one.modelCalls + other.modelCalls,
    faults: one.faults + other.faults,
    toolCalls: one.toolCalls + other.toolCalls,
    modelCallsRepeated: one.modelCallsRepeated + other.modelCallsRepeated,
    modelCallsRepeatedAtKill: one.modelCallsRepeatedAtKill + other.modelCallsRepeatedAtKill,
    toolCallsRepeated: one.toolCallsRepeated + other.toolCallsRepeated,
    toolCallsRepeatedAtKill: one.toolCallsRepeatedAtKill + other.toolCallsRepeatedAtKill,
    journalProblems: [...one.journalProblems, ...other.journalProblems],
  };
}

/** When something was done, by what it was. */
class Doings {
  readonly #times = new Map<string, number[]>();
  count = 0;

  note(what: string): void {
    this.count++;
    this.#times.set(what, [...(this.#times.get(what) ?? []), performance.now()]);
  }

  /** Done more than once: how often that was so right at the kill, and how often otherwise. */
  repeated(killedAt: number): { readonly atKill: number; readonly otherwise: number } {
    let atKill = 0;
    let otherwise = 0;
    for (const [first = 0, ...more] of this.#times.values()) {
      const isAtKill = first < killedAt && first > killedAt - atKillMs;
      if (more.length === 1 && isAtKill) atKill++;
      else otherwise += more.length;
    }
    return { atKill, otherwise };
  }
}

/** Holds answers back until the kill, each session's after as many as it is told. */
class Gate {
  readonly #begun = new Set<number>();
  readonly #held = new Set<number>();
  #isOpen = false;
  #onHeld: () => void = () => undefined;

  async pass(session: number, turns: number): Promise<void> {
    this.#begun.add(session);
    if (this.#isOpen || turns < 1 + (session % notesEach)) return;
    this.#held.add(session);
    this.#onHeld();
    // The connection that it would be answered on is cut by the kill.
    await new Promise(() => undefined);
  }

  /** All have begun and so many are held, or it took so long that the others must have ended. */
  async reached(sessions: number): Promise<void> {
    const count = Math.ceil(sessions * heldShare);
    const late = pause(heldMsMax);
    let isLate = false;
    void late.then(() => (isLate = true));
    while ((this.#held.size < count || this.#begun.size < sessions) && !isLate)
      await Promise.race([late, new Promise<void>((resolve) => (this.#onHeld = resolve))]);
  }

  open(): void {
    this.#isOpen = true;
  }
}

const sessionPattern = /session number (\d+)\b/;
const tool = 'mcp__office__note';

/** Notes one thing after another, and says that it is done; some models begin badly. */
function makeBrain(gate: Gate): Brain {
  return async (request) => {
    const session = Number(sessionPattern.exec(wordsOf(request))?.[1] ?? -1);
    const turns = request.messages.filter(({ role }) => role === 'assistant').length;
    await gate.pass(session, turns);
    const noted = request.messages
      .flatMap(({ toolResults }) => toolResults)
      .filter(({ content }) => content.includes('noted'));
    if (turns === 0 && session % 5 === 1) return { toolCalls: [{ name: tool, arguments: { step: 'none' } }] };
    if (turns === 0 && session % 5 === 2) return { toolCalls: [{ name: 'no-such-tool', arguments: {} }] };
    if (noted.length < notesEach) return { toolCalls: [{ name: tool, arguments: { session, step: noted.length } }] };
    return { toolCalls: [{ name: 'finish', arguments: { result: `done ${session}` } }] };
  };
}

const wordsOf = ({ system, messages }: BrainRequest): string =>
  [system, ...messages.map(({ text }) => text)].join('\n');

function watchMeter(meter: Meter, doings: Doings): Meter {
  return {
    ...meter,
    record(request) {
      if (request.outcome === 'completed' && request.fingerprint !== undefined) doings.note(request.fingerprint);
      return meter.record(request);
    },
  };
}

const agent = `---
name: noter
description: Notes what it is told to.
role: Noter
tools: [${tool}]
model: {}
---
Note each step, then finish.
`;

async function playBatch(batch: number, sessions: number): Promise<SessionFinding> {
  const folder = await mkdtemp(join(tmpdir(), 'chorale-sessions-'));
  const gate = new Gate();
  const [paid, done] = [new Doings(), new Doings()];
  const meter = watchMeter(createMeter(), paid);
  let struck = 0;
  const strike = seededFaults(batch + 1, { rate: faultRate, faults });
  const vendor = await startVendor({
    kind: 'openai-compatible',
    brain: makeBrain(gate),
    meter,
    faults: (request) => {
      const fault = strike(request);
      if (fault !== undefined) struck++;
      return fault;
    },
  });
  const office = await startMcpServer({
    tools: [
      {
        name: 'note',
        description: 'Notes a step of a session.',
        inputSchema: {
          type: 'object',
          properties: { session: { type: 'integer' }, step: { type: 'integer' } },
          required: ['session', 'step'],
        },
        run: ({ session, step }) => {
          done.note(`${String(session)} ${String(step)}`);
          return `noted ${String(step)}`;
        },
      },
    ],
  });
  const server = new SessionServer(folder);
  try {
    await server.writeFiles(configFor(vendor.baseUrl, office.url, sessions));
    const first = await server.start();
    await toolsListed(office);
    const goals = await submitAll(first, sessions);
    await gate.reached(sessions);
    await server.kill();
    const killedAt = performance.now();
    gate.open();
    const client = await server.start();
    const ended = await followAll(client, goals);
    const [calls, tools] = [paid.repeated(killedAt), done.repeated(killedAt)];
    return {
      sessions,
      succeeded: ended.filter(({ state }) => state === 'succeeded').length,
      endedWith: countCodes(ended),
      neverEnded: ended.filter(({ state }) => !isEnd(state)).length,
      modelCalls: paid.count,
      faults: struck,
      toolCalls: done.count,
      modelCallsRepeated: calls.otherwise,
      modelCallsRepeatedAtKill: calls.atKill,
      toolCallsRepeated: tools.otherwise,
      toolCallsRepeatedAtKill: tools.atKill,
      journalProblems: (await Promise.all(ended.map((goal) => checkJournal(client, goal)))).flat(),
    };
  } finally {
    await server.kill();
    await office.close();
    await vendor.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A server with its folder; killed and started again on the same data. */
class SessionServer {
  readonly #folder: string;
  #running: ServerProcess | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async writeFiles(config: object): Promise<void> {
    await mkdir(join(this.#folder, 'cwd'));
    await mkdir(join(this.#folder, 'home', '.agents', 'agents'), { recursive: true });
    await writeFile(join(this.#folder, 'home', '.agents', 'agents', 'noter.md'), agent);
    await writeFile(join(this.#folder, 'chorale.yaml'), JSON.stringify(config));
  }

  async start(): Promise<ChoraleClient> {
    this.#running = new ServerProcess({
      dataDir: join(this.#folder, 'data'),
      cwd: join(this.#folder, 'cwd'),
      args: ['serve'],
      env: {
        CHORALE_CONFIG: join(this.#folder, 'chorale.yaml'),
        OFFICE_KEY: 'test-key',
        HOME: join(this.#folder, 'home'),
      },
    });
    const [, url = ''] = await this.#running.waitFor(/serving on (http:\/\/\S+)/);
    return createClient({ baseUrl: url, key: this.#running.key });
  }

  async kill(): Promise<void> {
    await this.#running?.kill();
  }
}

function configFor(vendorUrl: string, officeUrl: string, sessions: number): object {
  const model = {
    name: 'llama-3.3-70b',
    contextTokens: 60_000,
    capabilities: ['tools', 'streaming'],
    prices: { input: 1, output: 2 },
  };
  const provider = { kind: 'openai-compatible', baseUrl: vendorUrl, apiKey: 'env:OFFICE_KEY', models: [model] };
  return {
    // Two names for one provider: a fault at the one leaves the other to try.
    models: { discover: false, providers: ['left', 'right'].map((name) => ({ name, ...provider })) },
    // What notes is said to be harmless: nobody is asked before the kill.
    mcp: { servers: [{ name: 'office', url: officeUrl, private: true, effects: { note: 'writes-workspace' } }] },
    worker: { slots: sessions },
  };
}

/** An agent is given the tools that are there when it begins. */
async function toolsListed({ requests }: McpServer): Promise<void> {
  while (!requests.some(({ message }) => JSON.stringify(message).includes('tools/list'))) await pause(20);
  await pause(500);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function submitAll(client: ChoraleClient, sessions: number): Promise<readonly string[]> {
  const goals: string[] = [];
  for (let session = 0; session < sessions; session++) {
    const definition = `name: session
tasks:
  work:
    agent: noter
    with: { task: 'This is session number ${session}' }
outputs: { result: '\${{ tasks.work.output }}' }
`;
    goals.push((await client.submitGoal({ definition })).goal.goalId);
  }
  return goals;
}

const isEnd = (state: Goal['state']): boolean => ['succeeded', 'failed', 'cancelled'].includes(state);

/** A person who allows whatever is asked is always there. */
async function followAll(client: ChoraleClient, goals: readonly string[]): Promise<readonly Goal[]> {
  const deadline = Date.now() + batchMsMax;
  const ended = new Map<string, Goal>();
  for (;;) {
    for (const goalId of goals) {
      if (isEnd(ended.get(goalId)?.state ?? 'running')) continue;
      ended.set(goalId, await client.getGoal(goalId));
      for (const { approvalId } of await client.listApprovals({ goalId, state: 'pending' }))
        await client.decideApproval(approvalId, { decision: 'approve' });
    }
    if (Date.now() > deadline || [...ended.values()].every(({ state }) => isEnd(state))) return [...ended.values()];
    await pause(200);
  }
}

function countCodes(goals: readonly Goal[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { state, failure } of goals) {
    if (state === 'succeeded') continue;
    const code = failure?.code ?? state;
    counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}

/** Whoever reads it sees every answer and every end, and every note of a session that succeeded. */
async function checkJournal(client: ChoraleClient, { goalId, state }: Goal): Promise<readonly string[]> {
  if (!isEnd(state)) return [];
  const [task] = await client.listTasks(goalId);
  const steps = task === undefined ? [] : await client.listSteps(goalId, task.no);
  const open = steps.filter(({ finishedAt }) => finishedAt === undefined);
  const notes = steps.filter((step) => step.name === tool && wasDone(step));
  const numbers = steps.map(({ stepNo }) => stepNo);
  const problems: string[] = [];
  if (open.length > 0) problems.push(`${goalId}: ${open.length} entries have no end`);
  if (state === 'succeeded' && notes.length !== notesEach)
    problems.push(`${goalId}: ${notes.length} notes instead of ${notesEach}`);
  if (numbers.some((no, index) => no !== index + (numbers[0] ?? 0)))
    problems.push(`${goalId}: numbers ${numbers.join(' ')}`);
  return problems;
}

const wasDone = ({ state, output }: Step): boolean => state === 'finished' && JSON.stringify(output).includes('noted');
