import { broken, temporary } from '@chorale/lib-errors';
import { defaultTenant } from '@chorale/lib-ids';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { costOfUsage, worstCost } from './call-cost.ts';
import { classifyRequest } from './classify-call.ts';
import { createRetryBudget } from './retry-budget.ts';
import { explainCall, formatCost } from './explain-call.ts';
import type { BudgetId } from './model-call.ts';
import { createRoutingKnowledge } from './routing-knowledge.ts';
import {
  answers,
  ask,
  dollar,
  fails,
  hangs,
  makeDeployment,
  makeStage,
  settled,
  StageClock,
  type Stage,
} from './router-stage.fixture.ts';
import { openMemorySpendStore } from './spend-memory.fixture.ts';
import type { Budget, Reserve, Settle, SpendStore } from './spend.ts';
import { UpstreamFailure } from './upstream.ts';

const priced = (times: number) => ({
  input: times * dollar,
  output: 4 * times * dollar,
  cachedInput: (times * dollar) / 10,
  cacheWrite: times * dollar,
});
const cheap = makeDeployment('x/cheap', { prices: priced(1) });
const dear = makeDeployment('x/dear', { prices: priced(10) });
const failover = { context: { strategy: 'failover' } } as const;

const reserves = (stage: Stage) => stage.commands.filter((one): one is Reserve => one.command === 'reserve');
const settles = (stage: Stage) => stage.commands.filter((one): one is Settle => one.command === 'settle');

async function limit(stage: { readonly spend: SpendStore }, changes: Partial<Budget>): Promise<void> {
  const budget: Budget = {
    tenantId: defaultTenant,
    budgetId: 'budget_1' as BudgetId,
    scope: 'tenant',
    subject: defaultTenant,
    window: 'total',
    limit: {},
    ...changes,
  };
  await stage.spend.execute({ command: 'put-budget', tenantId: defaultTenant, budget });
}

describe('what is reserved', () => {
  test('[RT30] is the worst case of the try, for all whose budgets it counts against, before it is sent', async () => {
    const stage = makeStage({ deployments: [cheap] });
    stage.behave.set('x/cheap', (call, signal, nth) => {
      expect(reserves(stage)).toHaveLength(1);
      return answers(call, signal, nth);
    });
    const request = ask('x'.repeat(1_000), { outputTokensMax: 200 });
    await stage.call({
      body: { form: 'chat', request },
      context: { goalId: 'g' as never, projectId: 'p' as never, agent: 'writer', keyId: 'k' as never },
    });
    const { most } = { most: classifyRequest(request).inputTokensMost };
    expect(most).toBeGreaterThanOrEqual(500);
    expect(reserves(stage)).toMatchObject([
      {
        subjects: { project: 'p', key: 'k', goal: 'g', agent: 'writer' },
        amount: { cost: most * 1_000 + 200 * 4_000, tokens: most + 200, calls: 1 },
        known: { deploymentId: 'x/cheap', strategy: 'balanced' },
      },
    ]);
  });

  test('[RT30] what a request may cost at most is never less than any usage within its limits', () => {
    fc.assert(
      fc.property(fc.nat(2_000), fc.integer({ min: 1, max: 4_000 }), fc.nat(100), (length, max, share) => {
        const demands = classifyRequest(ask('x'.repeat(length), { outputTokensMax: max }));
        const inputTokens = demands.inputTokensMost;
        const cachedInputTokens = Math.floor((inputTokens * share) / 100);
        const used = {
          inputTokens,
          outputTokens: max,
          cachedInputTokens,
          cacheWriteTokens: inputTokens - cachedInputTokens,
          reasoningTokens: 0,
        };
        expect(costOfUsage(cheap.prices!, used)).toBeLessThanOrEqual(worstCost(cheap, demands));
      }),
    );
  });

  test('[RT33] a dearer second try reserves the difference, and both reservations end once', async () => {
    const stage = makeStage({ deployments: [cheap, dear], behave: { 'x/cheap': fails('server-error') } });
    expect(await stage.call(failover)).toBe('x/dear');
    await stage.router.drain();
    const demands = classifyRequest(ask());
    const amounts = reserves(stage).map(({ amount }) => amount);
    expect(amounts.map(({ calls }) => calls)).toEqual([1, 0]);
    expect(amounts[0]!.cost + amounts[1]!.cost).toBe(worstCost(dear, demands));
    expect(settles(stage).map(({ amount }) => amount)).toEqual([
      { cost: 1_400_000, tokens: 110, calls: 1 },
      { cost: 0, tokens: 0, calls: 0 },
    ]);
    expect(stage.problems).toEqual([]);
  });

  test('[RT33] a try that may have been paid stays reserved beside the next', async () => {
    const like = makeDeployment('x/like', { prices: priced(1) });
    const stage = makeStage({ deployments: [cheap, like], behave: { 'x/cheap': fails('stalled') } });
    expect(await stage.call(failover)).toBe('x/like');
    await stage.router.drain();
    const demands = classifyRequest(ask());
    const input = demands.inputTokensMost * 1_000;
    expect(settles(stage)[0]?.amount).toMatchObject({ cost: input + 140_000 });
    expect((await stage.record()).assumed).toBe(true);
    const reserved = reserves(stage).map(({ amount }) => amount.cost);
    expect(reserved).toEqual([worstCost(cheap, demands), input]);
  });
});

describe('a budget', () => {
  test('[RT36] without room for the best: a cheaper one that fits answers, and the record says why', async () => {
    const stage = makeStage({ deployments: [dear, cheap] });
    const demands = classifyRequest(ask());
    await limit(stage, { limit: { cost: worstCost(cheap, demands) } });
    expect(await stage.call(failover)).toBe('x/cheap');
    const record = await stage.record();
    expect(record.candidates.find(({ deploymentId }) => deploymentId === 'x/dear')?.excluded?.why).toBe('budget');
  });

  test('[RT36] without room for any refuses with what the store says, and nothing is sent', async () => {
    const stage = makeStage({ deployments: [dear, cheap] });
    await limit(stage, { limit: { calls: 1 } });
    await stage.call();
    await stage.router.drain();
    await expect(stage.call()).rejects.toMatchObject({
      family: 'refused',
      code: 'budget-exhausted',
      data: { kind: 'calls' },
    });
    expect(stage.sent).toHaveLength(1);
    expect(await stage.record()).toMatchObject({ failure: { code: 'budget-exhausted' }, tries: [] });
  });

  test('[RT37] in money keeps calls from what has no price, within seconds of being set', async () => {
    const unknown = makeDeployment('x/unknown', { prices: undefined });
    const stage = makeStage({ deployments: [unknown, cheap] });
    expect(await stage.call(failover)).toBe('x/unknown');
    await limit(stage, { limit: { cost: dollar } });
    await stage.clock.pass(30_000);
    expect(await stage.call(failover)).toBe('x/cheap');
    const other = { ...failover, context: { ...failover.context, tenantId: 'other' as never } };
    expect(await stage.call(other)).toBe('x/unknown');
  });

  test('[RT31, RT36] many calls at once, some failing, cut off and broken: never over the limit', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.infiniteStream(fc.constantFrom('well', 'fails', 'stalls', 'hangs')),
        fc.nat(1_000),
        async (ends, seed) => {
          const stage = makeStage({ deployments: [cheap, dear], seed });
          const some = (call: Parameters<typeof answers>[0], signal: Parameters<typeof answers>[1], nth: number) => {
            const end = ends.next().value as string;
            const behaviour =
              { well: answers, fails: fails('server-error'), stalls: fails('stalled'), hangs }[end] ?? answers;
            return behaviour(call, signal, nth);
          };
          for (const { id } of [cheap, dear]) stage.behave.set(id, some);
          const most = 5 * worstCost(dear, classifyRequest(ask()));
          await limit(stage, { limit: { cost: most } });
          const deadlineAt = stage.clock.now() + 1_000;
          const all = Promise.allSettled(Array.from({ length: 30 }, () => stage.call({ context: { deadlineAt } })));
          await settled();
          await stage.clock.pass(1_000);
          await all;
          await stage.router.drain();
          const [budget] = await stage.spend.listBudgets(defaultTenant);
          expect(budget!.spent.cost).toBeLessThanOrEqual(most);
          expect(budget!.reserved).toEqual({ cost: 0, tokens: 0, calls: 0 });
          expect(stage.problems).toEqual([]);
        },
      ),
      { numRuns: 25 },
    );
  });

  test('[RT3] a limit of the call itself keeps dear deployments out, with earlier tries counted', async () => {
    const worst = worstCost(dear, classifyRequest(ask()));
    const stage = makeStage({ deployments: [dear, cheap], behave: { 'x/dear': fails('stalled') } });
    const costly = { context: { ...failover.context, costMax: worst } };
    expect(await stage.call(costly)).toBe('x/cheap');
    const tight = makeStage({ deployments: [cheap, dear], behave: { 'x/cheap': fails('stalled') } });
    await expect(tight.call(costly)).rejects.toMatchObject({ code: 'deployments-failed' });
    expect(tight.sent.filter((id) => id === 'x/dear')).toEqual([]);
  });
});

describe('settling', () => {
  test('[RT31] charges what was metered, cached parts at their price, rounded up', () => {
    const prices = { input: 3 * dollar, output: 15 * dollar, cachedInput: 0.3 * dollar, cacheWrite: 3.75 * dollar };
    const used = {
      inputTokens: 1_000,
      outputTokens: 10,
      cachedInputTokens: 600,
      cacheWriteTokens: 300,
      reasoningTokens: 5,
    };
    expect(costOfUsage(prices, used)).toBe(100 * 3_000 + 600 * 300 + 300 * 3_750 + 10 * 15_000);
    expect(
      costOfUsage(
        { ...prices, input: 1 },
        { ...used, inputTokens: 1, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: 0 },
      ),
    ).toBe(1);
  });

  test('[RT31, RT35] a call without any budget leaves its record too', async () => {
    const stage = makeStage({ deployments: [cheap] });
    await stage.call();
    await stage.router.drain();
    expect(await stage.spend.listCalls(defaultTenant, { limit: 10 })).toMatchObject([
      { callId: 'call_1', cost: 140_000, usage: { inputTokens: 100 }, deploymentId: 'x/cheap', assumed: false },
    ]);
  });

  test('[RT34] does not keep the answer waiting, is repeated when the store is busy, and is waited for at the end', async () => {
    const clock = new StageClock();
    const store = openMemorySpendStore(clock.now);
    let failures = 3;
    const spend: SpendStore = {
      ...store,
      execute: async (command) => {
        if (command.command === 'settle' && failures-- > 0) throw temporary('store-busy', 'busy');
        return store.execute(command);
      },
    };
    const stage = makeStage({ deployments: [cheap], ports: { spend, clock } });
    expect(await stage.call()).toBe('x/cheap');
    expect(await store.listCalls(defaultTenant, { limit: 1 })).toEqual([]);
    let drained = false;
    const draining = stage.router.drain().then(() => {
      drained = true;
    });
    await settled();
    expect(drained).toBe(false);
    await clock.pass(1_000);
    await draining;
    expect(await store.listCalls(defaultTenant, { limit: 1 })).toHaveLength(1);
  });

  test('[RT34] that cannot be done is reported, and nothing stays open', async () => {
    const clock = new StageClock();
    const store = openMemorySpendStore(clock.now);
    const spend: SpendStore = {
      ...store,
      execute: async (command) => {
        if (command.command === 'settle') throw broken('reservation-ended', 'settled before');
        return store.execute(command);
      },
    };
    const stage = makeStage({ deployments: [cheap], ports: { spend, clock } });
    await stage.call();
    await stage.router.drain();
    expect(stage.problems).toMatchObject([{ what: 'settlement-failed', error: { code: 'reservation-ended' } }]);
  });

  test('[RT30] when nothing can be reserved because the store is away, nothing is sent', async () => {
    const store = openMemorySpendStore(() => 0);
    const spend: SpendStore = {
      ...store,
      execute: async (command) => {
        if (command.command === 'reserve') throw temporary('store-away', 'away');
        return store.execute(command);
      },
    };
    const stage = makeStage({ deployments: [cheap], ports: { spend } });
    await expect(stage.call()).rejects.toMatchObject({ code: 'store-away' });
    expect(stage.sent).toEqual([]);
    await stage.router.drain();
    expect(await store.listCalls(defaultTenant, { limit: 1 })).toMatchObject([{ failure: { code: 'store-away' } }]);
  });

  test('[RT32] an answer that breaks is charged for what was sent and what had come', async () => {
    const stage = makeStage({ deployments: [cheap] });
    stage.behave.set('x/cheap', () => ({
      form: 'chat',
      events: (async function* () {
        yield { type: 'text' as const, delta: 'x'.repeat(1_000) };
        throw new UpstreamFailure('connection', 'gone');
      })(),
    }));
    await expect(stage.call()).rejects.toMatchObject({ code: 'answer-broken' });
    const { inputTokensMost } = classifyRequest(ask());
    expect((await stage.record()).cost).toBe(inputTokensMost * 1_000 + 500 * 4_000);
  });
});

describe('the retry budget', () => {
  test('[RT21] over any history no more tries are granted than half its burst, and a tenth of what went well', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 2_000 }), (history) => {
        const budget = createRetryBudget();
        let [granted, well] = [0, 0];
        for (const wentWell of history) {
          if (wentWell) {
            budget.earn();
            well++;
          } else if (budget.canSpend()) {
            budget.spend();
            granted++;
          }
        }
        expect(granted).toBeLessThanOrEqual(5 + 0.1 * well + 1e-6);
      }),
    );
  });
});

describe('what is known of a tenant', () => {
  test('[RT37] is read once for many calls, anew after a while, and never used when it is old', async () => {
    const clock = new StageClock();
    let reads = 0;
    const store = openMemorySpendStore(clock.now);
    const counting = { ...store, listBudgets: (tenant: typeof defaultTenant) => (reads++, store.listBudgets(tenant)) };
    const knowledge = createRoutingKnowledge({ spend: counting, clock, report: () => undefined });
    await Promise.all([knowledge.ofTenant(defaultTenant), knowledge.ofTenant(defaultTenant)]);
    expect(knowledge.ofTenant(defaultTenant)).not.toBeInstanceOf(Promise);
    expect(reads).toBe(1);
    await clock.pass(6_000);
    expect(knowledge.ofTenant(defaultTenant)).not.toBeInstanceOf(Promise);
    expect(reads).toBe(2);
    await settled();
    await clock.pass(40_000);
    expect(knowledge.ofTenant(defaultTenant)).toBeInstanceOf(Promise);
  });
});

describe('why this model', () => {
  test('[RT44] is told in sentences: the choice, those passed over, the tries, the price', async () => {
    const own = makeDeployment('own/llama', { quality: 0.3, retention: 'local', prices: priced(0) });
    const trains = makeDeployment('free/x', { retention: 'trains' });
    const stage = makeStage({
      deployments: [cheap, own, trains],
      behave: { 'x/cheap': fails('server-error', { message: 'oops' }) },
    });
    await stage.call();
    const sentences = explainCall(await stage.record());
    expect(sentences[0]).toMatch(/^own\/llama \(.*quality 0\.3.*\) answered after 1 failed try\.$/);
    expect(sentences[1]).toMatch(/^Next came x\/cheap \(/);
    expect(sentences).toContain('x/cheap failed after 0 s: server-error, oops.');
    expect(sentences).toContain(
      'Passed over as not allowed for this data: free/x (internal data, and what is sent there may be learned from by the provider).',
    );
    expect(sentences.at(-1)).toBe('It cost $0.');
    await stage.call({ context: { dataClass: 'personal' } });
    expect(explainCall(await stage.record())[0]).toMatch(/scores best under "balanced" for chat\.$/);
    await stage.call({ context: { dataClass: 'personal', strategy: 'privacy', strategyBy: 'goal' } });
    expect(explainCall(await stage.record())[0]).toMatch(
      /scores best under "privacy" \(the word of the goal\) for chat\.$/,
    );
  });

  test('[RT44] of a call that failed says so, and prices are told apart', async () => {
    const stage = makeStage({ deployments: [cheap] });
    await expect(stage.call({ context: { region: 'eu' } })).rejects.toMatchObject({ code: 'no-deployment' });
    const sentences = explainCall(await stage.record());
    expect(sentences[0]).toBe(
      'Passed over as in another region: x/cheap (eu is demanded, and this is in an unknown region).',
    );
    expect(sentences[1]).toMatch(/^The call failed: No deployment may take this call\./);
    expect([0, 140_000, 2_500_000_000, 30_000_000_000].map(formatCost)).toEqual(['$0', '$0.00014', '$2.5', '$30']);
  });
});
