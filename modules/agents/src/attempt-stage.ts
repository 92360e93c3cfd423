// Where the tests of attempts play: ports that remember what was asked of them, and time that passes when told to.

import { defaultProject, type GoalId, type TenantId } from '@chorale/lib-ids';
import type { AgentDefinition, Skill } from '@chorale/module-catalog';
import type { ClaimedTask, Command, Json, Step, Task, TaskDefinition } from '@chorale/module-goals';
import type { AttemptPorts, ToolCall, Workbench } from './attempt-ports.ts';
import { AttemptStop, type StopReason } from './attempt-stop.ts';
import { runAttempt } from './attempt.ts';
import type { CancelSignal, Clock } from '@chorale/lib-time';
import { worstEffects } from './tool-effects.ts';
import { utf8Bytes } from './tool-output.ts';

const tenantId = 'default' as TenantId;
const goalId = 'goal_1' as GoalId;

export interface FakeTool {
  readonly idempotent?: boolean;
  readonly perform?: (call: ToolCall, signal: CancelSignal) => Json | Promise<Json>;
}

export interface StageOptions {
  /** The restore of the database that left the goal open. */
  readonly restoredIn?: number;
  readonly tools?: { readonly [name: string]: FakeTool };
  readonly tasks?: { readonly [key: string]: Partial<Task> };
  readonly steps?: readonly Step[];
  readonly agent?: Partial<AgentDefinition>;
  readonly skill?: { readonly entryScript: string | undefined };
  readonly execute?: (command: Command) => Promise<never>;
  readonly openWorkbench?: () => Promise<never>;
  readonly findTasks?: () => Promise<never>;
  /** Why the attempt is to stop although nobody told it to. */
  readonly look?: () => StopReason | undefined;
}

/** What was asked of the ports so far. */
class Record {
  readonly commands: Command[] = [];
  readonly calls: (ToolCall & { readonly recordedBefore: number })[] = [];
  readonly tasksRead: (readonly string[])[] = [];
  readonly kept: string[] = [];
  benchesOpen = 0;
}

class ManualClock implements Clock {
  readonly #timers = new Map<() => void, number>();

  get timers(): number {
    return this.#timers.size;
  }

  now(): number {
    return 1_000;
  }

  schedule(delayMs: number, callback: () => void): () => void {
    const run = () => {
      this.#timers.delete(run);
      callback();
    };
    this.#timers.set(run, delayMs);
    return () => void this.#timers.delete(run);
  }

  pass(ms: number): void {
    for (const [callback, dueMs] of this.#timers) if (dueMs <= ms) callback();
  }
}

export function makeStage(options: StageOptions) {
  const record = new Record();
  const clock = new ManualClock();
  const stop = new AttemptStop(options.look);
  const ports: AttemptPorts = {
    store: makeStore(options, record),
    crew: makeCrew(options),
    clock,
    openWorkbench: async () => (await options.openWorkbench?.()) ?? makeBench(options, record),
    async keepText(_tenant, text) {
      record.kept.push(text);
      return { hash: `sha256:${record.kept.length}`, sizeBytes: utf8Bytes(text) };
    },
  };
  const run = (definition: Omit<TaskDefinition, 'key' | 'needs'>, task: Partial<Task> = {}) =>
    runAttempt(
      { claimed: claim(task, options.restoredIn), definition: { key: 'work', needs: [], ...definition } },
      ports,
      stop,
    );
  return {
    record,
    clock,
    run,
    async runAndStop(definition: Omit<TaskDefinition, 'key' | 'needs'>, reason: StopReason) {
      const running = run(definition);
      await settled();
      stop.stop(reason);
      return running;
    },
  };
}

function makeStore(options: StageOptions, record: Record): AttemptPorts['store'] {
  return {
    execute(command: Command) {
      record.commands.push(command);
      return options.execute?.(command) ?? Promise.resolve({});
    },
    async findTasks(_tenant, _goal, keys) {
      await options.findTasks?.();
      record.tasksRead.push(keys);
      return keys.map((key) => claim({ key, state: 'succeeded', ...options.tasks?.[key] }).task);
    },
    listSteps: async () => options.steps ?? [],
  } as AttemptPorts['store'];
}

function makeCrew({ agent, skill }: StageOptions): AttemptPorts['crew'] {
  const tools = [{ tool: 'run-skill-script', limits: {} }];
  return {
    getAgent: () => ({ name: 'scout', skills: ['map'], tools, ...agent }) as AgentDefinition,
    getSkill: (name) => ({ name, entryScript: 'scripts/map.mjs', ...skill }) as Skill,
  };
}

function makeBench(options: StageOptions, record: Record): Workbench {
  const tools: Readonly<{ [name: string]: FakeTool }> = { echo: {}, 'run-skill-script': {}, ...options.tools };
  record.benchesOpen += 1;
  return {
    findTool: (name) => (tools[name] === undefined ? undefined : { idempotent: tools[name].idempotent ?? true }),
    describeTool: () => undefined,
    effectsOf: () => worstEffects,
    async call(call, signal) {
      record.calls.push({ ...call, recordedBefore: record.commands.length });
      return { output: await (tools[call.tool]?.perform?.(call, signal) ?? call.arguments), artifacts: [] };
    },
    async close() {
      record.benchesOpen -= 1;
    },
  };
}

function claim(task: Partial<Task>, restoredIn?: number): ClaimedTask {
  const whole = {
    tenantId,
    goalId,
    no: 1,
    key: 'work',
    definitionNo: 0,
    state: 'running',
    attempt: 1,
    run: 1,
    losses: 0,
    priority: 2,
    ...task,
  } as Task;
  return {
    task: whole,
    goal: {
      title: 'A goal',
      workflow: 'w',
      inputs: { source: '/srv/app' },
      planHash: 'h',
      requestedBy: 'me',
      projectId: defaultProject,
      deadlineAt: undefined,
      depth: 0,
      restoredIn,
    },
  };
}

export function entry(step: Partial<Step>): Step {
  return {
    tenantId,
    goalId,
    taskNo: 1,
    run: 1,
    stepNo: 1,
    attempt: 1,
    kind: 'tool-call',
    idempotent: false,
    startedAt: 1,
    ...step,
  } as Step;
}

/** Lets everything that can go on without time passing go on. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}
