// The keys of a workflow file, once: the parser knows no others, and the published JSON Schema is made of them.
import { inputNamePattern, labelPattern, namePattern, planLimits, taskKeyPattern } from '@chorale/module-goals';
import { strategies } from '@chorale/module-models';
import { durationPattern } from '@chorale/module-scheduling';

/** A piece of JSON Schema, draft 2020-12. */
export type Schema = { readonly [keyword: string]: unknown };

export const workflowTextMax = 1_048_576;
export const descriptionLengthMax = 2000;

const ref = (name: string): Schema => ({ $ref: `#/$defs/${name}` });
const count = (minimum: number, maximum: number): Schema => ({ type: 'integer', minimum, maximum });
const describe = (description: string, schema: Schema): Schema => ({ description, ...schema });

export const priorities = ['urgent', 'high', 'normal', 'low'] as const;
export const inputTypes = ['string', 'number', 'boolean', 'list', 'object'] as const;
export const joins = ['all', 'first'] as const;

/** What a retry that says only how often is completed with. */
export const retryDefaults = { delayMs: 1000, factor: 2, delayMsMax: 60_000, jitter: 0.2 } as const;
export const itemsAtOnceDefault = 8;

export const workflowKeys = {
  name: describe('Equal to the name of the file without its ending.', ref('name')),
  description: describe('What the workflow does, for whoever chooses one.', ref('description')),
  strategy: describe("How calls of its agents choose a model, where the agent's file does not say.", {
    enum: strategies,
  }),
  inputs: describe('What the workflow is given, by name.', {
    type: 'object',
    maxProperties: planLimits.inputsMax,
    propertyNames: { pattern: inputNamePattern },
    additionalProperties: ref('input'),
  }),
  tasks: describe('What is done, by key. Tasks run side by side unless they need each other.', {
    type: 'object',
    minProperties: 1,
    maxProperties: planLimits.tasksMax,
    propertyNames: { pattern: taskKeyPattern },
    additionalProperties: ref('task'),
  }),
  outputs: describe('What the workflow gives back, by name: templates over the tasks.', {
    type: 'object',
    maxProperties: planLimits.outputsMax,
  }),
} as const satisfies Record<string, Schema>;

export const inputKeys = {
  type: describe('Default: string.', { enum: inputTypes }),
  description: ref('description'),
  required: describe('Without a default, the workflow does not start until it is given.', { type: 'boolean' }),
  default: describe('Used when nothing is given. Must have the type of the input.', {}),
} as const satisfies Record<string, Schema>;

/** Exactly one of these says what a task does; the value is the kind of task it makes. */
export const kindOfKey = {
  agent: 'agent',
  tool: 'tool',
  approval: 'approval',
  wait: 'timer',
  workflow: 'workflow',
  signal: 'signal',
} as const;

export const taskKeys = {
  title: describe('Shown instead of the key.', { type: 'string', maxLength: planLimits.titleLengthMax }),
  agent: describe('The agent that does it.', ref('name')),
  skill: describe('The skill the agent works through.', ref('name')),
  tool: describe('The tool that does it.', ref('name')),
  approval: describe('The question a person answers.', { type: 'string', minLength: 1 }),
  four_eyes: describe('Of an approval: somebody else than who asked for the goal must answer.', { type: 'boolean' }),
  wait: describe('How long to wait, or the instant to wait for (RFC 3339).', {
    anyOf: [ref('duration'), ref('template'), { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}[Tt]' }],
  }),
  workflow: describe('Another workflow, run as one task; `with` holds its inputs.', ref('name')),
  signal: describe('Waits until a signal with the name of the task arrives.', { const: true }),
  needs: describe('The tasks that must have ended before.', ref('keys')),
  join: describe('`first`: starts when the first of `needs` succeeded; the others are cancelled.', { enum: joins }),
  when: describe('A condition; the task is skipped unless it is true.', ref('condition')),
  for_each: describe('Runs the task once for each item of a list, known as `item` and `index`.', ref('forEach')),
  with: describe('The input of the task: JSON whose texts may hold ${{ expressions }}.', {}),
  output: describe('JSON Schema (2020-12) of what the agent must give.', { type: 'object' }),
  retry: describe('How often to try again after a failure, and how long to wait before.', ref('retry')),
  timeout: describe('The longest one attempt may take; for an approval, how long it stays open.', ref('duration')),
  on_failure: describe('What a failure of this task means for the goal. Default: fail.', ref('onFailure')),
  queue: describe('The queue whose workers and limits serve it.', ref('name')),
  requires: describe('Labels a worker must have.', ref('labels')),
  priority: { enum: priorities },
} as const satisfies Record<string, Schema>;

export const retryKeys = {
  limit: describe('Attempts after the first.', count(0, planLimits.retriesMax)),
  delay: describe('Before the second attempt. Default: 1s.', ref('duration')),
  factor: describe('By which the delay grows with each failure. Default: 2.', {
    type: 'number',
    minimum: 1,
    maximum: planLimits.factorMax,
  }),
  max_delay: describe('The longest delay. Default: 1m, or the first delay if that is longer.', ref('duration')),
  jitter: describe('Share of the delay that is random. Default: 0.2.', { type: 'number', minimum: 0, maximum: 1 }),
} as const satisfies Record<string, Schema>;

export const forEachKeys = {
  items: describe('An expression that gives a list.', ref('expression')),
  concurrency: describe(
    `How many items are worked on at once. Default: ${itemsAtOnceDefault}.`,
    count(1, planLimits.itemsAtOnceMax),
  ),
} as const satisfies Record<string, Schema>;

export const onFailureKeys = {
  compensate: describe('The task that is run to make up for the failure. It runs for nothing else.', ref('key')),
} as const satisfies Record<string, Schema>;

export const onFailureWords = ['fail', 'continue'] as const;

const listOrOne = (item: Schema, more: Schema = {}): Schema => ({
  anyOf: [item, { type: 'array', items: item, ...more }],
});
const closed = (properties: Record<string, Schema>, more: Schema = {}): Schema => ({
  type: 'object',
  properties,
  additionalProperties: false,
  ...more,
});

const kindKeys = Object.keys(kindOfKey);

export const definitions = {
  name: { type: 'string', pattern: namePattern },
  key: { type: 'string', pattern: taskKeyPattern },
  keys: listOrOne(ref('key'), { uniqueItems: true, maxItems: planLimits.needsPerTaskMax }),
  labels: listOrOne({ type: 'string', pattern: labelPattern }, { maxItems: planLimits.labelsMax }),
  description: { type: 'string', maxLength: descriptionLengthMax },
  duration: describe('500ms, 30s, 5m, 2h, 1d, or a sum such as 1h30m.', { type: 'string', pattern: durationPattern }),
  template: describe('A text with ${{ expressions }} in it.', { type: 'string', pattern: '\\$\\{\\{' }),
  expression: describe('CEL over inputs, tasks, item, index and goal; ${{ }} around it may be left out.', {
    type: 'string',
    minLength: 1,
  }),
  condition: { anyOf: [ref('expression'), { type: 'boolean' }] },
  input: closed(inputKeys),
  forEach: { anyOf: [ref('expression'), closed(forEachKeys, { required: ['items'] })] },
  retry: { anyOf: [count(0, planLimits.retriesMax), closed(retryKeys, { required: ['limit'] })] },
  onFailure: { anyOf: [{ enum: onFailureWords }, closed(onFailureKeys, { required: ['compensate'] })] },
  task: closed(taskKeys, { oneOf: kindKeys.map((key) => ({ required: [key] })) }),
} as const satisfies Record<string, Schema>;
