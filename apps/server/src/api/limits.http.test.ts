import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from './api-fixture.ts';
import { requestLimitsDefault } from './limit-requests.ts';

describe('how often somebody may ask', () => {
  let at: TestApi;
  const rule = { burst: 3, perSecond: 1 };
  const plenty = { burst: 1_000, perSecond: 1_000 };
  const ask = (path = '/v1/goals', headers = {}) => fetch(`${at.baseUrl}${path}`, { headers });
  afterEach(() => at.close());

  describe('of one address', () => {
    beforeEach(async () => {
      at = await startTestApi({ limits: { address: rule, caller: plenty, onLoopback: true } });
    });

    test('[API130] is bounded, whoever asks for whatever; the refusal says when to come back, and it is let in then', async () => {
      for (const path of ['/healthz', '/v1/nothing', '/'])
        expect((await ask(path)).headers.get('ratelimit-policy')).toBe('"address";q=3;w=3');
      const refusedAnswer = await ask('/healthz');
      expect(refusedAnswer.status).toBe(429);
      expect(refusedAnswer.headers.get('retry-after')).toBe('1');
      expect(refusedAnswer.headers.get('ratelimit')).toBe('"address";r=0;t=3');
      expect(await refusedAnswer.json()).toMatchObject({
        code: 'too-many-requests',
        retryable: true,
        family: 'temporary',
      });
      at.clock.now += 1_000;
      expect((await ask('/healthz')).status).toBe(200);
      expect((await ask('/healthz')).status).toBe(429);
    });

    test('[API130] the OpenAI-compatible interface is no way around it, and answers as its clients expect', async () => {
      for (let count = 0; count < 3; count++) await ask('/openai/v1/models');
      const answer = await ask('/openai/v1/models');
      expect(answer.status).toBe(429);
      expect(answer.headers.get('retry-after')).toBe('1');
    });
  });

  test('[API130] whoever asks does not choose the address that counts; a proxy that is trusted names it', async () => {
    const statuses = async (options: object) => {
      at = await startTestApi({ limits: { address: rule, caller: plenty, onLoopback: true }, ...options });
      const found: number[] = [];
      for (let no = 0; no < 5; no++)
        found.push((await ask('/healthz', { 'x-forwarded-for': `203.0.113.${no}` })).status);
      return found;
    };
    expect(await statuses({})).toEqual([200, 200, 200, 429, 429]);
    await at.close();
    expect(await statuses({ trustProxy: ['loopback'] })).toEqual([200, 200, 200, 200, 200]);
  });

  test('[API131] of one caller is bounded too, before a body is read, and not that of another', async () => {
    at = await startTestApi({ limits: { address: plenty, caller: rule, onLoopback: true } });
    for (let count = 0; count < 3; count++) expect((await ask()).status).toBe(200);
    const answer = await fetch(`${at.baseUrl}/v1/goals`, {
      method: 'POST',
      body: '{not json',
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(429);
    expect(answer.headers.get('ratelimit-policy')).toBe('"caller";q=3;w=3');
    expect((await ask('/healthz')).status).toBe(200);
  });

  test('[API132] this machine is not limited unless the configuration says so', async () => {
    at = await startTestApi({ limits: { address: rule, caller: rule } });
    for (let count = 0; count < 20; count++) expect((await ask()).status).toBe(200);
    expect((await ask()).headers.get('ratelimit')).toBeNull();
    expect(requestLimitsDefault.onLoopback).toBe(false);
  });

  test('[API133] a limiter that cannot be asked limits nobody', async () => {
    const limiter = { take: () => Promise.reject(new Error('away')) };
    at = await startTestApi({ limits: { limiter, address: rule, onLoopback: true } });
    for (let count = 0; count < 10; count++) expect((await ask()).status).toBe(200);
  });
});

describe('whoever is slow on purpose', () => {
  test('[API134] has ten seconds for headers and thirty for a request, and no connection is opened beyond the bound', async () => {
    const at = await startTestApi();
    const { headersTimeout, requestTimeout, maxConnections } = at.api.server;
    expect({ headersTimeout, requestTimeout, maxConnections }).toEqual({
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      maxConnections: 10_000,
    });
    await at.close();
  });

  test('[API134] is cut off when a connection more comes than are allowed', async () => {
    const at = await startTestApi();
    at.api.server.maxConnections = 2;
    const { port, hostname } = new URL(at.baseUrl);
    const open = () => connect(Number(port), hostname).on('error', () => undefined);
    const first = [open(), open()];
    await Promise.all(first.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    const third = open();
    await new Promise((resolve) => third.once('close', resolve));
    expect(third.bytesRead).toBe(0);
    for (const socket of first) socket.destroy();
    await at.close();
  });
});
