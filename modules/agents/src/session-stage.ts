// Where the tests of sessions play: a goal with one agent task, a model that says what a script says, a journal in memory
// that behaves as the engine's, and a worker that can be lost at any write.

import type { ErrorRecord } from '@chorale/lib-errors';
import { defaultProject, type GoalId, type TenantId } from '@chorale/lib-ids';
import type { AgentDefinition, Skill } from '@chorale/module-catalog';
import type {
  AttemptResult,
  Awaited,
  ClaimedTask,
  Command,
  Goal,
  Json,
  PlanDefinition,
  Step,
  StepRecord,
  Task,
  TaskDefinition,
} from '@chorale/module-goals';
import type { AssistantPart, CallContext, ChatRequest, FinishReason } from '@chorale/module-models';
import type { AttemptPorts } from './attempt-ports.ts';
import type { BudgetRoom } from './budget-mistakes.ts';
import { AttemptStop } from './attempt-stop.ts';
import { runAttempt } from './attempt.ts';
import { goalPolicyDefault } from './goal-policy.ts';
import type { ModelReply } from './model-port.ts';
import type { MailPort } from './mail-port.ts';
import type { NotesPort } from './notes-port.ts';
import type { WorkflowChoice } from './thinking-ports.ts';
import { createToolRegistry, type ToolDefinition } from './tool.ts';

const tenantId = 'default' as TenantId;
const goalId = 'goal_1' as GoalId;

/** What the model says next: text, calls, or how the call fails. */
export type Line =
  | string
  | { readonly calls: readonly (readonly [name: string, args: Json])[]; readonly text?: string }
  | { readonly invalid: string; readonly name: string }
  | { readonly parts: readonly AssistantPart[]; readonly finish: FinishReason }
  | Error;

/** What the model says to a request, given how often it has been asked. */
export type Brain = (request: ChatRequest, turn: number, context: CallContext) => Line;

export interface SessionStageOptions {
  readonly brain: Brain;
  readonly tools?: readonly ToolDefinition<never>[];
  readonly agent?: Partial<AgentDefinition>;
  readonly agents?: readonly Partial<AgentDefinition>[];
  readonly skills?: readonly Skill[];
  readonly workflows?: readonly WorkflowChoice[];
  readonly room?: BudgetRoom;
  /** Of the goal. */
  readonly plan?: PlanDefinition;
  readonly definition?: Partial<TaskDefinition>;
  readonly notes?: NotesPort;
  readonly mail?: MailPort;
  readonly depth?: number;
  /** Tokens read and written by each answer, and its price in nano-dollars. */
  readonly tokens?: number;
  readonly cost?: number;
  readonly contextTokens?: number;
  /** Tasks of sub-goals, as they are read after one failed. */
  readonly rows?: readonly Partial<Task>[];
}

export function say(...calls: readonly (readonly [string, Json])[]): Line {
  return { calls };
}

export function finish(result: Json): Line {
  return say(['finish', { result }]);
}

/** A worker is gone: nothing after it happens. */
class WorkerLost extends Error {}

export class SessionStage {
  readonly #options: SessionStageOptions;
  readonly #texts = new Map<string, string>();
  readonly steps = new Map<number, Step>();
  /** Every request as it was sent, with the id of its call. */
  readonly asked: { readonly callId: string; readonly request: ChatRequest; readonly context: CallContext }[] = [];
  /** Tool calls that were really made. */
  readonly made: { readonly tool: string; readonly args: Json }[] = [];
  readonly answers = new Map<string, ModelReply>();
  readonly rated: (readonly [callId: string, good: boolean])[] = [];
  /** Called before each write of the journal with its number; true: the worker is lost before it, `after`: after it. */
  lose: (write: number) => boolean | 'after' = () => false;
  writes = 0;
  attempt = 0;
  losses = 0;
  messages: Task['messages'] = undefined;
  now = 1_000_000;

  constructor(options: SessionStageOptions) {
    this.#options = options;
  }

  get journal(): readonly Step[] {
    return [...this.steps.values()].toSorted((a, b) => a.stepNo - b.stepNo);
  }

  /** One attempt; undefined when its worker was lost. */
  async run(): Promise<AttemptResult | undefined> {
    this.attempt += 1;
    const stop = new AttemptStop();
    const { definition } = this.#options;
    const claimed = this.#claimed();
    const whole = { key: 'work', needs: [], kind: 'agent', agent: 'ann', ...definition } as TaskDefinition;
    const end = await runAttempt({ claimed, definition: whole }, this.#ports(), stop);
    const { result } = end;
    if (result.outcome === 'failed' && result.failure.message === 'worker lost') {
      this.losses += 1;
      return undefined;
    }
    for (const step of end.steps ?? []) this.#put(step);
    return result;
  }

  /** Attempts until the task ends or waits for somebody; lost workers and waits for a time are gone through. */
  async runOn(attemptsMax = 200): Promise<AttemptResult> {
    for (let count = 0; count < attemptsMax; count++) {
      const result = await this.run();
      if (result === undefined) continue;
      if (result.outcome === 'waiting' && result.on.for === 'time') {
        this.now = result.on.until;
        continue;
      }
      return result;
    }
    throw new Error(`not ended after ${attemptsMax} attempts`);
  }

  /** As the engine does when a person or a sub-goal has answered. */
  answer(output: Json): void {
    for (const step of this.journal)
      if (step.kind === 'wait' && step.state === 'started')
        this.steps.set(step.stepNo, { ...step, state: 'finished', output, finishedAt: this.now });
  }

  /** What the session waits for. */
  async waits(): Promise<Awaited> {
    const result = await this.runOn();
    if (result.outcome !== 'waiting') throw new Error(`does not wait: ${JSON.stringify(result)}`);
    return result.on;
  }

  #claimed(): ClaimedTask {
    const { attempt, losses, messages } = this;
    const task = {
      tenantId,
      goalId,
      no: 0,
      key: 'work',
      definitionNo: 0,
      state: 'running',
      attempt,
      run: 1,
      losses,
      messages,
    };
    const goal = {
      title: 'A goal',
      workflow: 'w',
      inputs: {},
      planHash: 'h',
      requestedBy: 'me',
      projectId: defaultProject,
      deadlineAt: undefined,
    };
    return { task: { ...task, priority: 2 } as unknown as Task, goal: { ...goal, depth: this.#options.depth ?? 0 } };
  }

  #ports(): AttemptPorts {
    const { tools = [], contextTokens = 50_000, notes, mail, room } = this.#options;
    const registry = createToolRegistry(tools);
    const context = { workspace: '', keepArtifact: () => Promise.reject(new Error('none')), readArtifact: noBytes };
    const reads = {
      findDefinition: async () => this.#options.plan,
      findGoal: async () => ({ goalId, parentGoalId: 'goal_0' as GoalId }) as Goal,
      findTasks: async (_tenant: TenantId, of: GoalId) => (of === goalId ? [this.#claimed().task] : this.#rows()),
    };
    return {
      store: {
        execute: (command: Command) => this.#execute(command),
        listSteps: async () => this.journal,
        ...reads,
      } as never,
      clock: { now: () => this.now, schedule: () => () => {} },
      crew: { getAgent: (name) => this.#agent(name), getSkill: (name) => this.#skill(name) },
      team: {
        listAgents: () => (this.#options.agents ?? []).map((agent) => this.#complete(agent)),
        listWorkflows: () => this.#options.workflows ?? [],
      },
      thinking: {
        model: {
          call: async (request, call) => this.#think(request, call),
          rate: (callId, good) => void this.rated.push([callId, good]),
        },
        reads,
        ...(notes === undefined ? {} : { notes }),
        ...(mail === undefined ? {} : { mail }),
        ...(room === undefined ? {} : { room: async () => room }),
        goalPolicy: goalPolicyDefault,
        contextTokens,
        digest: (text) => `d${text.length}:${sum(text)}`,
        readText: async (_tenant, hash) => this.#texts.get(hash) ?? Promise.reject(new Error(`no text ${hash}`)),
        readSkillFile: async (skill, path) => `${skill.name} ${path}`,
      },
      keepText: async (_tenant, text) => {
        const hash = `sha256:${sum(text)}`;
        this.#texts.set(hash, text);
        return { hash, sizeBytes: text.length };
      },
      openWorkbench: async () => ({
        findTool: (name, args) => registry.findTool(name, args),
        describeTool: (name) => registry.describeTool(name),
        effectsOf: (call) => registry.effectsOf(call),
        call: (call) => {
          this.made.push({ tool: call.tool, args: call.arguments });
          return registry.call(call, context);
        },
        close: async () => {},
      }),
    };
  }

  async #execute(command: Command): Promise<object> {
    if (command.command !== 'record-step') throw new Error(`unexpected ${command.command}`);
    this.writes += 1;
    const lost = this.lose(this.writes);
    if (lost === true) throw new WorkerLost('worker lost');
    this.#put(command.step);
    if (lost === 'after') throw new WorkerLost('worker lost');
    return {};
  }

  #put(step: StepRecord): void {
    const { ended, ...begun } = step;
    const state = ended === undefined ? 'started' : ended.failure === undefined ? 'finished' : 'failed';
    const row = { tenantId, goalId, taskNo: 0, run: 1, attempt: this.attempt, ...begun, state, ...ended };
    // As a store gives it back: JSON and nothing else.
    this.steps.set(step.stepNo, JSON.parse(JSON.stringify(row)) as Step);
  }

  #think(request: ChatRequest, context: CallContext): ModelReply {
    const { tokens = 100, cost = 1_000 } = this.#options;
    const { callId } = context;
    this.asked.push({ callId, request: JSON.parse(JSON.stringify(request)) as ChatRequest, context });
    const turn = new Set(this.asked.map((one) => one.callId)).size;
    const line = this.#options.brain(request, turn, context);
    if (line instanceof Error) throw line;
    const usage = {
      inputTokens: tokens,
      outputTokens: 0,
      cachedInputTokens: 0,
      cacheWriteTokens: 0,
      reasoningTokens: 0,
    };
    const by = { provider: 'test', model: 'script' };
    const reply = {
      ...partsOf(line, callId),
      usage,
      by,
      callId,
      deploymentId: 'test/script',
      cost,
      cache: 'none',
    } as const;
    this.answers.set(callId, reply);
    return reply;
  }

  #agent(name: string): AgentDefinition {
    const found = this.#options.agents?.find((agent) => agent.name === name);
    return this.#complete(found ?? { name, ...this.#options.agent });
  }

  #complete(agent: Partial<AgentDefinition>): AgentDefinition {
    const grants = (this.#options.tools ?? []).map(({ name }) => ({ tool: name, limits: {} }));
    const model = { prefer: ['fast'] };
    const given = {
      name: 'ann',
      description: 'Ann.',
      role: 'Tester',
      skills: [],
      tools: grants,
      model,
      instructions: 'Work.',
    };
    return { ...given, path: 'ann.md', ...agent };
  }

  #skill(name: string): Skill {
    const found = this.#options.skills?.find((skill) => skill.name === name);
    if (found === undefined) throw new Error(`no skill ${name}`);
    return found;
  }

  #rows(): readonly Task[] {
    return (this.#options.rows ?? []) as readonly Task[];
  }
}

function partsOf(
  line: Exclude<Line, Error>,
  callId: string,
): { parts: readonly AssistantPart[]; finish: FinishReason } {
  if (typeof line === 'string') return { parts: [{ type: 'text', text: line }], finish: 'stop' };
  if ('parts' in line) return line;
  if ('invalid' in line) {
    const { invalid, name } = line;
    return {
      parts: [{ type: 'tool-call', id: `${callId}.0`, name, arguments: invalid, invalid }],
      finish: 'tool-calls',
    };
  }
  const calls = line.calls.map(([name, args], index): AssistantPart => ({
    type: 'tool-call',
    id: `${callId}.${index}`,
    name,
    arguments: args,
  }));
  const text = line.text === undefined ? [] : [{ type: 'text', text: line.text } as const];
  return { parts: [...text, ...calls], finish: 'tool-calls' };
}

function noBytes(): Promise<Uint8Array> {
  return Promise.reject(new Error('none'));
}

/** Told apart, not secure. */
function sum(text: string): string {
  let low = 7;
  let high = 11;
  for (let index = 0; index < text.length; index++) {
    low = (Math.imul(low, 31) + text.charCodeAt(index)) | 0;
    high = (Math.imul(high, 37) + text.charCodeAt(index)) | 0;
  }
  return `${(low >>> 0).toString(16)}${(high >>> 0).toString(16)}`;
}

export function failureOf(result: AttemptResult): ErrorRecord {
  if (result.outcome !== 'failed') throw new Error(`did not fail: ${JSON.stringify(result)}`);
  return result.failure;
}

/** The text of the last message of a request. */
export function lastText({ messages }: ChatRequest): string {
  const last = messages.at(-1);
  return (last?.parts ?? [])
    .map((part) => ('text' in part ? part.text : 'content' in part ? part.content : ''))
    .join('\n');
}
