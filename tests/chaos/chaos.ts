// H1: goals are submitted and worked on while everything around them fails, and what was acknowledged is compared with what
// came of it. All sizes are options; one seed gives one order of troubles, though not the moments at which they hit.

import { setTimeout as wait } from 'node:timers/promises';
import { ClientError } from '@chorale/lib-client';
import { defaultTenant, type GoalId } from '@chorale/lib-ids';
import { SeededRandom } from '../simulation/kernel/seeded-random.ts';
import { Judge, readRows, type Damage } from './judge.ts';
import { openSite, type Site, type SiteOptions } from './site.ts';
import { makeTrouble } from './trouble.ts';
import { describeWork } from './work.ts';

export interface ChaosOptions {
  readonly goals: number;
  readonly tasksPerGoal: number;
  readonly seed: number;
  readonly leaseMs: number;
  /** Spread over the goals: the last is submitted when the last trouble was made. */
  readonly troubles: number;
  /** Goals that may be open at once: fewer make the work last. */
  readonly openGoalsMax: number;
  /** A call of a tool takes so long, at most. */
  readonly takesMsMax: number;
  /** From the last trouble on; what has not ended then is stuck. */
  readonly calmMsMax: number;
  /** What is broken on purpose, to show that it is found. */
  readonly fault?: NonNullable<SiteOptions['fault']>;
  readonly tell: (line: string) => void;
}

export interface ChaosReport {
  readonly acknowledged: number;
  readonly damage: Damage;
  readonly findings: readonly string[];
  readonly troubles: { readonly [trouble: string]: number };
  /** Attempts that were cut off: troubles that hit no work show nothing. */
  readonly cutOff: number;
  /** Calls of tools that came again under their key. */
  readonly again: number;
  readonly asked: number;
}

const workersCount = 4;
const slots = 8;
const pauseMsMax = 700;
const requestMsMax = 10_000;
const lookMs = 250;

export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const random = new SeededRandom(options.seed);
  const takes = random.fork();
  const takesMs = (): number => takes.integer(1, options.takesMsMax);
  const site = await openSite({ ...siteOptions(options), takesMs });
  try {
    return await new Chaos(site, options, random).run();
  } finally {
    await site.close();
  }
}

function siteOptions({ leaseMs, tell, fault }: ChaosOptions): Omit<SiteOptions, 'takesMs'> {
  return { leaseMs, tell, workers: workersCount, slots, ...(fault === undefined ? {} : { fault }) };
}

class Chaos {
  readonly #site: Site;
  readonly #options: ChaosOptions;
  readonly #random: SeededRandom;
  readonly #acknowledged: GoalId[] = [];
  readonly #open = new Set<GoalId>();
  readonly #troubles: Record<string, number> = {};
  #troubled = 0;
  #submitted = false;
  #over = false;
  #asked = 0;

  constructor(site: Site, options: ChaosOptions, random: SeededRandom) {
    this.#site = site;
    this.#options = options;
    this.#random = random;
  }

  async run(): Promise<ChaosReport> {
    const work = Promise.all([this.#submitAll(), this.#watchGoals(), this.#answerQuestions(), this.#keepApi()]);
    await Promise.race([this.#trouble(), work]);
    this.#options.tell(`${this.#troubled} troubles made; ${this.#open.size} goals are open, now calm`);
    const calmUntil = performance.now() + this.#options.calmMsMax;
    while (!(this.#submitted && this.#open.size === 0) && performance.now() < calmUntil) await wait(lookMs);
    this.#over = true;
    await work;
    return this.#judge();
  }

  async #trouble(): Promise<void> {
    const { leaseMs, troubles, tell } = this.#options;
    while (this.#troubled < troubles && !this.#over) {
      await wait(this.#random.integer(50, pauseMsMax));
      const trouble = await makeTrouble(this.#site, this.#random, leaseMs);
      if (trouble === undefined) continue;
      this.#troubles[trouble] = (this.#troubles[trouble] ?? 0) + 1;
      this.#troubled += 1;
      tell(`${this.#acknowledged.length} acknowledged, ${this.#open.size} open: ${trouble}`);
    }
  }

  async #submitAll(): Promise<void> {
    const { goals, openGoalsMax, tasksPerGoal, troubles } = this.#options;
    const definition = describeWork(tasksPerGoal);
    for (let no = 0; no < goals; no++) {
      const isEarly = (): boolean => no / goals > this.#troubled / troubles;
      while ((this.#open.size >= openGoalsMax || isEarly()) && !this.#over) await wait(lookMs / 10);
      // What was not answered is asked again under the same key, until it is acknowledged.
      const goalId = await this.#insist(async () => {
        const { goal } = await this.#site.client.submitGoal({ definition }, { idempotencyKey: `chaos-${no}` });
        return goal.goalId as GoalId;
      });
      if (goalId === undefined) return;
      this.#acknowledged.push(goalId);
      this.#open.add(goalId);
    }
    this.#submitted = true;
  }

  async #watchGoals(): Promise<void> {
    while (!this.#over) {
      await wait(lookMs);
      for (const goalId of this.#open) {
        const goal = await this.#site.store.findGoal(defaultTenant, goalId).catch(() => 'away' as const);
        if (goal === 'away') break;
        if (goal === undefined || goal.finishedAt !== undefined) this.#open.delete(goalId);
      }
    }
  }

  /** A person who looks outside: what was done there is told, what was not may be done. Not while somebody may yet do it. */
  async #answerQuestions(): Promise<void> {
    const { client, ledger, workers } = this.#site;
    while (!this.#over) {
      await wait(lookMs);
      const asked = await within(requestMsMax, client.listApprovals({ state: 'pending' })).catch(() => []);
      for (const { approvalId, goalId, taskNo } of asked) {
        if (workers.some(({ isStopped }) => isStopped)) break;
        const outside = ledger.find(goalId, taskNo);
        const answer = outside === undefined || outside.done === 0 ? {} : { answer: { known: true } };
        const decided = client.decideApproval(approvalId, { decision: 'approve', ...answer });
        await within(requestMsMax, decided).then(
          () => (this.#asked += 1),
          () => undefined,
        );
      }
    }
  }

  /** One that finds no database when it starts ends, as whoever runs it expects; it is begun again. */
  async #keepApi(): Promise<void> {
    while (!this.#over) {
      await wait(lookMs);
      if (this.#site.api.hasEnded) await this.#site.api.kill();
    }
  }

  async #insist<T>(ask: () => Promise<T>): Promise<T | undefined> {
    while (!this.#over) {
      try {
        return await within(requestMsMax, ask());
      } catch (error) {
        // Said no for good, where everything else is said or left unsaid because of some trouble.
        if (error instanceof ClientError && error.code !== 'unreachable' && (error.status ?? 500) < 500) throw error;
        await wait(lookMs);
      }
    }
    return undefined;
  }

  async #judge(): Promise<ChaosReport> {
    const { store, ledger } = this.#site;
    const judge = new Judge(ledger);
    let cutOff = 0;
    for (const goalId of this.#acknowledged) {
      const rows = await readRows(store, defaultTenant, goalId);
      judge.judge(goalId, rows);
      cutOff += rows.attempts.filter(({ outcome }) => outcome === 'lost').length;
    }
    let again = 0;
    for (const task of ledger.tasks.values()) again += task.again;
    const { damage, findings } = judge;
    const acknowledged = this.#acknowledged.length;
    return { acknowledged, damage, findings, troubles: this.#troubles, cutOff, again, asked: this.#asked };
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = new AbortController();
  try {
    return await Promise.race([
      work,
      wait(ms, undefined, { signal: late.signal }).then(() => Promise.reject(new Error('no answer in time'))),
    ]);
  } finally {
    late.abort();
  }
}
