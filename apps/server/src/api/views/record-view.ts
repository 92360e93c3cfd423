import type {
  Approval as ApprovalView,
  Artifact as ArtifactView,
  GoalEvent as EventView,
  Process as ProcessView,
  Schedule as ScheduleView,
  Worker as WorkerView,
} from '@chorale/lib-client';
import type { Approval, Artifact, GoalEvent, Schedule, Worker } from '@chorale/module-goals';
import { compact } from './compact.ts';
import { priorityName } from './goal-view.ts';

export function eventView({ tenantId: _tenant, ...event }: GoalEvent): EventView {
  return compact(event);
}

export function approvalView({ tenantId: _tenant, ...approval }: Approval): ApprovalView {
  return compact(approval);
}

export function artifactView({ tenantId: _tenant, ...artifact }: Artifact): ArtifactView {
  const query = new URLSearchParams({ goal: artifact.goalId, name: artifact.name });
  return { ...artifact, href: `/v1/artifacts/${artifact.hash}?${query.toString()}` };
}

export function scheduleView({ tenantId: _tenant, priority, ...schedule }: Schedule): ScheduleView {
  return { ...schedule, priority: priorityName(priority) };
}

export function workerView({ process: _facts, running: _running, ...worker }: Worker, now: number): WorkerView {
  return { ...worker, alive: worker.leaseUntil > now };
}

export function processView(worker: Worker, now: number): ProcessView {
  const { workerId, name, version, labels, startedAt, leaseUntil, process, running } = worker;
  const { roles = ['worker'], address = '', slots } = process ?? {};
  const facts = { processId: workerId, name, version, roles, labels, startedAt, leaseUntil, alive: leaseUntil > now };
  return compact({ ...facts, address: address === '' ? undefined : address, slots, running });
}
