import { expect, test } from 'vitest';
import type { GoalId } from '@chorale/lib-ids';
import type { ModelCallRecord, ModelKeyId } from './model-call.ts';
import type { ModelKey, ModelOutcome } from './spend.ts';
import { amount, expiryMs, north, south, type SpendHarness } from './spend-store-harness.contract.ts';
import type { CurrentSpend } from './spend-store.contract.ts';

export function describeRecords(current: CurrentSpend): void {
  describeKeys(current);
  describeCalls(current);
  describeLearning(current);
}

function describeKeys(current: CurrentSpend): void {
  const put = (h: SpendHarness, key: ModelKey) => h.store.execute({ command: 'put-key', tenantId: key.tenantId, key });

  test('[SL10] a key is found by its hash, as it was put, in whichever tenant it is', async () => {
    const h = current();
    const full = h.key({ tenantId: south, strategy: 'privacy', dataClass: 'secret', expiresAt: 5, models: [] });
    await put(h, full);
    const plain = h.key();
    await put(h, plain);
    expect(await h.store.findKey(full.hash)).toEqual(full);
    expect(await h.store.findKey(plain.hash)).toEqual(plain);
    expect(await h.store.findKey('no such hash')).toBeUndefined();
    expect(await h.store.listKeys(north)).toEqual([plain]);
  });

  test('[SL10] a hash belongs to one key', async () => {
    const h = current();
    const key = h.key();
    await put(h, key);
    for (const other of [h.key({ hash: key.hash }), { ...key, tenantId: south }])
      await expect(put(h, other)).rejects.toMatchObject({ family: 'refused', code: 'key-exists' });
    await put(h, { ...key, name: 'renamed' });
    expect(await h.store.findKey(key.hash)).toMatchObject({ name: 'renamed', tenantId: north });
  });

  test('[SL10] a revoked key is still found, with when it was revoked, and stays revoked', async () => {
    const h = current();
    const key = h.key();
    await put(h, key);
    const revoke = { command: 'revoke-key', tenantId: north, keyId: key.keyId } as const;
    const revokedAt = h.clock.now;
    expect((await h.store.execute(revoke)).key).toEqual({ ...key, revokedAt });
    h.clock.now += 1_000;
    expect((await h.store.execute(revoke)).key.revokedAt).toBe(revokedAt);
    await put(h, key);
    expect(await h.store.findKey(key.hash)).toEqual({ ...key, revokedAt });
  });

  test('[SL10] a key that is not there is not revoked, nor is that of another tenant', async () => {
    const h = current();
    const key = h.key();
    await put(h, key);
    for (const wrong of [
      { tenantId: south, keyId: key.keyId },
      { tenantId: north, keyId: 'key_none' as ModelKeyId },
    ]) {
      const revoking = h.store.execute({ command: 'revoke-key', ...wrong });
      await expect(revoking).rejects.toMatchObject({ family: 'refused', code: 'key-not-found' });
    }
    expect((await h.store.findKey(key.hash))?.revokedAt).toBeUndefined();
  });
}

function describeCalls(current: CurrentSpend): void {
  test('[SL11] a call is kept as it was recorded, by a settlement or without one', async () => {
    const h = current();
    const held = await h.reserve(9);
    const settled = h.record(held, {
      usage: { inputTokens: 1, outputTokens: 2, cachedInputTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 },
      requested: ["it's \u0000 odd", '\ud83c\udfbc'],
      firstByteAt: h.clock.now - 3,
    });
    await h.settle(held, amount(7), settled);
    const cached = h.record(h.reservation(0), { cache: 'exact', cost: 0 });
    await h.store.execute({ command: 'record-call', tenantId: north, record: cached });
    expect(await h.store.findCall(north, settled.callId)).toEqual(settled);
    expect(await h.store.findCall(north, cached.callId)).toEqual(cached);
    expect(await h.store.findCall(south, settled.callId)).toBeUndefined();
  });

  test('[SL11] a call that is recorded again replaces what was known of it; what is assumed gives way', async () => {
    const h = current();
    const held = await h.reserve(9);
    const tryBefore = h.record(held, { cost: 1 });
    await h.store.execute({ command: 'record-call', tenantId: north, record: tryBefore });
    h.clock.now += expiryMs;
    await h.expire();
    expect(await h.store.findCall(north, held.callId)).toEqual(tryBefore);
    const whole = h.record(held, { cost: 8 });
    await h.settle(held, amount(8), whole);
    expect(await h.store.findCall(north, held.callId)).toEqual(whole);
  });

  test('[SL11] calls are listed newest first, in pages without gaps or repeats, also within a millisecond', async () => {
    const h = current();
    const records: ModelCallRecord[] = [];
    for (let count = 0; count < 11; count++) {
      if (count % 3 === 0) h.clock.now += 1;
      const goalId = count % 2 === 0 ? ('goal_even' as GoalId) : undefined;
      const keyId = count % 4 === 0 ? ('key_4' as ModelKeyId) : undefined;
      records.push(h.record(h.reservation(0), { goalId, keyId }));
    }
    await Promise.all(records.map((record) => h.store.execute({ command: 'record-call', tenantId: north, record })));
    const newest = records.toSorted((a, b) => b.endedAt - a.endedAt || (a.callId < b.callId ? 1 : -1));
    for (const [filter, expected] of [
      [{}, newest],
      [{ goalId: 'goal_even' }, newest.filter(({ goalId }) => goalId === 'goal_even')],
      [{ keyId: 'key_4' }, newest.filter(({ keyId }) => keyId === 'key_4')],
      [{ goalId: 'goal_even', keyId: 'key_4' }, newest.filter(({ keyId }) => keyId === 'key_4')],
    ] as const) {
      expect(await readPages(h, filter)).toEqual(expected.map(({ callId }) => callId));
    }
    expect(await h.store.listCalls(south, { limit: 10 })).toEqual([]);
  });
}

async function readPages(h: SpendHarness, filter: { readonly goalId?: string; readonly keyId?: string }) {
  const ids: string[] = [];
  let before: { endedAt: number; callId: ModelCallRecord['callId'] } | undefined;
  for (;;) {
    const page = await h.store.listCalls(north, { ...filter, limit: 2, ...(before === undefined ? {} : { before }) });
    ids.push(...page.map(({ callId }) => callId));
    before = page.at(-1);
    if (before === undefined) return ids;
  }
}

function describeLearning(current: CurrentSpend): void {
  test('[SL12] what is learned of a deployment holds for everybody, and the last detail counts', async () => {
    const h = current();
    const fact = { deploymentId: 'local/small', fact: 'rejects-json-schema', detail: 'said 400', learnedAt: 5 };
    const other = { ...fact, fact: 'no-tools' };
    for (const one of [fact, other, { ...fact, detail: 'said 422', learnedAt: 9 }])
      await h.store.execute({ command: 'learn-fact', fact: one });
    const found = await h.store.listFacts();
    expect(found.toSorted((a, b) => (a.fact < b.fact ? -1 : 1))).toEqual([
      other,
      { ...fact, detail: 'said 422', learnedAt: 9 },
    ]);
  });

  test('[SL12] outcomes are counted for each tenant, class and model; the last verdict of a call counts, once', async () => {
    const h = current();
    const verdict = async (tenantId: typeof north, more: Partial<ModelOutcome>) => {
      const callId = h.newId<'model-call'>('call');
      const outcome = { callId, taskClass: 'code', model: 'small', good: true, at: h.clock.now, ...more } as const;
      await h.store.execute({ command: 'record-outcome', tenantId, outcome });
      return outcome;
    };
    const first = await verdict(north, {});
    await verdict(north, {});
    await verdict(north, { good: false });
    await verdict(north, { model: 'large' });
    await verdict(south, { good: false });
    const small = { taskClass: 'code', model: 'small' };
    const large = { taskClass: 'code', model: 'large', good: 1, bad: 0 };
    const counts = async () => (await h.store.countOutcomes(north)).toSorted((a, b) => (a.model < b.model ? -1 : 1));
    expect(await counts()).toEqual([large, { ...small, good: 2, bad: 1 }]);
    await verdict(north, first);
    expect(await counts()).toEqual([large, { ...small, good: 2, bad: 1 }]);
    await verdict(north, { ...first, good: false });
    expect(await counts()).toEqual([large, { ...small, good: 1, bad: 2 }]);
    expect(await h.store.countOutcomes(south)).toEqual([{ ...small, good: 0, bad: 1 }]);
  });
}
