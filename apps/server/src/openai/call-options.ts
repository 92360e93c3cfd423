// What a caller of the OpenAI-compatible routes may say about a call besides what the format has words for: in a field
// `chorale` of the body, or in headers for clients that cannot add one.
import type { IncomingHttpHeaders } from 'node:http';
import { type CallContext, dataClasses, strategies, taskClasses } from '@chorale/module-models';
import { z } from 'zod';
import { invalidField } from './read-fields.ts';

const name = z.string().min(1).max(200);

const optionsSchema = z.strictObject({
  models: z.array(name).max(20).exactOptional().describe('Others to fall back to, best first'),
  strategy: z.enum(strategies).exactOptional(),
  dataClass: z.enum(dataClasses).exactOptional(),
  retention: z.enum(['local', 'none', 'keeps', 'trains']).exactOptional(),
  region: name.exactOptional(),
  session: name.exactOptional(),
  taskClass: z.enum(taskClasses).exactOptional(),
  agent: name.exactOptional(),
  cache: z.enum(['none', 'exact']).exactOptional().describe('Narrows which caches may answer'),
  costMaxUsd: z.number().positive().max(1_000_000).exactOptional(),
  continue: z.boolean().exactOptional().describe('Whether an answer that breaks off may go on at another deployment'),
  shorten: z
    .boolean()
    .exactOptional()
    .describe('Whether the oldest turns become a summary where no model takes the whole conversation'),
  deadlineMs: z.int().min(1).max(3_600_000).exactOptional().describe('From now'),
});

type CallOptions = z.infer<typeof optionsSchema>;

const headerNames: Readonly<Record<string, keyof CallOptions>> = {
  'x-chorale-strategy': 'strategy',
  'x-chorale-data-class': 'dataClass',
  'x-chorale-retention': 'retention',
  'x-chorale-region': 'region',
  'x-chorale-session': 'session',
  'x-chorale-task-class': 'taskClass',
  'x-chorale-agent': 'agent',
  'x-chorale-cache': 'cache',
  'x-chorale-continue': 'continue',
  'x-chorale-shorten': 'shorten',
};

const nanoDollars = 1_000_000_000;

/** Any model that may take the call. */
const anyModel = 'auto';

export interface AskedCall {
  readonly model: string;
  /** The field `chorale` of the body. */
  readonly given: unknown;
  readonly headers: IncomingHttpHeaders;
  readonly now: number;
}

export type CallChoices = Omit<CallContext, 'callId' | 'tenantId' | 'keyId' | 'goalId' | 'taskNo' | 'needs'>;

export function readCallOptions({ model, given, headers, now }: AskedCall): CallChoices {
  const options = parseOptions(given, headers);
  const models = [model, ...(options?.models ?? [])].filter((asked) => asked !== anyModel);
  if (options === undefined) return { models };
  const { models: _models, costMaxUsd, deadlineMs, continue: continues, ...rest } = options;
  return {
    ...rest,
    models,
    ...(continues === true ? { continues } : {}),
    ...(costMaxUsd === undefined ? {} : { costMax: Math.round(costMaxUsd * nanoDollars) }),
    ...(deadlineMs === undefined ? {} : { deadlineAt: now + deadlineMs }),
  };
}

function parseOptions(given: unknown, headers: IncomingHttpHeaders): CallOptions | undefined {
  let found: { [name: string]: unknown } | undefined;
  for (const header in headers) {
    const field = header.startsWith('x-chorale-') ? headerNames[header] : undefined;
    if (field !== undefined)
      (found ??= {})[field] =
        field === 'continue' || field === 'shorten' ? headers[header] === 'true' : headers[header];
  }
  if (given !== undefined && given !== null) {
    if (typeof given !== 'object') throw invalidField('chorale', 'must be an object', given);
    found = { ...found, ...given };
  }
  if (found === undefined) return undefined;
  const parsed = optionsSchema.safeParse(found);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalidField(['chorale', ...(issue?.path ?? [])].join('.'), `does not fit: ${issue?.message ?? 'unknown'}`);
}
