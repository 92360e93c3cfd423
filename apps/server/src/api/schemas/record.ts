import type {
  Approval,
  Artifact,
  Decision,
  DoctorCheck,
  GoalEvent,
  Process,
  QueueStats,
  Schedule,
  ScheduleRequest,
  Worker,
} from '@chorale/lib-client';
import { eventTypes } from '@chorale/module-goals';
import { z } from 'zod';
import { count, goalId, json, jsonObject, list, name, priority, projectId, time } from './fields.ts';

export const eventSchema = z
  .strictObject({
    goalId,
    seq: z.int().min(1),
    type: z.enum(eventTypes),
    at: time,
    taskNo: count.exactOptional(),
    data: jsonObject,
  })
  .meta({ id: 'GoalEvent' }) satisfies z.ZodType<GoalEvent>;

export const approvalStateSchema = z.enum(['pending', 'approved', 'rejected', 'expired', 'withdrawn']);

export const approvalSchema = z
  .strictObject({
    approvalId: z.string(),
    projectId: z.string(),
    goalId,
    taskNo: count,
    kind: z.enum(['task', 'uncertain-step', 'question', 'tool-call', 'plan']),
    question: z.string(),
    context: json,
    state: approvalStateSchema,
    requestedAt: time,
    expiresAt: time.exactOptional(),
    decidedAt: time.exactOptional(),
    decidedBy: z.string().exactOptional(),
    comment: z.string().exactOptional(),
    answer: json.exactOptional(),
  })
  .meta({ id: 'Approval' }) satisfies z.ZodType<Approval>;

export const decisionSchema = z
  .strictObject({
    decision: z.enum(['approve', 'reject']),
    comment: z.string().max(10_000).exactOptional(),
    answer: json.exactOptional().describe("The answer, with the person's edits; becomes the task's output."),
  })
  .meta({ id: 'Decision' }) satisfies z.ZodType<Decision>;

export const artifactSchema = z
  .strictObject({
    goalId,
    taskNo: count,
    attempt: count,
    name: z.string(),
    hash: z.string(),
    mediaType: z.string(),
    sizeBytes: count,
    at: time,
    href: z.string().describe("Where the bytes are, relative to the server's root."),
  })
  .meta({ id: 'Artifact' }) satisfies z.ZodType<Artifact>;

const catchUp = z.enum(['none', 'last', 'all']);

export const scheduleSchema = z
  .strictObject({
    scheduleId: z.string(),
    projectId: z.string(),
    name: z.string(),
    cron: z.string(),
    timeZone: z.string(),
    catchUp,
    paused: z.boolean(),
    planHash: z.string(),
    workflow: z.string(),
    inputs: z.record(z.string(), json),
    priority,
    nextAt: time,
    createdBy: z.string(),
  })
  .meta({ id: 'Schedule' }) satisfies z.ZodType<Schedule>;

export const scheduleRequestSchema = z
  .strictObject({
    name,
    projectId: projectId.exactOptional().describe('That of the goals. Default: that of the key, or `default`.'),
    workflow: name,
    cron: z.string().min(1).max(200).describe('Five fields, minute first, read in `timeZone`.'),
    timeZone: z.string().min(1).max(100).exactOptional().describe('An IANA name; default `UTC`.'),
    catchUp: catchUp.exactOptional().describe('What to do about times missed while nothing ran; default `last`.'),
    paused: z.boolean().exactOptional(),
    inputs: z.record(z.string(), json).exactOptional(),
    priority: priority.exactOptional(),
  })
  .meta({ id: 'ScheduleRequest' }) satisfies z.ZodType<ScheduleRequest>;

export const workerSchema = z
  .strictObject({
    workerId: z.string(),
    name: z.string(),
    labels: list(z.string()),
    version: z.string(),
    startedAt: time,
    leaseUntil: time,
    alive: z.boolean(),
  })
  .meta({ id: 'Worker' }) satisfies z.ZodType<Worker>;

export const processSchema = z
  .strictObject({
    processId: z.string(),
    name: z.string(),
    version: z.string(),
    roles: list(z.string()),
    labels: list(z.string()),
    address: z.string().exactOptional().describe('Of its API, where it has one.'),
    slots: count.exactOptional().describe('Tasks it runs at once.'),
    running: count.exactOptional().describe('Those under way when it last said so.'),
    startedAt: time,
    leaseUntil: time,
    alive: z.boolean(),
  })
  .meta({ id: 'Process' }) satisfies z.ZodType<Process>;

export const queueStatsSchema = z
  .strictObject({ ready: count, running: count, sleeping: count, blocked: count, oldestReadyMs: z.number() })
  .meta({ id: 'QueueStats' }) satisfies z.ZodType<QueueStats>;

export const doctorCheckSchema = z
  .strictObject({
    name: z.string(),
    ok: z.boolean(),
    optional: z.boolean(),
    found: z.string(),
    fix: z.string().exactOptional(),
  })
  .meta({ id: 'DoctorCheck' }) satisfies z.ZodType<DoctorCheck>;
