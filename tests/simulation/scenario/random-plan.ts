// Plans as the seed draws them: layers, races, timers, signals, questions, lists, sub-workflows, compensations,
// retries and conditions, in trees of a few tasks each: small histories find more per second than large ones.
//
// Whatever a tool is to do stands in its task's `with` (see tool-world.ts), so that the model of outcomes needs nothing
// but the plan.

import type { Json, OnFailure, PlanDefinition, RetryPolicy, TaskDefinition } from '@chorale/module-goals';
import type { SeededRandom } from '../kernel/seeded-random.ts';
import type { Work } from '../cluster/tool-world.ts';

const queues = ['default', 'narrow', 'narrow', 'slow'] as const;
/** Labels that some workers have; tasks that need them wait for those. */
export const labels = ['gpu', 'eu'] as const;

type Draft = { -readonly [Field in keyof TaskDefinition]: TaskDefinition[Field] };

export interface PlanShape {
  readonly tasksMax: number;
  readonly depth: number;
  /** How often a tool is told to fail. */
  readonly failing: number;
}

export function randomPlan(random: SeededRandom, shape: PlanShape): PlanDefinition {
  return new PlanMaker(random, shape).make();
}

class PlanMaker {
  readonly #random: SeededRandom;
  readonly #shape: PlanShape;
  readonly #tasks: Draft[] = [];
  readonly #children: Record<string, PlanDefinition> = {};
  /** Tasks that others may need: branches of a race end only in their race. */
  readonly #open: string[] = [];

  constructor(random: SeededRandom, shape: PlanShape) {
    this.#random = random;
    this.#shape = shape;
  }

  make(): PlanDefinition {
    const count = this.#random.integer(1, this.#shape.tasksMax);
    while (this.#tasks.length < count) this.#add();
    return {
      workflow: 'random',
      inputs: { flag: { type: 'boolean' }, list: { type: 'list' } },
      tasks: this.#tasks,
      ...(Object.keys(this.#children).length === 0 ? {} : { children: this.#children }),
      ...this.#outputs(),
    };
  }

  #outputs(): Pick<PlanDefinition, 'outputs'> {
    const key = this.#open.at(-1);
    if (key === undefined || this.#random.chance(0.4)) return {};
    const broken = this.#random.chance(0.05);
    return { outputs: { last: `\${{ tasks.${key}.output${broken ? '.missing.further' : ''} }}` } };
  }

  #newKey(): string {
    return `t${this.#tasks.length}`;
  }

  #add(): void {
    const random = this.#random;
    const form = random.weighted({
      work: 50,
      list: 12,
      race: this.#shape.tasksMax > 3 ? 9 : 0,
      timer: 7,
      signal: 5,
      approval: 7,
      workflow: this.#shape.depth > 0 ? 8 : 0,
    });
    if (form === 'race') return this.#addRace();
    const needs = random.pickSome(this.#open.slice(-5), random.pick([1, 1, 2, 3]));
    const task: Draft = { key: this.#newKey(), kind: 'tool', needs };
    if (form === 'work') this.#fillWork(task, this.#referring(needs, this.#randomWork()));
    else if (form === 'list') this.#fillList(task);
    else if (form === 'timer') Object.assign(task, { kind: 'timer', wait: random.pick([0, 500, 4_000]) });
    else if (form === 'signal') task.kind = 'signal';
    else if (form === 'approval') this.#fillApproval(task);
    else this.#fillWorkflow(task, { flag: random.chance(0.5), list: [] });
    this.#condition(task);
    this.#push(task);
  }

  #push(task: Draft): void {
    this.#tasks.push(task);
    this.#open.push(task.key);
    const onFailure = this.#onFailure(task);
    if (onFailure !== undefined) task.onFailure = onFailure;
  }

  #onFailure(task: Draft): OnFailure | undefined {
    const form = this.#random.weighted({ none: 70, continue: 15, compensate: 15 });
    if (form === 'none') return undefined;
    if (form === 'continue') return 'continue';
    const compensation: Draft = { key: `undo_${task.key}`, kind: 'tool', needs: [], compensates: true };
    this.#fillWork(compensation, this.#randomWork(this.#shape.failing * 2));
    this.#tasks.push(compensation);
    return { compensate: compensation.key };
  }

  #randomWork(failing = this.#shape.failing): Work {
    const random = this.#random;
    const fails = random.chance(failing);
    return {
      value: random.integer(0, 9),
      takesMs: random.pick([2, 40, 400, 3_000]),
      ...(random.chance(0.4) ? { once: true } : {}),
      ...(fails
        ? { failRuns: random.pick([1, 1, 2, 99]), family: random.pick(['refused', 'temporary', 'temporary', 'broken']) }
        : {}),
      ...(fails && random.chance(0.2) ? { retryAfterMs: 2_500 } : {}),
    };
  }

  /** Sometimes a tool gives what an earlier one gave. */
  #referring(needs: readonly string[], work: Work): Work {
    const [key] = needs;
    return key === undefined || this.#random.chance(0.7) ? work : { ...work, value: `\${{ tasks.${key}.output }}` };
  }

  #fillWork(task: Draft, work: Json): void {
    const random = this.#random;
    if (random.chance(0.35)) Object.assign(task, { kind: 'agent', agent: random.pick(['scout', 'writer']) });
    else Object.assign(task, { kind: 'tool', tool: 'work' });
    task.with = work;
    if (random.chance(0.4)) task.queue = random.pick(queues);
    if (random.chance(0.1)) task.requires = [random.pick(labels)];
    if (random.chance(0.2)) task.priority = random.pick([0, 1, 2, 3]);
    if (random.chance(0.3)) task.retry = this.#retry();
    if (random.chance(0.05)) task.timeoutMs = random.pick([1_000, 10_000]);
  }

  #retry(): RetryPolicy {
    const random = this.#random;
    return {
      limit: random.integer(0, 3),
      delayMs: random.pick([0, 200, 2_000]),
      factor: random.pick([1, 2]),
      delayMsMax: 5_000,
      jitter: random.pick([0, 0.5]),
    };
  }

  #fillList(task: Draft): void {
    const random = this.#random;
    const producer = this.#tasks.find(({ key, kind }) => task.needs.includes(key) && kind === 'tool');
    const items = Array.from({ length: random.integer(0, 5) }, () => this.#randomWork() as Json);
    let list = JSON.stringify(items);
    if (producer !== undefined && producer.forEach === undefined && random.chance(0.6)) {
      producer.with = { ...(producer.with as Work), value: items } as Json;
      list = `tasks.${producer.key}.output`;
    } else if (random.chance(0.5)) list = 'inputs.list';
    task.forEach = { items: list, concurrency: random.integer(1, 3) };
    const form = random.weighted({ work: 70, timer: 10, workflow: this.#shape.depth > 0 ? 20 : 0 });
    if (form === 'work') this.#fillWork(task, '${{ item }}');
    else if (form === 'timer') Object.assign(task, { kind: 'timer', wait: '${{ item.takesMs }}' });
    else this.#fillWorkflow(task, { flag: true, list: ['${{ item }}'] });
  }

  #fillApproval(task: Draft): void {
    Object.assign(task, { kind: 'approval', question: this.#random.chance(0.85) ? 'Go on?' : 'Refuse?' });
    if (this.#random.chance(0.1)) task.timeoutMs = this.#random.pick([3_000, 60_000]);
  }

  #fillWorkflow(task: Draft, inputs: Json): void {
    const name = `child${Object.keys(this.#children).length}`;
    this.#children[name] = randomPlan(this.#random, { ...this.#shape, tasksMax: 3, depth: this.#shape.depth - 1 });
    Object.assign(task, { kind: 'workflow', workflow: name, with: inputs });
  }

  #condition(task: Draft): void {
    const [need] = task.needs;
    if (!this.#random.chance(0.15)) return;
    task.when = need === undefined || this.#random.chance(0.5) ? 'inputs.flag' : `tasks.${need}.state == "succeeded"`;
  }

  /** Two or three branches, and the task that the first of them lets go. */
  #addRace(): void {
    const random = this.#random;
    const needs = random.pickSome(this.#open.slice(-3), 1);
    const branches: string[] = [];
    for (let count = random.integer(2, 3); count > 0; count--) {
      const branch: Draft = { key: this.#newKey(), kind: 'tool', needs };
      if (random.chance(0.2)) Object.assign(branch, { kind: 'timer', wait: random.pick([100, 5_000]) });
      else if (random.chance(0.15)) branch.kind = 'signal';
      else this.#fillWork(branch, this.#randomWork());
      if (random.chance(0.5)) branch.onFailure = 'continue';
      this.#tasks.push(branch);
      branches.push(branch.key);
    }
    const join: Draft = { key: this.#newKey(), kind: 'tool', needs: branches, join: 'first' };
    this.#fillWork(join, this.#randomWork());
    this.#push(join);
  }
}
