// The world outside: what the tools did there, whether or not anybody has written it down.

import { ChoraleError } from '@chorale/lib-errors';
import { worstEffects, type AttemptRequest, type Crew, type ToolCall, type Workbench } from '@chorale/module-agents';
import type { Json } from '@chorale/module-goals';
import type { SimProcess } from './sim-process.ts';

/** What a task asks its tool to do, as its `with` says it. */
export type Work = {
  readonly value?: Json;
  /** Runs that fail before one succeeds. */
  readonly failRuns?: number;
  readonly family?: 'refused' | 'temporary' | 'broken';
  readonly takesMs?: number;
  /** May not be made twice unasked. */
  readonly once?: boolean;
  readonly retryAfterMs?: number;
};

export interface Effect {
  readonly at: number;
  readonly process: string;
  readonly goalId: string;
  readonly taskNo: number;
  readonly run: number;
  readonly attempt: number;
  readonly once: boolean;
}

const scriptTool = 'run-skill-script';

/** Agents of the simulation work through a script, as agents without a model do. */
export const crew: Crew = {
  getAgent: (name) =>
    ({ name, skills: ['work'], tools: [{ tool: scriptTool, limits: {} }] }) as unknown as ReturnType<Crew['getAgent']>,
  getSkill: (name) => ({ name, entryScript: 'scripts/work.mjs' }) as unknown as ReturnType<Crew['getSkill']>,
};

function workOf({ tool, args }: { readonly tool: string; readonly args: Json }): Work {
  return ((tool === scriptTool ? (args as { input: Json }).input : args) ?? {}) as Work;
}

/** The tools of one attempt, in the given process. */
export function openBench(
  process: SimProcess,
  { claimed: { task } }: AttemptRequest,
  onEffect: (effect: Effect) => void,
): Workbench {
  return {
    describeTool: () => undefined,
    effectsOf: () => worstEffects,
    findTool: (tool, args) => ({ idempotent: workOf({ tool, args }).once !== true }),
    call: (call: ToolCall) => {
      const work = workOf({ tool: call.tool, args: call.arguments });
      const act = () => {
        const { goalId, no: taskNo, run, attempt } = task;
        onEffect({
          at: process.clock.now(),
          process: process.name,
          goalId,
          taskNo,
          run,
          attempt,
          once: work.once === true,
        });
        if (run <= (work.failRuns ?? 0)) throw failureOf(work);
        return { output: work.value ?? null, artifacts: [] };
      };
      return process.perform('tool', act, work.takesMs ?? 5);
    },
    close: () => process.perform('close-bench', () => undefined),
  };
}

function failureOf(work: Work): ChoraleError {
  return new ChoraleError({
    family: work.family ?? 'broken',
    code: 'sim-failure',
    message: 'the tool was told to fail',
    ...(work.retryAfterMs === undefined ? {} : { retryAfterMs: work.retryAfterMs }),
  });
}
