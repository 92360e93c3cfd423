// When a goal with agents has ended: how it ended is kept, and its working memory goes.
//
// Owns:       which goals are looked at: those whose agents worked here, and at the start the latest of every tenant, so that an end
//             that nobody saw because the process was gone is seen then.
// Invariants: GE1 the end of a goal is kept once, whoever sees it and however often.

import type { GoalId, TenantId } from '@chorale/lib-ids';
import {
  goalStates,
  isGoalEnded,
  type Goal,
  type GoalStore,
  type PlanDefinition,
  type Task,
} from '@chorale/module-goals';
import type { EpisodeId, MemoryStore } from '@chorale/module-memory';
import { Beat, type BeatPorts } from '../process/beat.ts';
import { projectOf } from './project-of.ts';
import type { OfGoal, WorkingMemory } from './working-memory.ts';

const everyMs = 5_000;
/** Every so many looks, all that are watched are looked at. */
const looksPerSweep = 12;
/** Of a tenant, at the start. */
const latestMax = 50;
/** Watched at once; the oldest are let go, and found at the next start. */
const watchedMax = 10_000;
const textMax = 2_000;
const endedStates = goalStates.filter(isGoalEnded);

export interface EndingParts {
  readonly store: Pick<GoalStore, 'findGoal' | 'listGoals' | 'listTasks' | 'findDefinition' | 'onCommit'>;
  readonly memory: Pick<MemoryStore, 'execute' | 'findEpisode'>;
  readonly working: WorkingMemory;
  readonly listTenants: () => Promise<readonly TenantId[]>;
}

export class GoalEndings {
  readonly #parts: EndingParts;
  readonly #watched = new Map<string, OfGoal>();
  /** Something happened to them since the last look. */
  readonly #changed = new Set<string>();
  #looks = 0;

  constructor(parts: EndingParts) {
    this.#parts = parts;
    parts.store.onCommit(({ goals }) => {
      for (const { goalId } of goals) if (this.#watched.has(goalId)) this.#changed.add(goalId);
    });
  }

  /** An agent works at it. */
  watch({ tenantId, goalId }: OfGoal): void {
    this.#watched.set(goalId, { tenantId, goalId });
    this.#changed.add(goalId);
    const [oldest] = this.#watched.keys();
    if (this.#watched.size <= watchedMax || oldest === undefined) return;
    this.#watched.delete(oldest);
    this.#changed.delete(oldest);
  }

  async look(): Promise<void> {
    if (this.#looks === 0) await this.#lookBack();
    // Hints may be lost.
    const all = this.#looks++ % looksPerSweep === 0;
    for (const of of this.#watched.values()) {
      if (!this.#changed.delete(of.goalId) && !all) continue;
      const goal = await this.#parts.store.findGoal(of.tenantId, of.goalId);
      if (goal !== undefined && !isGoalEnded(goal.state)) continue;
      if (goal !== undefined) await this.#conclude(goal);
      this.#watched.delete(of.goalId);
    }
  }

  async #lookBack(): Promise<void> {
    const { store, memory, listTenants } = this.#parts;
    for (const tenantId of await listTenants()) {
      const { items } = await store.listGoals(tenantId, { states: endedStates, limit: latestMax });
      for (const { goalId } of items)
        if ((await memory.findEpisode(tenantId, episodeOf(goalId))) === undefined) this.watch({ tenantId, goalId });
    }
  }

  async #conclude(goal: Goal): Promise<void> {
    const { store, memory, working } = this.#parts;
    const { tenantId, goalId, parentGoalId } = goal;
    await working.end({ tenantId, goalId });
    // How the tasks of a part of a goal ended is told by its agents; the whole may have none of its own.
    if (parentGoalId !== undefined) return this.watch({ tenantId, goalId: parentGoalId });
    const plan = await store.findDefinition(tenantId, goal.planHash);
    if (plan?.tasks.every(({ agent, kind }) => agent === undefined && kind !== 'workflow') !== false) return;
    const tasks = await store.listTasks(tenantId, goalId);
    const scope = projectOf(goal) ?? { kind: 'tenant', id: tenantId };
    await memory.execute({
      command: 'record-episodes',
      tenantId,
      episodes: [
        {
          episodeId: episodeOf(goalId),
          scope,
          sessionId: goalId,
          speaker: goal.workflow,
          role: 'assistant',
          text: tellGoal(goal, tasks, plan),
          occurredAt: goal.finishedAt ?? goal.createdAt,
        },
      ],
    });
  }
}

export function watchGoalEndings(endings: GoalEndings, ports: BeatPorts): Beat {
  return new Beat(ports, {
    name: 'goal endings',
    everyMs,
    complaint: 'how goals ended cannot be kept',
    round: () => endings.look(),
  });
}

function episodeOf(goalId: GoalId): EpisodeId {
  return `episode_${goalId.replace(/^[a-z]+_/, '')}-goal` as EpisodeId;
}

function tellGoal(goal: Goal, tasks: readonly Task[], plan: PlanDefinition): string {
  const { title, workflow, inputs, state, outputs, failure } = goal;
  const seconds = ((goal.finishedAt ?? goal.createdAt) - goal.createdAt) / 1_000;
  const cut = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, textMax);
  const ended = tasks.map(({ key, definitionNo, state: end }) => {
    const agent = plan.tasks[definitionNo]?.agent;
    return `${key}${agent === undefined ? '' : ` by ${agent}`} ${end}`;
  });
  return [
    `Goal: ${title} (${workflow}). ${cut(inputs)}`,
    `Tasks: ${ended.join(', ').slice(0, textMax)}.`,
    failure === undefined
      ? `It ${state} and gave ${cut(outputs ?? {})}`
      : `It ${state}: ${failure.code}: ${failure.message}`,
    `It took ${seconds.toFixed(1)} s.`,
  ].join('\n');
}
