// A worker or a scheduler of the trial: the production classes on PostgreSQL and RabbitMQ, with one tool, whose effects are in
// the ledger. A process of its own, so that it can be killed. Started by kept-process.ts with a ChaosSetting.

import './shift-clock.ts';
import { openPostgresGoalStore } from '@chorale/adapter-postgres';
import { openRabbitBus } from '@chorale/adapter-rabbitmq';
import { refused } from '@chorale/lib-errors';
import {
  runAttempt,
  worstEffects,
  type AttemptPorts,
  type AttemptRequest,
  type Workbench,
} from '@chorale/module-agents';
import type { Command, GoalStore, PlanDefinition, ReplyOf } from '@chorale/module-goals';
import { carryHints } from '../../apps/server/src/platform/open-bus.ts';
import { systemClock } from '../../apps/server/src/process/clock.ts';
import { openLog } from '../../apps/server/src/process/log.ts';
import { Scheduler } from '../../apps/server/src/scheduler/scheduler.ts';
import { Worker } from '../../apps/server/src/worker/worker.ts';
import type { LedgerEntry } from './ledger.ts';

export interface ChaosSetting {
  readonly role: 'worker' | 'scheduler';
  readonly name: string;
  readonly database: string;
  readonly broker: string;
  readonly ledger: string;
  readonly leaseMs: number;
  readonly slots: number;
  /** What is broken on purpose, for the control: keys that are new with each attempt. */
  readonly fault?: 'own-keys';
}

const setting = JSON.parse(process.env['CHORALE_CHAOS_SETTING'] ?? '{}') as ChaosSetting;
const { role, name, leaseMs, slots, fault } = setting;
const log = openLog({
  level: 'warn',
  format: 'text',
  now: Date.now,
  write: (line) => void process.stderr.write(`${name} ${line}`),
});
process.on('disconnect', () => process.exit(1));
const bus = await openRabbitBus({ url: setting.broker, name, onError: () => undefined });
const carrier = carryHints(bus);
const store = await openStore();
if (role === 'scheduler') {
  process.send?.({});
  await new Scheduler({ store, clock: systemClock, log }).run();
} else {
  process.send?.({});
  await makeWorker().run();
}

/** The database may be away while the process starts. */
async function openStore(): Promise<GoalStore> {
  for (;;) {
    try {
      return await openPostgresGoalStore({ url: setting.database, ...(carrier === undefined ? {} : { carrier }) });
    } catch (error) {
      log.warn('the store cannot be opened', { error });
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

function makeWorker(): Worker {
  const definitions = new Map<string, PlanDefinition>();
  const ports: AttemptPorts = {
    store: { ...store, execute },
    crew: { getAgent: noCrew, getSkill: noCrew },
    clock: systemClock,
    openWorkbench: async (request) => openBench(request),
    keepText: () => Promise.reject(new Error('no task of the trial makes a large output')),
  };
  return new Worker({
    store: { ...store, execute },
    clock: systemClock,
    random: Math.random,
    log,
    identity: { name, labels: [], version: '1' },
    slots,
    leaseMs,
    traces: { leave: async (workerId) => void process.send?.({ workerId }), remove: async () => undefined },
    async findDefinition({ task, goal }) {
      const known = definitions.get(goal.planHash) ?? (await store.findDefinition(task.tenantId, goal.planHash));
      if (known !== undefined) definitions.set(goal.planHash, known);
      return known?.tasks[task.definitionNo];
    },
    runAttempt: (request, stop) => runAttempt(request, ports, stop),
  });
}

function noCrew(): never {
  throw refused('agent-unknown', 'there are no agents in the trial');
}

/** Tells the ledger what the store has acknowledged. */
async function execute<C extends Command>(command: C): Promise<ReplyOf<C>> {
  const reply = await store.execute(command);
  if (command.command === 'finish-attempt' && command.result.outcome === 'succeeded') {
    const { goalId, taskNo, attempt } = command;
    void tell({ said: 'finished', goalId, taskNo, attempt, workerId: name }).catch(() => undefined);
  }
  return reply;
}

function openBench({ claimed: { task } }: AttemptRequest): Workbench {
  const { goalId, no: taskNo, attempt } = task;
  return {
    describeTool: () => undefined,
    effectsOf: () => worstEffects,
    findTool: (tool) => ({ idempotent: tool !== 'effect-once' }),
    async call({ tool }) {
      const key = fault === 'own-keys' ? `${goalId} ${taskNo} ${attempt}` : `${goalId} ${taskNo}`;
      const effect = { said: 'effect', goalId, taskNo, attempt, workerId: name } as const;
      await tell(tool === 'effect-once' ? effect : { ...effect, key });
      return { output: { attempt }, artifacts: [] };
    },
    close: async () => undefined,
  };
}

async function tell(entry: LedgerEntry): Promise<void> {
  const response = await fetch(setting.ledger, { method: 'POST', body: JSON.stringify(entry) });
  await response.arrayBuffer();
}
