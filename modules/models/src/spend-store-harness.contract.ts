// Short words for the contract of spend stores: a reservation in a line, a budget in a call, time in a number.
import { makeId, type TenantId } from '@chorale/lib-ids';
import type { ModelCallRecord } from './model-call.ts';
import type { Amount, Budget, BudgetState, ModelKey, Reserve, SpendStore } from './spend.ts';

export interface SpendClock {
  now: number;
}

export interface OpenedSpend {
  /** One or several on the same rows: what concurrent processes would have. */
  readonly stores: readonly SpendStore[];
  close(): Promise<void>;
}

/** Opens an empty store that reads its time from the clock. */
export type OpenSpend = (clock: SpendClock) => Promise<OpenedSpend>;

export const north = 'north' as TenantId;
export const south = 'south' as TenantId;
export const expiryMs = 60_000;

/** A small generator (mulberry32), so that every run makes the same ids. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function amount(cost: number, tokens = 0, calls = 0): Amount {
  return { cost, tokens, calls };
}

export class SpendHarness {
  readonly clock: SpendClock;
  readonly opened: OpenedSpend;
  readonly #random = seededRandom(7);

  private constructor(opened: OpenedSpend, clock: SpendClock) {
    this.opened = opened;
    this.clock = clock;
  }

  static async open(open: OpenSpend): Promise<SpendHarness> {
    // A Friday at noon, UTC.
    const clock = { now: Date.UTC(2027, 0, 15, 12) };
    return new SpendHarness(await open(clock), clock);
  }

  get store(): SpendStore {
    return this.opened.stores[0]!;
  }

  newId<Kind extends string>(prefix: string): ReturnType<typeof makeId<Kind>> {
    return makeId<Kind>(prefix, this.clock.now, this.#random);
  }

  async budget(more: Partial<Budget>): Promise<BudgetState> {
    const budget: Budget = {
      tenantId: north,
      budgetId: this.newId<'budget'>('budget'),
      scope: 'tenant',
      subject: more.tenantId ?? north,
      window: 'total',
      limit: { cost: 100 },
      ...more,
    };
    return (await this.store.execute({ command: 'put-budget', tenantId: budget.tenantId, budget })).budget;
  }

  reservation(cost: number, more: Partial<Reserve> = {}): Reserve {
    return {
      command: 'reserve',
      tenantId: north,
      reservationId: this.newId<'reservation'>('reservation'),
      callId: this.newId<'model-call'>('call'),
      subjects: {},
      amount: amount(cost),
      expiresAt: this.clock.now + expiryMs,
      ...more,
    };
  }

  /** Throws what the store refuses it with. */
  async reserve(cost: number, more: Partial<Reserve> = {}): Promise<Reserve> {
    const command = this.reservation(cost, more);
    await this.store.execute(command);
    return command;
  }

  settle({ tenantId, reservationId }: Reserve, used: Amount, record?: ModelCallRecord): Promise<unknown> {
    return this.store.execute({ command: 'settle', tenantId, reservationId, amount: used, record });
  }

  expire(): Promise<{ readonly charged: number }> {
    return this.store.execute({ command: 'expire-reservations' });
  }

  record({ tenantId, callId }: Pick<Reserve, 'tenantId' | 'callId'>, more: Partial<ModelCallRecord> = {}) {
    return {
      callId,
      tenantId,
      keyId: undefined,
      goalId: undefined,
      taskNo: undefined,
      agent: undefined,
      operation: 'chat',
      requested: ['small'],
      strategy: 'balanced',
      taskClass: 'chat',
      dataClass: 'internal',
      masked: 0,
      candidates: [{ deploymentId: 'local/small' }],
      tries: [],
      deploymentId: 'local/small',
      cache: 'none',
      usage: undefined,
      cost: 7,
      assumed: false,
      startedAt: this.clock.now - 10,
      firstByteAt: undefined,
      endedAt: this.clock.now,
      failure: undefined,
      ...more,
    } satisfies ModelCallRecord as ModelCallRecord;
  }

  key(more: Partial<ModelKey> = {}): ModelKey {
    const keyId = this.newId<'model-key'>('key');
    return {
      tenantId: north,
      keyId,
      name: 'ci',
      prefix: 'chk-abcd',
      hash: `hash of ${keyId}`,
      models: ['small'],
      strategy: undefined,
      dataClass: undefined,
      createdAt: this.clock.now,
      createdBy: 'ann',
      expiresAt: undefined,
      revokedAt: undefined,
      ...more,
    };
  }

  /** `spent/reserved` in cost of each budget, by scope and window. */
  async costs(tenantId = north): Promise<Record<string, string>> {
    const budgets = await this.store.listBudgets(tenantId);
    return Object.fromEntries(
      budgets.map(({ scope, window, spent, reserved }) => [`${scope} ${window}`, `${spent.cost}/${reserved.cost}`]),
    );
  }
}
