// Goals of schedules find room as those of people do: a schedule whose tenant or project is at its quota waits for room.
import { ChoraleError } from '@chorale/lib-errors';
import type { GoalStore, ReplyOf } from '@chorale/module-goals';
import type { TenantServices } from '../access/tenant-services.ts';
import type { Log } from '../process/log.ts';

type ScheduledStore = Pick<GoalStore, 'findDue' | 'execute' | 'onCommit'>;

export interface ScheduledQuotaPorts {
  readonly store: ScheduledStore & Pick<GoalStore, 'listSchedules' | 'findDefinition'>;
  readonly tenants: Pick<TenantServices, 'withRoom'>;
  readonly log: Pick<Log, 'warn'>;
}

const waitingMax = 10_000;

export function withScheduledQuotas({ store, tenants, log }: ScheduledQuotaPorts): ScheduledStore {
  /** Those of which it was said already that they wait. */
  const waiting = new Set<string>();
  return {
    findDue: (limit) => store.findDue(limit),
    onCommit: (listener) => store.onCommit(listener),
    async execute<C extends Parameters<GoalStore['execute']>[0]>(command: C): Promise<ReplyOf<C>> {
      if (command.command !== 'fire-schedule') return store.execute(command);
      const { tenantId, scheduleId } = command;
      const schedule = (await store.listSchedules(tenantId)).find((one) => one.scheduleId === scheduleId);
      if (schedule === undefined) return store.execute(command);
      const plan = await store.findDefinition(tenantId, schedule.planHash);
      const room = { goals: 1, tasks: plan?.tasks.length ?? 0 };
      try {
        const { projectId } = schedule;
        const fired = await tenants.withRoom({ tenantId, projectId }, room, () => store.execute(command));
        waiting.delete(scheduleId);
        return fired;
      } catch (error) {
        if (error instanceof ChoraleError && error.code === 'quota-exceeded' && !waiting.has(scheduleId)) {
          if (waiting.size >= waitingMax) waiting.clear();
          waiting.add(scheduleId);
          log.warn('a schedule waits for room', { tenant: tenantId, schedule: schedule.name, error });
        }
        throw error;
      }
    },
  };
}
