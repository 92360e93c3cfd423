// The kill switch, and what else the register says, carried to the engine and the worker of this process.
import type { TenantId } from '@chorale/lib-ids';
import type { EngineLimits, GoalStore } from '@chorale/module-goals';
import { Beat, type BeatPorts } from '../process/beat.ts';
import type { TenantServices } from './tenant-services.ts';

/** What was stopped in another process has stopped here after this long, and the time its tools need to end. */
const everyMs = 1_000;

export function watchTenants(tenants: Pick<TenantServices, 'refresh'>, ports: BeatPorts): Beat {
  return new Beat(ports, {
    name: 'tenant watch',
    everyMs,
    complaint: 'the register of tenants could not be read; what it said before holds on',
    round: () => tenants.refresh(),
  });
}

export interface Brakes {
  readonly store: Pick<GoalStore, 'configure'>;
  readonly limits: EngineLimits;
  /** Hands back what runs of these. */
  readonly handBack: (stopped: ReadonlySet<TenantId>) => void;
}

type Register = Pick<TenantServices, 'stopped' | 'runningMax' | 'projectsRunningMax'>;

/** Puts on what the register says; hands back again and again, since a claim may have been under way. */
export function createBrakes({ store, limits, handBack }: Brakes): (register: Register) => Promise<void> {
  let applied = JSON.stringify([[], {}, {}]);
  return async (register) => {
    const stopped = register.stopped();
    const tenantRunningMax = register.runningMax();
    const ofProjects = register.projectsRunningMax();
    const wanted = JSON.stringify([stopped, tenantRunningMax, ofProjects]);
    const projects = Object.entries(ofProjects).map(([name, maxRunning]) => ({ scope: `project:${name}`, maxRunning }));
    const lanes = [...limits.lanes, ...projects];
    if (wanted !== applied) await store.configure({ ...limits, lanes, stoppedTenants: stopped, tenantRunningMax });
    applied = wanted;
    if (stopped.length > 0) handBack(new Set(stopped));
  };
}
