// H1: goals are submitted and worked on while everything around them fails, and what was acknowledged is compared with what
// came of it. All sizes are options; one seed gives one order of troubles, though not the moments at which they hit.

import { setTimeout as wait } from 'node:timers/promises';
import { ClientError } from '@chorale/lib-client';
import { defaultTenant, type GoalId } from '@chorale/lib-ids';
import { SeededRandom } from '../simulation/kernel/seeded-random.ts';
import { Judge, readRows, tellHistory, type Damage } from './judge.ts';
import { measureRecovery, type Recovery, type RecoveryOptions } from './recovery.ts';
import { openSite, type Site, type SiteOptions } from './site.ts';
import { TroubleMaker, type Trouble } from './trouble.ts';
import { describeWork } from './work.ts';

export interface ChaosOptions {
  readonly goals: number;
  readonly tasksPerGoal: number;
  readonly seed: number;
  readonly leaseMs: number;
  /** Spread over the goals: the last is submitted when the last trouble was made. */
  readonly troubles: number;
  /** Default: all kinds. */
  readonly only?: readonly Trouble[];
  /** A broker that may be killed, too. */
  readonly ownsBroker?: boolean;
  /** Goals that may be open at once: fewer make the work last. */
  readonly openGoalsMax: number;
  /** A call of a tool takes so long, at most. */
  readonly takesMsMax: number;
  /** From the last trouble on; what has not ended then is stuck. */
  readonly calmMsMax: number;
  /** To be measured once all is calm. */
  readonly recovery?: Pick<RecoveryOptions, 'deaths' | 'awaysMs'>;
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
  /** Where it was asked for, and all was calm before. */
  readonly recovery: Recovery | undefined;
}

const workersCount = 4;
const slots = 8;
const pauseMsMax = 300;
const requestMsMax = 10_000;
const lookMs = 250;
const readTriesMax = 20;

export async function runChaos(given: ChaosOptions): Promise<ChaosReport> {
  const random = new SeededRandom(given.seed);
  const takes = random.fork();
  const options = { ...given, tell: (line: string) => given.tell(`${new Date().toISOString()} ${line}`) };
  const { leaseMs, takesMsMax, fault, ownsBroker = false, tell } = options;
  const ended: string[] = [];
  const site = await openSite({
    leaseMs,
    workers: workersCount,
    slots,
    ownsBroker,
    takesMs: () => takes.integer(1, takesMsMax),
    tell,
    onEnd(what) {
      ended.push(what);
      tell(what);
    },
    ...(fault === undefined ? {} : { fault }),
  });
  try {
    return await new Chaos(site, options, { random, ended }).run();
  } finally {
    await site.close();
  }
}

interface Chance {
  readonly random: SeededRandom;
  /** Processes that ended by themselves so far. */
  readonly ended: readonly string[];
}

class Chaos {
  readonly #site: Site;
  readonly #options: ChaosOptions;
  readonly #random: SeededRandom;
  readonly #ended: readonly string[];
  readonly #acknowledged: GoalId[] = [];
  readonly #open = new Set<GoalId>();
  readonly #troubles: Record<string, number> = {};
  #troubled = 0;
  #submitted = false;
  #over = false;
  #asked = 0;

  constructor(site: Site, options: ChaosOptions, { random, ended }: Chance) {
    this.#site = site;
    this.#options = options;
    this.#random = random;
    this.#ended = ended;
  }

  async run(): Promise<ChaosReport> {
    const work = Promise.all([this.#submitAll(), this.#watchGoals(), this.#answerQuestions(), this.#keepApi()]);
    await Promise.race([this.#trouble(), work]);
    this.#options.tell(`${this.#troubled} troubles made; ${this.#open.size} goals are open, now calm`);
    const calmUntil = performance.now() + this.#options.calmMsMax;
    while (!(this.#submitted && this.#open.size === 0) && performance.now() < calmUntil) await wait(lookMs);
    const isCalm = this.#submitted && this.#open.size === 0;
    const recovery = isCalm ? await this.#measureRecovery() : undefined;
    this.#over = true;
    await work;
    return this.#judge(recovery);
  }

  async #measureRecovery(): Promise<Recovery | undefined> {
    const { recovery, goals } = this.#options;
    if (recovery === undefined) return undefined;
    let no = goals;
    return await measureRecovery(this.#site, {
      ...recovery,
      submit: async (count) => {
        for (const last = no + count; no < last; no++) await this.#submit(no);
      },
      calm: async () => {
        while (this.#open.size > 0) await wait(lookMs);
      },
    });
  }

  async #trouble(): Promise<void> {
    const { troubles, tell } = this.#options;
    const maker = new TroubleMaker(this.#site, this.#random, this.#options);
    while (this.#troubled < troubles && !this.#over) {
      await wait(this.#random.integer(50, pauseMsMax));
      const trouble = await maker.makeNext();
      if (trouble === undefined) continue;
      this.#troubles[trouble] = (this.#troubles[trouble] ?? 0) + 1;
      this.#troubled += 1;
      tell(`${this.#acknowledged.length} acknowledged, ${this.#open.size} open: ${trouble}`);
    }
  }

  async #submitAll(): Promise<void> {
    const { goals, openGoalsMax, troubles } = this.#options;
    for (let no = 0; no < goals; no++) {
      const isEarly = (): boolean => no / goals > this.#troubled / troubles;
      while ((this.#open.size >= openGoalsMax || isEarly()) && !this.#over) await wait(lookMs / 10);
      if (!(await this.#submit(no))) return;
    }
    this.#submitted = true;
  }

  /** False when it came to an end before it was acknowledged. */
  async #submit(no: number): Promise<boolean> {
    const definition = describeWork(this.#options.tasksPerGoal);
    // What was not answered is asked again under the same key, until it is acknowledged.
    const goalId = await this.#insist(async () => {
      const { goal } = await this.#site.client.submitGoal({ definition }, { idempotencyKey: `chaos-${no}` });
      return goal.goalId as GoalId;
    });
    if (goalId === undefined) return false;
    this.#acknowledged.push(goalId);
    this.#open.add(goalId);
    return true;
  }

  async #watchGoals(): Promise<void> {
    while (!this.#over) {
      await wait(lookMs);
      for (const goalId of this.#open) {
        const found = within(requestMsMax, this.#site.store.findGoal(defaultTenant, goalId));
        const goal = await found.catch(() => 'away' as const);
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
        if (workers.some(({ mayActLate }) => mayActLate)) break;
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

  async #keepApi(): Promise<void> {
    while (!this.#over) {
      await wait(lookMs);
      this.#site.api.keep();
    }
  }

  async #insist<T>(ask: () => Promise<T>): Promise<T | undefined> {
    while (!this.#over) {
      try {
        return await within(requestMsMax, ask());
      } catch (error) {
        // Said no for good, where everything else is said or left unsaid because of some trouble.
        if (error instanceof ClientError && isForGood(error)) throw error;
        await wait(lookMs);
      }
    }
    return undefined;
  }

  async #judge(recovery: Recovery | undefined): Promise<ChaosReport> {
    const { store, ledger, workers } = this.#site;
    const judge = new Judge(ledger);
    let cutOff = 0;
    for (const goalId of this.#acknowledged) {
      const rows = await again(() => readRows(store, defaultTenant, goalId));
      judge.judge(goalId, rows);
      cutOff += rows.attempts.filter(({ outcome }) => outcome === 'lost').length;
    }
    for (const what of this.#ended) judge.add({ kind: 'ended', what });
    let calledAgain = 0;
    for (const task of ledger.tasks.values()) calledAgain += task.again;
    const nameOf = (workerId: string): string | undefined =>
      workers.flatMap((worker) => worker.nameOf(workerId) ?? [])[0];
    const sources = { store, ledger, tenantId: defaultTenant, nameOf };
    const findings: string[] = [];
    for (const finding of judge.findings) findings.push(await tellHistory(finding, sources));
    const { damage } = judge;
    const acknowledged = this.#acknowledged.length;
    const troubles = this.#troubles;
    return { acknowledged, damage, findings, troubles, cutOff, again: calledAgain, asked: this.#asked, recovery };
  }
}

/** A connection that is idle says at its next use that it was lost. */
async function again<T>(read: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await read();
    } catch (error) {
      if (tries >= readTriesMax) throw error;
      await wait(lookMs);
    }
  }
}

function isForGood({ code, status = 500 }: ClientError): boolean {
  return code !== 'unreachable' && status < 500 && status !== 429;
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
