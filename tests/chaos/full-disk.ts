// The embedded form, one process and one disk, while that disk fills: it says so, keeps what it has acknowledged, and goes on
// when there is space again.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ClientError, createClient, type ChoraleClient } from '@chorale/lib-client';
import { LoopDisk } from '../durability/loop-disk.ts';
import { ServerProcess } from '../e2e/server-process.ts';

const diskMib = 192;
const leaveBytes = 4 * 1024 * 1024;
const goalsBefore = 20;
/** Goals that are asked for while the disk is full. */
const goalsMeanwhile = 10;
const withinMs = 60_000;
const lookMs = 50;
const code = 'disk-full';

export interface FullDiskReport {
  readonly acknowledged: number;
  /** Submissions that were refused, each as `disk-full` with the time to ask again. */
  readonly refused: number;
  /** What should not be: goals that are gone or did not succeed, tasks that were run again, refusals that do not say why. */
  readonly findings: readonly string[];
  /** From the space's return to the next acknowledged goal. */
  readonly returnMs: number;
}

export async function runFullDisk(tell: (line: string) => void): Promise<FullDiskReport> {
  const disk = LoopDisk.create(diskMib);
  let trial: Trial | undefined;
  try {
    trial = await Trial.open(disk, tell);
    return await trial.run();
  } finally {
    await trial?.close();
    disk.remove();
  }
}

const definition = [
  'name: full-disk',
  'description: Work on a disk that fills.',
  'tasks:',
  '  first: { tool: write-file, with: { path: a.txt, content: first } }',
  '  pause: { wait: 1s, needs: [first] }',
  '  last: { tool: write-file, with: { path: b.txt, content: last }, needs: [pause] }',
  '',
].join('\n');

class Trial {
  readonly #disk: LoopDisk;
  readonly #tell: (line: string) => void;
  readonly #acknowledged: string[] = [];
  readonly #findings = new Set<string>();
  #server: ServerProcess;
  #client!: ChoraleClient;
  #refused = 0;
  #no = 0;

  private constructor(disk: LoopDisk, tell: (line: string) => void) {
    this.#disk = disk;
    this.#tell = tell;
    this.#server = this.#start();
  }

  static async open(disk: LoopDisk, tell: (line: string) => void): Promise<Trial> {
    mkdirSync(join(disk.root, 'work'));
    const trial = new Trial(disk, tell);
    await trial.#serve();
    return trial;
  }

  async run(): Promise<FullDiskReport> {
    for (let no = 0; no < goalsBefore; no++) await this.#submit();
    this.#disk.fill(leaveBytes);
    this.#tell(`${this.#acknowledged.length} acknowledged, ${this.#refused} refused; the disk is full`);
    for (let no = 0; no < goalsMeanwhile; no++) {
      await this.#submit();
      await wait(lookMs);
    }
    if (this.#refused === 0) this.#findings.add('a full disk refused nothing');
    // What is there can be read, also by a process that starts on the full disk.
    await this.#readAll();
    await this.#server.kill();
    this.#server = this.#start();
    await this.#serve();
    await this.#readAll();
    this.#disk.free();
    const freeAt = performance.now();
    while (!(await this.#submit()) && performance.now() - freeAt < withinMs) await wait(lookMs);
    const returnMs = performance.now() - freeAt;
    await this.#judge();
    const { acknowledged, refused } = { acknowledged: this.#acknowledged.length, refused: this.#refused };
    return { acknowledged, refused, findings: [...this.#findings], returnMs };
  }

  async close(): Promise<void> {
    await this.#server.kill();
  }

  #start(): ServerProcess {
    const args = ['serve', '--log-level', 'info'];
    return new ServerProcess({ dataDir: join(this.#disk.root, 'data'), cwd: join(this.#disk.root, 'work'), args });
  }

  async #serve(): Promise<void> {
    const [, baseUrl = ''] = await this.#server.waitFor(/serving on (http\S+)/);
    this.#client = createClient({ baseUrl, key: this.#server.key });
  }

  /** Whether it was acknowledged. */
  async #submit(): Promise<boolean> {
    try {
      const { goal } = await this.#client.submitGoal({ definition }, { idempotencyKey: `full-disk-${this.#no}` });
      this.#acknowledged.push(goal.goalId);
      this.#no += 1;
      return true;
    } catch (error) {
      this.#refused += 1;
      if (
        !(error instanceof ClientError) ||
        error.code !== code ||
        error.status !== 507 ||
        !((error.problem?.retryAfterMs ?? 0) > 0)
      )
        this.#findings.add(`refused otherwise than as ${code}, with a time to ask again: ${String(error)}`);
      return false;
    }
  }

  async #readAll(): Promise<void> {
    for (const goalId of this.#acknowledged) {
      const goal = await this.#client.getGoal(goalId);
      if (goal.state === 'failed') this.#findings.add(`goal ${goalId} failed while the disk was full`);
    }
  }

  async #judge(): Promise<void> {
    const until = performance.now() + withinMs;
    for (const goalId of this.#acknowledged) {
      let goal = await this.#client.getGoal(goalId);
      while (goal.finishedAt === undefined && performance.now() < until) {
        await wait(lookMs);
        goal = await this.#client.getGoal(goalId);
      }
      if (goal.state !== 'succeeded')
        this.#findings.add(`goal ${goalId} is ${goal.state}: ${JSON.stringify(goal.failure)}`);
      for (const { no, key } of await this.#client.listTasks(goalId)) {
        const ends = (await this.#client.listAttempts(goalId, no)).map(({ outcome }) => outcome);
        const first = ends.indexOf('succeeded');
        if (first >= 0 && first < ends.length - 1)
          this.#findings.add(`task ${key} of ${goalId} was run again: ${ends.join(', ')}`);
      }
    }
  }
}
