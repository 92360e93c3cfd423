// One attempt at a task, as a worker of the product makes it: the production code of attempts with its journal, and a
// registry with two tools. `nothing` returns; `sample` tells the time at which it began.

import {
  AttemptStop,
  createToolRegistry,
  runAttempt,
  type AttemptEnd,
  type AttemptPorts,
} from '@chorale/module-agents';
import { broken } from '@chorale/lib-errors';
import type { ClaimedTask, GoalStore } from '@chorale/module-goals';
import { oneTaskPlan, twentyTaskPlan } from './plans.ts';

const definitions = new Map([twentyTaskPlan, oneTaskPlan].map(({ planHash, definition }) => [planHash, definition]));
const noArguments = { type: 'object', properties: {}, additionalProperties: false } as const;

export class TaskRunner {
  readonly #ports: AttemptPorts;
  /** Called by the next `sample`. */
  onSample: () => void = () => {};

  constructor(store: AttemptPorts['store']) {
    const keepNothing = async (): Promise<never> => {
      throw broken('internal', 'tasks of the benchmark make no artifacts');
    };
    const tools = createToolRegistry([
      {
        name: 'nothing',
        description: 'Does nothing.',
        inputSchema: noArguments,
        idempotent: true,
        run: async () => ({ output: null }),
      },
      {
        name: 'sample',
        description: 'Tells when it began.',
        inputSchema: noArguments,
        idempotent: true,
        run: async () => {
          this.onSample();
          return { output: null };
        },
      },
    ]);
    this.#ports = {
      store,
      clock: { now: Date.now, schedule: (delayMs, callback) => clearLater(setTimeout(callback, delayMs)) },
      crew: { getAgent: unknownName, getSkill: unknownName },
      keepText: keepNothing,
      openWorkbench: async () => ({
        describeTool: () => undefined,
        effectsOf: (call) => tools.effectsOf(call),
        findTool: (name, args) => tools.findTool(name, args),
        call: (call, signal) =>
          tools.call(call, { workspace: '', signal, keepArtifact: keepNothing, readArtifact: keepNothing }),
        close: async () => {},
      }),
    };
  }

  async run(claimed: ClaimedTask): Promise<AttemptEnd> {
    const definition = definitions.get(claimed.goal.planHash)?.tasks[claimed.task.definitionNo];
    if (definition === undefined) throw broken('internal', `no plan ${claimed.goal.planHash} is known here`);
    return await runAttempt({ claimed, definition }, this.#ports, new AttemptStop());
  }
}

export type AttemptStore = Pick<GoalStore, 'execute' | 'onCommit' | 'keepsClaims'> & AttemptPorts['store'];

function clearLater(timer: NodeJS.Timeout): () => void {
  return () => clearTimeout(timer);
}

function unknownName(name: string): never {
  throw broken('internal', `tasks of the benchmark have no agent and no skill; ${name} was asked for`);
}
