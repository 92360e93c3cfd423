import { once } from 'node:events';
import { connect } from 'node:net';
import { defaultTenant } from '@chorale/lib-ids';
import { UpstreamFailure } from '@chorale/module-models';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { chatAnswer, openTestModels, testDeployment } from '../models/models-fixture.ts';
import { startTestApi, type TestApi } from './api-fixture.ts';

let site: TestApi;
beforeEach(async () => {
  site = await startTestApi();
});
afterEach(async () => site.close());

async function ask(fields: Readonly<Record<string, unknown>> = {}, authorization?: string): Promise<Response> {
  return fetch(`${site.baseUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) },
    body: JSON.stringify({ model: 'small', messages: [{ role: 'user', content: 'Hello' }], ...fields }),
  });
}

/** Sends what must be translated, since the fixture's upstream answers in our own terms. */
async function call(key?: string, model = 'auto'): Promise<Response> {
  return ask({ model }, key === undefined ? undefined : `Bearer ${key}`);
}

beforeEach(() => {
  site.models.fleet = () => ({
    deployments: [
      testDeployment('acme/small', { kind: 'anthropic', wire: 'anthropic-messages' }),
      testDeployment('acme/large', { kind: 'anthropic', wire: 'anthropic-messages', quality: 0.9 }),
    ],
    aliases: { fast: ['small'] },
  });
});

describe('deployments', () => {
  test('[API90] are listed with facts, prices, health and what was learned', async () => {
    const fact = { deploymentId: 'acme/small', fact: 'rejects-images', detail: 'no images', learnedAt: 5 };
    await site.models.spend.execute({ command: 'learn-fact', fact });
    const [small, large] = await site.client.listDeployments();
    expect(small).toMatchObject({
      deploymentId: 'acme/small',
      model: 'small',
      state: 'ready',
      inFlight: 0,
      prices: { inputUsd: 1, outputUsd: 2, cachedInputUsd: 0.1, cacheWriteUsd: 1 },
      learned: [{ fact: 'rejects-images', detail: 'no images', learnedAt: 5 }],
    });
    expect(large?.learned).toEqual([]);
  });

  test('[API90] one that cools down says why and until when', async () => {
    site.models.answer = () => {
      throw new UpstreamFailure('credit-exhausted', 'no credit', { status: 402 });
    };
    await call();
    const [small] = await site.client.listDeployments();
    expect(small).toMatchObject({ state: 'cooling-down', coolingBecause: 'the account has no credit' });
    expect(small?.coolingUntil).toBeGreaterThan(site.clock.now);
  });

  test('[API91] a test is a call like any other, and its failure is an answer', async () => {
    const test = await site.client.testDeployment('acme/large');
    expect(test).toMatchObject({ ok: true, deploymentId: 'acme/large', answer: 'Hello.', model: 'small' });
    expect(site.models.sent.map(({ deployment }) => deployment.id)).toEqual(['acme/large']);
    expect((await site.client.getModelCall(test.callId)).deploymentId).toBe('acme/large');
    site.models.answer = () => {
      throw new UpstreamFailure('authentication', 'bad key', { status: 401 });
    };
    expect(await site.client.testDeployment('acme/large')).toMatchObject({
      ok: false,
      failure: { code: 'deployments-failed', message: expect.stringContaining('bad key') },
    });
    await expect(site.client.testDeployment('acme/none')).rejects.toMatchObject({
      problem: { status: 404, code: 'deployment-not-found' },
    });
  });
});

describe('keys', () => {
  test('[API92] a key is shown once, and only its hash is kept', async () => {
    const made = await site.client.createModelKey({ name: 'ci', models: ['fast'] });
    expect(made.key).toMatch(/^sk-chorale-[\w-]{43}$/);
    expect(made.key.startsWith(made.prefix)).toBe(true);
    const listed = await site.client.listModelKeys();
    expect(listed).toEqual([{ ...made, key: undefined }].map(({ key: _key, ...rest }) => rest));
    expect(JSON.stringify(await site.models.spend.listKeys(defaultTenant))).not.toContain(made.key.slice(20));
  });

  test('[API92] a key for a model that is not there is refused by name', async () => {
    await expect(site.client.createModelKey({ name: 'ci', models: ['smal'] })).rejects.toMatchObject({
      problem: { code: 'request-invalid', issues: [{ at: 'body.models[0]' }] },
    });
  });

  test('[OA15] a key is refused once it is revoked or has expired, and one that is unknown always', async () => {
    const { key, keyId } = await site.client.createModelKey({ name: 'ci' });
    const short = await site.client.createModelKey({ name: 'short', expiresAt: site.clock.now + 1_000 });
    expect((await call(key)).status).toBe(200);
    expect((await call(short.key)).status).toBe(200);
    expect((await site.client.revokeModelKey(keyId)).revokedAt).toBe(site.clock.now);
    site.clock.now += 1_000;
    for (const wrong of [key, short.key, `sk-chorale-${'x'.repeat(43)}`, 'sk-something-else']) {
      const response = await call(wrong);
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ error: { code: 'invalid_api_key', type: 'authentication_error' } });
    }
    // The word that clients of servers without keys must send.
    expect((await call('none')).status).toBe(200);
  });

  test('[AUD12] a key is in the log with its owner once an hour, and each refusal of a known one once a minute', async () => {
    const { key, keyId, prefix } = await site.client.createModelKey({ name: 'ci', models: ['small'] });
    const acts = async () =>
      (await site.client.listAuditEntries({ who: keyId })).items.map(({ what, decision, reason }) => ({
        what,
        decision,
        ...(reason === undefined ? {} : { reason }),
      }));
    for (let time = 0; time < 3; time++) expect((await call(key)).status).toBe(200);
    const first = { what: 'model.use', decision: 'allowed' };
    expect(await acts()).toEqual([first]);
    expect((await site.client.listAuditEntries({ who: keyId })).items[0]).toMatchObject({
      who: { kind: 'key', id: keyId },
      on: { kind: 'route', id: 'POST /v1/chat/completions' },
      detail: { key: prefix, owner: expect.any(String) },
    });
    const other = { what: 'model.use', decision: 'refused', reason: 'not-allowed-by-key' };
    for (let time = 0; time < 2; time++) expect((await call(key, 'large')).status).toBe(422);
    expect(await acts()).toEqual([other, first]);
    await site.client.revokeModelKey(keyId);
    for (let time = 0; time < 2; time++) expect((await call(key)).status).toBe(401);
    const revoked = { what: 'model.use', decision: 'refused', reason: 'model-key-invalid' };
    expect(await acts()).toEqual([revoked, other, first]);
    site.clock.now += 60_000;
    expect((await call(key)).status).toBe(401);
    expect((await acts()).length).toBe(4);
    const unknown = (await site.client.listAuditEntries({ what: 'model.use' })).items.length;
    expect((await call('sk-chorale-nobody')).status).toBe(401);
    expect((await site.client.listAuditEntries({ what: 'model.use' })).items).toHaveLength(unknown);
  });

  test('[OA15] what nobody known here sends is refused before it is read', async () => {
    const { port } = new URL(site.baseUrl);
    const socket = connect(Number(port), '127.0.0.1');
    // The length is named, the body never sent.
    const lines = ['POST /v1/chat/completions HTTP/1.1', `Host: 127.0.0.1:${port}`, 'Authorization: Bearer sk-wrong'];
    socket.write(`${[...lines, 'Content-Type: application/json', 'Content-Length: 30000000'].join('\r\n')}\r\n\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 401 /);
  });

  test('[OA15] without a key nothing is answered where the configuration wants one', async () => {
    const models = await openTestModels({ keyless: false });
    const strict = await startTestApi({ models, access: { ...site.services.access, authenticate: () => undefined } });
    try {
      for (const authorization of [undefined, 'Bearer none', 'Basic abc']) {
        const response = await fetch(`${strict.baseUrl}/v1/models`, {
          headers: authorization === undefined ? {} : { authorization },
        });
        expect(response.status).toBe(401);
      }
    } finally {
      await strict.close();
      await models.close();
    }
  });

  test('[OA16] a key reaches only the models it names', async () => {
    const { key } = await site.client.createModelKey({ name: 'ci', models: ['fast'] });
    expect((await call(key)).headers.get('x-chorale-deployment')).toBe('acme/small');
    const large = await ask({ model: 'large' }, `Bearer ${key}`);
    expect(large.status).toBe(422);
    expect(await large.json()).toMatchObject({ error: { message: expect.stringContaining('not-allowed-by-key') } });
    const models = await fetch(`${site.baseUrl}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
    const { data } = (await models.json()) as { readonly data: readonly { readonly id: string }[] };
    expect(data.map(({ id }) => id)).toEqual(['auto', 'fast', 'small', 'acme/small']);
  });

  test('[OA16] a key spends what its budget allows and no more', async () => {
    const { key, keyId } = await site.client.createModelKey({ name: 'ci', budget: { window: 'day', calls: 2 } });
    expect([(await call(key)).status, (await call(key)).status]).toEqual([200, 200]);
    const third = await call(key);
    expect(third.status).toBe(429);
    expect(third.headers.get('x-should-retry')).toBe('false');
    expect(await third.json()).toMatchObject({ error: { code: 'insufficient_quota' } });
    await site.models.drain();
    const [budget] = await site.client.listBudgets();
    expect(budget).toMatchObject({ scope: 'key', subject: keyId, spent: { calls: 2, usd: 0.0000364 } });
  });
});

test('[API93] a budget is set, set anew without losing what was spent, and removed', async () => {
  const set = await site.client.putBudget({ scope: 'tenant', window: 'month', limit: { usd: 5 } });
  expect(set).toMatchObject({ scope: 'tenant', subject: defaultTenant, limit: { usd: 5 } });
  expect(set.resetsAt).toBe(Date.UTC(2026, 3, 1));
  await call();
  await site.models.drain();
  const again = await site.client.putBudget({ scope: 'tenant', window: 'month', limit: { usd: 7, calls: 10 } });
  expect(again).toMatchObject({
    budgetId: set.budgetId,
    limit: { usd: 7, calls: 10 },
    spent: { calls: 1, tokens: 15 },
  });
  await site.client.dropBudget(set.budgetId);
  expect(await site.client.listBudgets()).toEqual([]);
  await expect(site.client.dropBudget(set.budgetId)).rejects.toMatchObject({ problem: { code: 'budget-not-found' } });
  await expect(site.client.putBudget({ scope: 'agent', window: 'day', limit: { calls: 1 } })).rejects.toMatchObject({
    problem: { issues: [{ at: 'body.subject' }] },
  });
  await expect(site.client.putBudget({ scope: 'tenant', window: 'day', limit: {} })).rejects.toMatchObject({
    problem: { code: 'request-invalid' },
  });
});

test('[API94] calls are listed newest first, in pages, and by key', async () => {
  const { key, keyId } = await site.client.createModelKey({ name: 'ci' });
  for (let no = 0; no < 5; no++) {
    site.clock.now += 10;
    await call(no === 2 ? key : undefined);
  }
  await site.models.drain();
  const first = await site.client.listModelCalls({ limit: 3 });
  const second = await site.client.listModelCalls({
    limit: 3,
    ...(first.next === undefined ? {} : { after: first.next }),
  });
  expect([first.items.length, second.items.length, second.next]).toEqual([3, 2, undefined]);
  const times = [...first.items, ...second.items].map(({ endedAt }) => endedAt);
  expect(times).toEqual(times.toSorted((left, right) => right - left));
  expect(new Set([...first.items, ...second.items].map(({ callId }) => callId)).size).toBe(5);
  const ofKey = await site.client.listModelCalls({ key: keyId });
  expect(ofKey.items).toMatchObject([{ keyId, deploymentId: expect.any(String), tries: 1, costUsd: 0.0000182 }]);
  await expect(site.client.listModelCalls({ after: 'x' })).rejects.toMatchObject({
    problem: { code: 'cursor-invalid' },
  });
});

test('[API94] one call says why this model: scores, exclusions, tries and sentences', async () => {
  site.models.answer = ({ deployment }) => {
    if (deployment.id === 'acme/large') throw new UpstreamFailure('overloaded', 'busy', { status: 529 });
    return chatAnswer([{ type: 'text', delta: 'Hi.' }]);
  };
  const response = await ask({ model: 'auto', chorale: { strategy: 'performance' } });
  const callId = response.headers.get('x-chorale-call-id') ?? '';
  await response.text();
  await site.models.drain();
  const found = await site.client.getModelCall(callId);
  expect(found).toMatchObject({ strategy: 'performance', deploymentId: 'acme/small' });
  expect(found.candidates).toHaveLength(2);
  expect(found.candidates[0]?.score?.quality).toBeGreaterThan(0);
  expect(found.tries.map(({ deploymentId, failure }) => [deploymentId, failure?.kind])).toEqual([
    ['acme/large', 'overloaded'],
    ['acme/small', undefined],
  ]);
  expect(found.explanation.join(' ')).toMatch(/acme\/small.*answered after 1 failed try/);
  await expect(site.client.getModelCall('call_none')).rejects.toMatchObject({
    problem: { code: 'model-call-not-found' },
  });
});

test('[API95] it can be said how a model did at a call; what is said last counts', async () => {
  await call();
  await site.models.drain();
  const [one] = (await site.client.listModelCalls()).items;
  const callId = one?.callId ?? '';
  expect(await site.client.rateModelCall(callId, false)).toEqual({ callId, good: false });
  await site.client.rateModelCall(callId, true);
  const counted = await site.models.spend.countOutcomes(defaultTenant);
  expect(counted).toEqual([{ taskClass: one?.taskClass, model: one?.deploymentId?.slice(5), good: 1, bad: 0 }]);
  const unknown = site.client.rateModelCall('call_none', true);
  await expect(unknown).rejects.toMatchObject({ problem: { code: 'model-call-not-found', status: 404 } });
  site.models.answer = () => {
    throw new UpstreamFailure('authentication', 'no');
  };
  await call();
  await site.models.drain();
  const failed = (await site.client.listModelCalls()).items.find(({ failure }) => failure !== undefined);
  const unanswered = site.client.rateModelCall(failed?.callId ?? '', true);
  await expect(unanswered).rejects.toMatchObject({ problem: { code: 'model-call-unanswered', status: 409 } });
});

test('[OA9] the guard, an address without a route and a wrong method answer as everywhere', async () => {
  const foreign = await fetch(`${site.baseUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'https://evil.example' },
    body: '{}',
  });
  expect(foreign.status).toBe(403);
  const wrong = await fetch(`${site.baseUrl}/v1/chat/completions`);
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
});
