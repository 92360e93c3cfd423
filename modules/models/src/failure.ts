// What can go wrong with a try, and what follows from it. Data, so that it can be read, shown and tested row by row.

export type Next =
  /** The same deployment again, within the retry budget. */
  | 'retry-here'
  /** Another deployment of the same model. */
  | 'next-deployment'
  /** Another model. */
  | 'next-model'
  /** The caller's own mistake: every deployment would say the same. */
  | 'fatal';

export type Cooling =
  | 'none'
  /** Counts towards the breaker; it opens after several in a row. */
  | 'breaker'
  /** Until the time the provider named, else for as long as the row says. */
  | 'until-reset';

export interface FailureRule {
  readonly next: Next;
  readonly cooling: Cooling;
  /** For `until-reset` when the provider names no time. */
  readonly coolingMs?: number;
  readonly means: string;
}

export type FailureKind =
  | 'rate-limited'
  | 'overloaded'
  | 'quota-exhausted'
  | 'credit-exhausted'
  | 'server-error'
  | 'connection'
  | 'stalled'
  | 'malformed'
  | 'authentication'
  | 'permission'
  | 'model-not-found'
  | 'context-too-long'
  | 'unsupported'
  | 'content-policy'
  | 'invalid-request'
  | 'cancelled';

export const failureRules: Readonly<Record<FailureKind, FailureRule>> = {
  'rate-limited': {
    next: 'next-deployment',
    cooling: 'until-reset',
    coolingMs: 5_000,
    means: 'too many requests or tokens in a minute',
  },
  overloaded: {
    next: 'next-deployment',
    cooling: 'until-reset',
    coolingMs: 2_000,
    means: 'the provider has no capacity for anybody',
  },
  'quota-exhausted': {
    next: 'next-deployment',
    cooling: 'until-reset',
    coolingMs: 3_600_000,
    means: 'the quota of a day or month is used up',
  },
  'credit-exhausted': {
    next: 'next-deployment',
    cooling: 'until-reset',
    coolingMs: 3_600_000,
    means: 'the account has no credit',
  },
  'server-error': { next: 'next-deployment', cooling: 'breaker', means: 'the provider failed' },
  connection: { next: 'next-deployment', cooling: 'breaker', means: 'no connection, or it broke' },
  stalled: { next: 'next-deployment', cooling: 'breaker', means: 'nothing came in time' },
  malformed: { next: 'next-deployment', cooling: 'breaker', means: 'what came is not the wire format' },
  authentication: {
    next: 'next-deployment',
    cooling: 'until-reset',
    coolingMs: 300_000,
    means: 'the provider does not accept our key',
  },
  permission: {
    next: 'next-deployment',
    cooling: 'until-reset',
    coolingMs: 300_000,
    means: 'our key may not use this model',
  },
  'model-not-found': {
    next: 'next-deployment',
    cooling: 'until-reset',
    coolingMs: 300_000,
    means: 'the provider has no such model',
  },
  'context-too-long': { next: 'next-model', cooling: 'none', means: 'the conversation does not fit this model' },
  unsupported: { next: 'next-model', cooling: 'none', means: 'the model cannot do what the request asks' },
  'content-policy': { next: 'fatal', cooling: 'none', means: 'the provider refuses this content' },
  'invalid-request': { next: 'fatal', cooling: 'none', means: 'the request is wrong whoever reads it' },
  cancelled: { next: 'fatal', cooling: 'none', means: 'the caller went away or its time is over' },
};
