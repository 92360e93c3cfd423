import { expect, test } from 'vitest';
import type { GoalId } from '@chorale/lib-ids';
import type { ModelCallRecord, ModelKeyId } from './model-call.ts';
import type { KeptAnswer, ModelKey, ModelOutcome } from './spend.ts';
import { amount, expiryMs, north, south, type SpendHarness } from './spend-store-harness.contract.ts';
import type { CurrentSpend } from './spend-store.contract.ts';

export function describeRecords(current: CurrentSpend): void {
  describeKeys(current);
  describeCalls(current);
  describeLearning(current);
  describeForgetting(current);
  describeAnswers(current);
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

function describeForgetting(current: CurrentSpend): void {
  test('[SL16] calls that ended before a time are forgotten, the oldest first, and nobody else’s', async () => {
    const h = current();
    const records: ModelCallRecord[] = [];
    for (let count = 0; count < 5; count++) {
      h.clock.now += 1_000;
      records.push(h.record(h.reservation(0)));
    }
    const others = h.record(h.reservation(0, { tenantId: south }), { endedAt: 1 });
    for (const record of [...records, others])
      await h.store.execute({ command: 'record-call', tenantId: record.tenantId, record });
    const outcome = { callId: records[0]!.callId, taskClass: 'code', model: 'small', good: true, at: 5 } as const;
    const features = 'packed';
    await h.store.execute({ command: 'record-outcome', tenantId: north, outcome: { ...outcome, features } });
    const endedBefore = records[3]!.endedAt;
    const drop = { command: 'drop-calls', tenantId: north, endedBefore, limit: 2 } as const;
    expect(await h.store.execute(drop)).toEqual({ dropped: 2 });
    expect(await readPages(h, {})).toEqual([4, 3, 2].map((at) => records[at]!.callId));
    expect(await h.store.execute(drop)).toEqual({ dropped: 1 });
    expect(await h.store.execute(drop)).toEqual({ dropped: 0 });
    expect(await h.store.findCall(south, others.callId)).toEqual(others);
    expect(await h.store.listOutcomes(north, 9)).toEqual([]);
    expect(await h.store.countOutcomes(north)).toEqual([{ taskClass: 'code', model: 'small', good: 1, bad: 0 }]);
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

  test('[SL12] outcomes with features are given newest first, as their last verdict says', async () => {
    const h = current();
    const say = (callId: string, more: Partial<ModelOutcome>) =>
      h.store.execute({
        command: 'record-outcome',
        tenantId: north,
        outcome: {
          callId: callId as ModelOutcome['callId'],
          taskClass: 'code',
          model: 'small',
          good: true,
          at: 1,
          ...more,
        },
      });
    await say('one', { features: 'first', at: 1 });
    await say('two', { features: 'second', at: 2 });
    await say('none', { at: 3 });
    await say('one', { features: 'first', good: false, at: 4 });
    const found = await h.store.listOutcomes(north, 9);
    expect(found).toEqual([
      { model: 'small', good: false, features: 'first' },
      { model: 'small', good: true, features: 'second' },
    ]);
    expect(await h.store.listOutcomes(north, 1)).toEqual(found.slice(0, 1));
    expect(await h.store.listOutcomes(south, 9)).toEqual([]);
  });

  test('[SL17] what was learned is kept for each tenant, and a later version stays', async () => {
    const h = current();
    const row = (tenantId: typeof north, version: number) =>
      ({ tenantId, version, trainedAt: 7, outcomes: 500 + version, learned: `weights ${version}` }) as const;
    for (const learned of [row(north, 2), row(north, 1), row(south, 9)])
      await h.store.execute({ command: 'put-learned', learned });
    expect(await h.store.findLearned(north, 0)).toEqual(row(north, 2));
    expect(await h.store.findLearned(north, 2)).toBeUndefined();
    await h.store.execute({ command: 'put-learned', learned: row(north, 3) });
    expect(await h.store.findLearned(north, 2)).toEqual(row(north, 3));
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

function describeAnswers(current: CurrentSpend): void {
  const answerOf = (h: SpendHarness, more: Partial<KeptAnswer> = {}): KeptAnswer => ({
    tenantId: north,
    answerId: h.newId<'model-call'>('call'),
    setting: 'one',
    question: 'What is a quay?',
    vector: '1 AAA',
    reply: {
      parts: [{ type: 'text', text: 'A wall for ships.' }],
      finish: 'stop',
      usage: {
        inputTokens: 1,
        outputTokens: 2,
        cachedInputTokens: 0,
        cacheWriteTokens: 0,
        reasoningTokens: 0,
      },
      by: { provider: 'openai', model: 'small' },
    },
    cost: 7,
    keptAt: h.clock.now,
    expiresAt: h.clock.now + 1_000,
    ...more,
  });
  const keep = async (h: SpendHarness, more: Partial<KeptAnswer> = {}, answersMax = 100): Promise<KeptAnswer> => {
    const answer = answerOf(h, more);
    await h.store.execute({ command: 'keep-answer', tenantId: answer.tenantId, answer, answersMax });
    return answer;
  };
  const listed = async (h: SpendHarness, tenantId = north, limit = 100) => {
    const answers = await h.store.listAnswers(tenantId, { setting: 'one', now: h.clock.now, limit });
    return answers.map(({ answerId }) => answerId);
  };

  test('[SL18] answers are listed by setting, the newest first, of one tenant and until they expire', async () => {
    const h = current();
    const first = await keep(h);
    await keep(h, { setting: 'two' });
    const second = await keep(h, { keptAt: h.clock.now + 1, expiresAt: h.clock.now + 2_000 });
    const south1 = await keep(h, { tenantId: south });
    expect(await listed(h)).toEqual([second.answerId, first.answerId]);
    expect(await listed(h, north, 1)).toEqual([second.answerId]);
    expect(await listed(h, south)).toEqual([south1.answerId]);
    const { question, vector, answerId } = first;
    const all = await h.store.listAnswers(north, { setting: 'one', now: h.clock.now, limit: 9 });
    expect(all.at(-1)).toMatchObject({ question, vector, answerId });
    expect(await h.store.findAnswer(north, first.answerId)).toEqual(first);
    expect(await h.store.findAnswer(south, first.answerId)).toBeUndefined();
    h.clock.now += 1_000;
    expect(await listed(h)).toEqual([second.answerId]);
  });

  test('[SL18] a tenant keeps so many answers at most: the oldest go, and those that have expired', async () => {
    const h = current();
    const theirs = await keep(h, { tenantId: south });
    const kept: KeptAnswer[] = [];
    for (let at = 0; at < 5; at++) kept.push(await keep(h, { keptAt: h.clock.now + at }, 3));
    expect(await listed(h)).toEqual(
      kept
        .slice(2)
        .toReversed()
        .map(({ answerId }) => answerId),
    );
    h.clock.now += 2_000;
    const late = await keep(h);
    expect(await h.store.findAnswer(north, kept[4]!.answerId)).toBeUndefined();
    expect(await listed(h)).toEqual([late.answerId]);
    expect(await h.store.findAnswer(south, theirs.answerId)).toEqual(theirs);
  });

  test('[SL18] the answers of a tenant are dropped on demand, all or those before a time', async () => {
    const h = current();
    const old = await keep(h, { keptAt: h.clock.now - 10 });
    const young = await keep(h);
    const theirs = await keep(h, { tenantId: south });
    await h.store.execute({ command: 'drop-answers', tenantId: north, keptBefore: h.clock.now });
    expect(await h.store.findAnswer(north, old.answerId)).toBeUndefined();
    expect(await listed(h)).toEqual([young.answerId]);
    await h.store.execute({ command: 'drop-answers', tenantId: north });
    expect(await listed(h)).toEqual([]);
    expect(await listed(h, south)).toEqual([theirs.answerId]);
  });
}
