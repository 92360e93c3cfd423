import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from './api-fixture.ts';
import { loadClasses } from './admit-load.ts';
import { temporary } from '@chorale/lib-errors';
import { WatchedExtras } from '../process/extras.ts';
import { askedFor } from '../process/asked-for.ts';
import { routes } from './routes/index.ts';

const limits = { atOnce: 4, waiting: 6, waitMs: 300 };

describe('more than a process can do', () => {
  let at: TestApi;
  let finish: () => void;
  afterEach(() => at.close());

  /** A list takes as long as the test wants. */
  async function start(admission = limits): Promise<void> {
    let release: (() => void) | undefined;
    const over = new Promise<void>((resolve) => (release = resolve));
    finish = () => release?.();
    at = await startTestApi({ admission });
    const { listGoals } = at.store;
    Object.assign(at.store, {
      listGoals: async (...asked: Parameters<typeof listGoals>) => {
        await over;
        return listGoals(...asked);
      },
    });
  }

  const ask = (path: string, more: RequestInit = {}) => fetch(`${at.baseUrl}${path}`, more);
  const slow = (count: number, key?: string) =>
    Array.from({ length: count }, () =>
      ask('/v1/goals', key === undefined ? {} : { headers: { authorization: `Bearer ${key}` } }),
    );
  const settle = async (): Promise<void> => {
    for (let no = 0; no < 20; no++) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  test('[API172] what there is no room for is refused with Retry-After, health is not, and afterwards everybody is served', async () => {
    await start();
    const asked = slow(12);
    await settle();
    expect((await ask('/healthz')).status).toBe(200);
    expect((await ask('/readyz')).status).toBe(200);
    const checks = (await (await ask('/v1/doctor')).json()) as { code?: string };
    // The doctor waits like everybody, and its time is over.
    expect(checks.code).toBe('overloaded');
    finish();
    const answers = await Promise.all(asked);
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(3);
    expect(statuses.filter((status) => status === 503).length).toBeGreaterThanOrEqual(2);
    for (const answer of answers.filter(({ status }) => status === 503)) {
      expect(answer.headers.get('retry-after')).toBe('1');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(await answer.json()).toMatchObject({
        code: 'overloaded',
        family: 'temporary',
        retryable: true,
        status: 503,
      });
    }
    expect((await ask('/v1/goals')).status).toBe(200);
    const { items } = (await (await ask('/v1/doctor')).json()) as {
      items: { name: string; ok: boolean; found: string }[];
    };
    const found = items.find(({ name }) => name === 'load');
    expect(found).toMatchObject({ ok: false });
    expect(found?.found).toMatch(/[1-9]\d* refused/);
  });

  test('[API172] who waits is refused when the time for that is over, or the time they have', async () => {
    await start();
    // Of one tenant three are at work.
    const working = slow(3);
    await settle();
    const begun = performance.now();
    const [short, long] = await Promise.all([
      ask('/v1/goals', { headers: { 'x-request-timeout': '50' } }),
      ask('/v1/goals'),
    ]);
    expect([short.status, long.status]).toEqual([503, 503]);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(limits.waitMs - 1);
    finish();
    expect((await Promise.all(working)).map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  test('[API172] who hangs up makes room', async () => {
    await start({ ...limits, atOnce: 1 });
    const { hostname, port } = new URL(at.baseUrl);
    const sockets: Socket[] = [];
    for (let no = 0; no < 4; no++) {
      const socket = connect(Number(port), hostname).on('error', () => undefined);
      socket.write('GET /v1/goals HTTP/1.1\r\nHost: localhost\r\n\r\n');
      sockets.push(socket);
    }
    await settle();
    for (const socket of sockets) socket.destroy();
    await settle();
    expect((await ask('/openapi.json')).status).toBe(200);
    finish();
  });

  test('[API174] a tenant with more than there is room for leaves room for another: that one is served meanwhile', async () => {
    await start();
    for (const tenantId of ['north', 'south']) await at.client.createTenant({ tenantId, owner: 'olga' });
    const of = (tenant: string) => ({ headers: { authorization: `Bearer owner@${tenant}` } });
    // Whose they are is known from then on.
    for (const tenant of ['north', 'south']) expect((await ask('/v1/queue', of(tenant))).status).toBe(200);
    const north = slow(30, 'owner@north');
    await settle();
    for (let no = 0; no < 20; no++) expect((await ask('/v1/queue', of('south'))).status).toBe(200);
    expect((await ask('/v1/queue', of('north'))).status).toBe(503);
    finish();
    const statuses = (await Promise.all(north)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(3);
    expect(statuses.filter((status) => status === 503).length).toBeGreaterThanOrEqual(20);
    expect((await ask('/v1/queue', of('north'))).status).toBe(200);
  });

  test('[API173] costly extras are refused while others wait, before anything else is', async () => {
    await start();
    const working = slow(5);
    await settle();
    const begun = performance.now();
    const answer = await ask('/v1/goals/goal_00000000000000000000000000/explain');
    expect(answer.status).toBe(503);
    expect(((await answer.json()) as { detail: string }).detail).toContain('while others wait');
    expect(performance.now() - begun).toBeLessThan(limits.waitMs);
    finish();
    await Promise.all(working);
  });

  test('[API173] what nobody asked for is left off before anybody is refused, and the doctor says so', async () => {
    const extras = new WatchedExtras();
    await start({ atOnce: 8, waiting: 6, waitMs: 300 });
    await at.close();
    at = await startTestApi({ admission: { atOnce: 8, waiting: 6, waitMs: 300 }, extras });
    const { listGoals } = at.store;
    let release: (() => void) | undefined;
    const over = new Promise<void>((resolve) => (release = resolve));
    Object.assign(at.store, {
      listGoals: async (...asked: Parameters<typeof listGoals>) => (await over, listGoals(...asked)),
    });
    expect(extras.isOff).toBe(false);
    const working = slow(4);
    await settle();
    expect(extras.isOff).toBe(true);
    const { items } = (await (await ask('/v1/doctor')).json()) as {
      items: { name: string; ok: boolean; found: string }[];
    };
    expect(items.find(({ name }) => name === 'load')).toMatchObject({ ok: true });
    expect(items.find(({ name }) => name === 'load')?.found).toContain(
      ' 0 refused since this process began; left off for now:',
    );
    release?.();
    expect((await Promise.all(working)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    await expect.poll(() => extras.isOff, { timeout: 7_000 }).toBe(false);
  });

  test('[API175] an answer that takes longer than whoever asks will wait is not waited for', async () => {
    await start();
    const answer = await ask('/v1/goals', { headers: { 'x-request-timeout': '60' } });
    expect(answer.status).toBe(504);
    expect(await answer.json()).toMatchObject({ code: 'time-over', retryable: true });
    expect((await ask('/v1/queue', { headers: { 'x-request-timeout': '10000' } })).status).toBe(200);
    finish();
  });

  test('[API175] what is read for a request ends with its time and with its connection; what is read for all does not', async () => {
    await start();
    finish();
    const seen: (AbortSignal | undefined)[] = [];
    const { listGoals, findGoal } = at.store;
    const hang = (): Promise<never> => {
      seen.push(askedFor());
      return new Promise(() => undefined);
    };
    Object.assign(at.store, { listGoals: hang, findGoal: hang });
    const goal = '/v1/goals/goal_00000000000000000000000000';
    expect((await ask('/v1/goals', { headers: { 'x-request-timeout': '60' } })).status).toBe(504);
    expect((await ask(goal, { headers: { 'x-request-timeout': '60' } })).status).toBe(504);
    const gone = new AbortController();
    const hung = ask('/v1/goals', { signal: gone.signal });
    while (seen.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(seen.map((signal) => signal?.aborted)).toEqual([true, undefined, false]);
    gone.abort();
    await expect(hung).rejects.toMatchObject({ name: 'AbortError' });
    await settle();
    expect(seen.map((signal) => signal?.aborted)).toEqual([true, undefined, true]);
    Object.assign(at.store, { listGoals, findGoal });
  });

  test('[API176] a database that does not answer is not asked by everybody', async () => {
    await start();
    finish();
    let asked = 0;
    const away = () => {
      asked += 1;
      return Promise.reject(temporary('store-unavailable', 'away', { retryAfterMs: 1_000 }));
    };
    const { listGoals } = at.store;
    Object.assign(at.store, { listGoals: away });
    for (let no = 0; no < 20; no++) {
      const answer = await ask('/v1/goals');
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('1');
    }
    expect(asked).toBe(5);
    Object.assign(at.store, { listGoals });
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    expect((await ask('/v1/goals')).status).toBe(200);
  });

  test('[API176] a bucket that does not answer is not asked by everybody, and the doctor says so', async () => {
    await start();
    finish();
    const { goal } = await at.client.submitGoal({ workflow: 'two-steps', inputs: { topic: 'files' } });
    const [claimed] = await at.claim();
    const stored = await at.putArtifact('kept');
    await at.succeed(claimed!, null, { artifacts: [{ ...stored, name: 'a.txt', mediaType: 'text/plain' }] });
    const path = (await at.client.listArtifacts(goal.goalId))[0]!.href;
    const { artifacts } = at.services;
    const { open } = artifacts;
    let asked = 0;
    const away = () => {
      asked += 1;
      return Promise.reject(temporary('artifact-store-unavailable', 'away', { retryAfterMs: 1_000 }));
    };
    Object.assign(artifacts, { open: away });
    for (let no = 0; no < 20; no++) {
      const answer = await ask(path);
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('1');
    }
    expect(asked).toBe(5);
    const files = async () =>
      (
        (await (await ask('/v1/doctor')).json()) as { items: { name: string; ok: boolean; found: string }[] }
      ).items.find(({ name }) => name === 'files');
    expect(await files()).toMatchObject({ ok: false });
    Object.assign(artifacts, { open });
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    expect((await ask(path)).status).toBe(200);
    expect(await files()).toMatchObject({ ok: true });
  });
});

test('[API172] [API173] what is taken on whatever happens, and what people can do without, is named as it is called', () => {
  const known = new Set(routes.map(({ operation }) => operation));
  for (const names of Object.values(loadClasses)) for (const name of names) expect(known).toContain(name);
});
