// What runs for as long as the process does, by its roles, in the order in which it is begun.
import { tidyIdentity } from '../access/access-beats.ts';
import { watchPolicies } from '../access/policy-file.ts';
import { watchTenants } from '../access/tenant-watch.ts';
import { watchApprovals } from '../audit/approval-watch.ts';
import { expireValues, signHeads } from '../audit/audit-beats.ts';
import { watchMcp } from '../mcp/mcp-watch.ts';
import { sweepMemories } from '../memory/sweep-memories.ts';
import { sweepMailboxes } from '../messages/open-messages.ts';
import { watchFleet } from '../models/fleet-watch.ts';
import type { BeatPorts } from '../process/beat.ts';
import { systemClock } from '../process/clock.ts';
import type { Service } from '../process/service.ts';
import { archiveGoals } from '../scheduler/goal-archiver.ts';
import { expireReservations } from '../scheduler/reservation-expiry.ts';
import { withScheduledQuotas } from '../scheduler/scheduled-quotas.ts';
import { Scheduler } from '../scheduler/scheduler.ts';
import { rekeySecrets } from '../secrets/secret-beats.ts';
import { keepRetention } from '../tenant-data/retention-beat.ts';
import { sweepWorkspaces } from '../workbench/workspace-sweeper.ts';
import { ProcessPresence } from '../worker/process-presence.ts';
import type { ApiServer } from './api-server.ts';
import { makeWorker } from './make-worker.ts';
import { forwardOutlets } from './open-outlets.ts';
import type { PlatformOptions } from './open-platform.ts';
import type { PlatformParts } from './platform-parts.ts';
import { describeProcess } from './process-facts.ts';
import { productVersion } from './product.ts';
import { StoreWatch } from './store-watch.ts';

export function listServices(
  options: PlatformOptions,
  parts: PlatformParts,
  api: ApiServer | undefined,
): readonly Service[] {
  const { config, log } = options;
  const { roles, models } = config.values;
  const ports: BeatPorts = { clock: systemClock, log };
  const services = [new StoreWatch(parts.stores.failed), ...forEveryRole(options, parts, ports)];
  if (roles.includes('scheduler')) services.push(...forScheduler(options, parts, ports));
  if (roles.includes('worker')) services.push(...forWorker(options, { ...parts, address: api?.url ?? '' }, ports));
  if (roles.includes('worker') || api !== undefined)
    services.push(watchFleet(parts.models, models.probeMinutes * 60_000, ports));
  if (!roles.includes('worker')) {
    const identity = describeProcess(config.values, api?.url ?? '');
    services.push(new ProcessPresence({ ...parts, ...ports, random: Math.random, identity }));
  }
  if (api !== undefined) services.push(api);
  return services;
}

function forEveryRole({ config }: PlatformOptions, parts: PlatformParts, ports: BeatPorts): Service[] {
  const { store, audit, secrets, tenants, identity, access } = parts;
  const { values } = config;
  return [
    signHeads(audit, values.audit.signSeconds * 1_000, ports),
    expireValues(audit, ports),
    rekeySecrets(secrets, ports),
    watchApprovals({ store, audit, listTenants: () => tenants.list() }, ports),
    tidyIdentity(identity, ports),
    watchTenants(tenants, ports),
    ...(values.access.policies === '' ? [] : [watchPolicies(values.access.policies, access.permissions, ports)]),
  ];
}

function forScheduler(options: PlatformOptions, parts: PlatformParts, ports: BeatPorts): Service[] {
  const { stores, store, meaning, audit, tenants, tenantData } = parts;
  const { archiveAfterDays } = options.config.values.goals;
  return [
    new Scheduler({ ...ports, store: withScheduledQuotas({ store, tenants, log: ports.log }) }),
    expireReservations(stores.spend, ports),
    sweepMailboxes(stores.messages, ports),
    sweepMemories(stores.memory, ports),
    keepRetention({ ...ports, retention: tenantData, audit, listTenants: () => tenants.list() }),
    ...(archiveAfterDays === 0
      ? []
      : [archiveGoals({ store, version: productVersion }, archiveAfterDays * 86_400_000, ports)]),
    ...meaning.services(ports),
    ...forwardOutlets(options, parts, ports),
  ];
}

function forWorker(options: PlatformOptions, parts: PlatformParts, ports: BeatPorts): Service[] {
  const { servers, refreshMinutes } = options.config.values.mcp;
  const watch = servers.length > 0 ? watchMcp(parts.mcp, refreshMinutes * 60_000, ports) : undefined;
  const worker = makeWorker(options, parts, watch?.looked ?? Promise.resolve());
  parts.onStopped.push((stopped) => worker.handBack(stopped));
  return [
    sweepWorkspaces({ workspaces: parts.workspaces, replies: parts.bytes.replies }, ports),
    ...parts.remembering.services(ports),
    ...(watch === undefined ? [] : [watch]),
    worker,
  ];
}
