// Everything that can be configured, in one schema: names, kinds, defaults and what each is for. Files, environment
// variables, flags, `chorale config` and the help text are all read from it.

import { availableParallelism, hostname } from 'node:os';
import { defaultTenant } from '@chorale/lib-ids';
import { z } from 'zod';
import { admissionDefault } from '../api/admit-load.ts';
import { requestLimitsDefault } from '../api/limit-requests.ts';
import { accessConfigSchema, servicesConfigSchema, tlsConfigSchema, trustProxySchema } from './access-config.ts';
import { databaseTimeoutsSchema } from './database-config.ts';
import { mcpConfigSchema } from './mcp-config.ts';
import { modelsConfigSchema, secretReferencePattern } from './models-config.ts';

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

const database = z
  .string()
  .refine((value) => value === '' || secretReferencePattern.test(value) || /^postgres(?:ql)?:\/\/./.test(value), {
    message: 'must be empty (the embedded database), postgres://..., env:NAME or file:PATH',
  });

const broker = z
  .string()
  .refine((value) => value === '' || secretReferencePattern.test(value) || /^amqps?:\/\/./.test(value), {
    message: 'must be empty (none), amqp://..., amqps://..., env:NAME or file:PATH',
  });

const cache = z
  .string()
  .refine((value) => value === '' || secretReferencePattern.test(value) || /^rediss?:\/\/./.test(value), {
    message: 'must be empty (none), redis://..., rediss://..., env:NAME or file:PATH',
  });

const artifacts = z.string().refine((value) => value === '' || /^s3:\/\/./.test(value), {
  message: 'must be empty (in dataDir) or s3://bucket/prefix?endpoint=...&region=...',
});

const listen = z.string().regex(/^(?:\[[0-9a-fA-F:]+\]|[^\s:[\]]+):\d{1,5}$/, {
  message: 'must be an address and a port, as in 127.0.0.1:7717 or [::1]:7717',
});

const laneLimit = z.strictObject({
  scope: z.string().regex(/^(?:queue|agent):./, { message: 'must be queue:NAME or agent:NAME' }),
  maxRunning: z.int().min(1).optional(),
  ratePerSecond: z.number().positive().optional(),
  burst: z.int().min(1).optional(),
});

const worker = z.strictObject({
  name: z
    .string()
    .regex(namePattern)
    .default(hostname().replaceAll(/[^A-Za-z0-9._-]/g, '-') || 'worker')
    .describe('How this worker is called in lists'),
  slots: z
    .int()
    .min(1)
    .max(1_000)
    .default(Math.max(8, 2 * availableParallelism()))
    .describe('Tasks it runs at once'),
  labels: z.array(z.string().regex(namePattern)).default([]).describe('What tasks may require of a worker'),
});

const requestRule = ({ burst, perSecond }: { readonly burst: number; readonly perSecond: number }, whose: string) =>
  z
    .strictObject({
      burst: z.int().min(1).default(burst).describe(`Requests of ${whose} at once`),
      perSecond: z.number().positive().default(perSecond).describe(`Requests of ${whose} a second, in the long run`),
    })
    .prefault({});

const requests = z.strictObject({
  address: requestRule(requestLimitsDefault.address, 'one address'),
  caller: requestRule(requestLimitsDefault.caller, 'one key or session'),
  onLoopback: z.boolean().default(false).describe('Whether requests from this machine are limited too'),
});

const admission = z.strictObject({
  atOnce: z.int().min(1).default(admissionDefault.atOnce).describe('Requests that a process works on at once'),
  waiting: z.int().min(0).default(admissionDefault.waiting).describe('Requests that wait for that; more are refused'),
  waitMs: z.int().min(0).default(admissionDefault.waitMs).describe('How long each of them waits at most'),
});

const limits = z.strictObject({
  requests: requests.prefault({}),
  admission: admission.prefault({}),
  lanes: z.array(laneLimit).default([]).describe('Concurrency and rate of queues and agents'),
  tenantWeights: z
    .record(z.string(), z.number().positive())
    .default({})
    .describe('Shares of tenants; 1 where nothing is said'),
  agingSeconds: z.number().min(1).default(60).describe('After this wait a task moves up one priority class'),
  cancelGraceSeconds: z.number().min(0).default(10).describe('How long cancelled tasks have to end by themselves'),
  lossesMax: z
    .int()
    .min(0)
    .default(100)
    .describe('A task that lost more workers than this in a row fails: it may be what kills them'),
});

const sandbox = z.strictObject({
  memoryMib: z.int().min(64).default(2_048).describe('Memory of one task'),
  cpus: z.number().positive().default(1).describe('Processors of one task'),
  minutes: z.number().positive().default(15).describe('Time of one tool call'),
  unconfined: z
    .boolean()
    .default(false)
    .describe('Run tools as plain processes where no sandbox can be had. Dangerous'),
});

const workspaces = z.strictObject({
  keepHours: z.number().min(0).default(24).describe('How long the files of an ended goal stay, for retries'),
  repositories: z
    .array(z.string().startsWith('/'))
    .default([])
    .describe(
      'Folders in which repositories may be reviewed; none named: any folder, unless others can reach this server',
    ),
  sizeGibMax: z.number().positive().default(8).describe('Size of one checked-out repository'),
});

const goals = z.strictObject({
  archiveAfterDays: z
    .number()
    .min(0)
    .max(36_500)
    .default(7)
    .describe('How long after its end a goal is put into the archive, where it is read and never changed; 0: never'),
});

const outlet = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, 'must be one word of letters, digits, - and _')
    .describe('Of the service outside: what is sent to service:NAME leaves, too'),
  tenant: z.string().default(defaultTenant).describe('Whose messages'),
  topics: z.array(z.string().regex(namePattern)).default([]).describe('Topics, of every goal, whose messages leave'),
});

const messages = z.strictObject({
  outlets: z.array(outlet).default([]).describe('Messages for programs outside, over the broker'),
});

const log = z.strictObject({
  level: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('The least that is worth a line'),
  format: z.enum(['auto', 'json', 'text']).default('auto').describe('auto: text on a terminal, JSON elsewhere'),
});

const telemetry = z.strictObject({
  otlp: z
    .string()
    .regex(/^(?:https?:\/\/.+)?$/, 'must be empty or an http address, as in http://127.0.0.1:4318')
    .default('')
    .describe(
      'Where spans and metrics of model calls, and metrics of load, are sent in OTLP over HTTP; empty: nowhere',
    ),
  seconds: z.number().min(1).default(15).describe('How often they are sent'),
});

const audit = z.strictObject({
  origin: z
    .string()
    .regex(/^(?:[A-Za-z0-9][A-Za-z0-9._/-]{0,200})?$/, 'must be a name as chorale.example.com/audit, or empty')
    .default('')
    .describe('What the names of the audit logs begin with; empty for a name that is made at the first start'),
  signSeconds: z.number().min(1).default(60).describe('How often the heads of audit logs are signed'),
});

const secrets = z.strictObject({
  key: z
    .string()
    .refine((text) => text === '' || text.startsWith('transit:') || secretReferencePattern.test(text), {
      message: 'must be env:NAME, file:PATH, transit:https://HOST/MOUNT/KEY or empty',
    })
    .default('')
    .describe(
      'The key that wraps all others: env:NAME, file:PATH, transit:https://...; empty for a file in dataDir/access',
    ),
  token: z
    .string()
    .refine((text) => text === '' || secretReferencePattern.test(text), 'must be env:NAME or file:PATH')
    .default('')
    .describe('With which a key service (transit:) is asked: env:NAME or file:PATH, read again each time'),
});

const roles = ['api', 'scheduler', 'worker'] as const;

const memory = z.strictObject({
  embeddings: z
    .string()
    .max(200)
    .default('')
    .describe('Model whose vectors find memories by meaning, beside their words; empty: by words alone'),
});

export const configSchema = z.strictObject({
  dataDir: z.string().min(1).default('.chorale').describe('Where everything is kept that must survive a restart'),
  database: database
    .default('')
    .describe('Empty for the embedded database in dataDir, else postgres://...; several hosts, by commas, fail over'),
  databaseReplica: z
    .array(database)
    .default([])
    .describe('Servers that copy it, postgres://..., for reads that may lag'),
  databaseTimeouts: databaseTimeoutsSchema.prefault({}),
  broker: broker.default('').describe('RabbitMQ, amqp://..., that wakes processes sooner; empty: the database does'),
  cache: cache
    .default('')
    .describe('Redis, redis://..., in which processes share rate limits; empty: each has its own'),
  artifacts: artifacts.default('').describe('A bucket, s3://..., for artifacts and kept replies; empty: in dataDir'),
  listen: listen.default('127.0.0.1:7717').describe('Address and port of the API and the page'),
  insecure: z
    .boolean()
    .default(false)
    .describe('Allow plain HTTP on an address that others can reach: passwords and keys can be read on the way'),
  tls: tlsConfigSchema.prefault({}),
  services: servicesConfigSchema.prefault({}),
  trustProxy: trustProxySchema,
  hosts: z
    .array(z.string().min(1))
    .default([])
    .describe('Names under which requests may ask for this server, besides localhost'),
  roles: z
    .array(z.enum(roles))
    .min(1)
    .default([...roles])
    .describe('What this process does'),
  processes: z
    .int()
    .min(0)
    .max(256)
    .default(1)
    .describe('Processes that share the port, each with these roles; 0 for one on each core. Needs --database'),
  drainSeconds: z
    .number()
    .min(0)
    .default(20)
    .describe('How long running tasks may end by themselves when the process is asked to end'),
  worker: worker.prefault({}),
  limits: limits.prefault({}),
  goals: goals.prefault({}),
  sandbox: sandbox.prefault({}),
  workspaces: workspaces.prefault({}),
  models: modelsConfigSchema.prefault({}),
  memory: memory.prefault({}),
  mcp: mcpConfigSchema.prefault({}),
  access: accessConfigSchema.prefault({}),
  audit: audit.prefault({}),
  secrets: secrets.prefault({}),
  telemetry: telemetry.prefault({}),
  log: log.prefault({}),
  messages: messages.prefault({}),
});

export type Config = z.infer<typeof configSchema>;
