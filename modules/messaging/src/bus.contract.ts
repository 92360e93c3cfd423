// What every Bus must do. Call it with a way to open buses that reach each other, as many processes would have them.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Json } from '@chorale/module-goals';
import { busBodyLengthMax, type Bus } from './bus.ts';
import { makeRoutingKey } from './routing-key.ts';

export interface OpenedBuses {
  /** At least two; they may be one where there is only one process. */
  readonly buses: readonly [Bus, Bus];
  /** What handlers threw, and the like. */
  readonly errors: readonly unknown[];
  close(): Promise<void>;
}

type Current = () => OpenedBuses;

export function describeBus(name: string, open: () => Promise<OpenedBuses>): void {
  describe(`bus on ${name}`, () => {
    let opened: OpenedBuses;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());
    describeMessages(() => opened);
    describeRequests(() => opened);
  });
}

function describeMessages(current: Current): void {
  test('[BU1] a message reaches every subscription that its key fits, here and elsewhere', async () => {
    const { buses } = current();
    const [here, there] = buses;
    const exact = await collect(there, 'north.goal_1.7.wake');
    const anyGoal = await collect(there, 'north.*.*.wake');
    const rest = await collect(here, 'north.#');
    const other = await collect(there, 'south.#');
    await here.publish(makeRoutingKey({ tenantId: 'north', goalId: 'goal_1', task: '7', kind: 'wake' }), { n: 1 });
    await there.publish(makeRoutingKey({ tenantId: 'north', kind: 'cancel' }), 'two');
    await here.publish('south.-.-.last', 3);
    expect(await other.next(1)).toEqual([{ key: 'south.-.-.last', body: 3 }]);
    expect(await rest.next(2)).toEqual([
      { key: 'north.goal_1.7.wake', body: { n: 1 } },
      { key: 'north.-.-.cancel', body: 'two' },
    ]);
    expect(await exact.next(1)).toEqual([{ key: 'north.goal_1.7.wake', body: { n: 1 } }]);
    expect(await anyGoal.next(1)).toEqual([{ key: 'north.goal_1.7.wake', body: { n: 1 } }]);
  });

  test('[BU1] of those who share a name one gets each message', async () => {
    const [here, there] = current().buses;
    const got: Json[] = [];
    const all = until(() => got.length === 20);
    const handle = ({ body }: { readonly body: Json }): void => {
      got.push(body);
      all.check();
    };
    await here.subscribe({ pattern: 'a.*.*.shared', shared: 'crew', handle });
    await there.subscribe({ pattern: 'a.*.*.shared', shared: 'crew', handle });
    await Promise.all(Array.from({ length: 20 }, (_, n) => here.publish('a.b.c.shared', n)));
    await all.done;
    expect(got.map(Number).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });

  test('[BU2] a handler has as many messages in hand as it asked for, and its failure keeps nothing back', async () => {
    const opened = current();
    const [here, there] = opened.buses;
    let [inHand, most, seen] = [0, 0, 0];
    const all = until(() => seen === 12);
    await there.subscribe({
      pattern: 'x.x.x.slow',
      inHandMax: 3,
      async handle({ body }) {
        inHand += 1;
        most = Math.max(most, inHand);
        await Promise.resolve();
        inHand -= 1;
        seen += 1;
        all.check();
        if (body === 5) throw new Error('five');
      },
    });
    await Promise.all(Array.from({ length: 12 }, (_, n) => here.publish('x.x.x.slow', n)));
    await all.done;
    expect(most).toBeLessThanOrEqual(3);
    expect(opened.errors.map((error) => (error as Error).message)).toEqual(['five']);
  });

  test('[BU3] what is urgent overtakes what waits', async () => {
    const [here, there] = current().buses;
    const got: Json[] = [];
    const open = until(() => got.length > 0);
    const all = until(() => got.length === 4);
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    await there.subscribe({
      pattern: 'x.x.x.order',
      inHandMax: 1,
      shared: 'order',
      async handle({ body }) {
        got.push(body);
        open.check();
        all.check();
        if (body === 'first') await held;
      },
    });
    await here.publish('x.x.x.order', 'first');
    await open.done;
    await here.publish('x.x.x.order', 'low');
    await here.publish('x.x.x.order', 'low too');
    await here.publish('x.x.x.order', 'urgent', { priority: 5 });
    letGo();
    await all.done;
    expect(got).toEqual(['first', 'urgent', 'low', 'low too']);
  });

  test('[BU5] a subscription that is ended gets nothing more', async () => {
    const [here, there] = current().buses;
    const got: Json[] = [];
    const end = await there.subscribe({ pattern: 'x.x.x.end', handle: ({ body }) => void got.push(body) });
    await end();
    const after = await collect(there, 'x.x.x.end');
    await here.publish('x.x.x.end', 1);
    await after.next(1);
    expect(got).toEqual([]);
  });

  test('[BU6] what is no word, and a body that is too long, are refused', async () => {
    const [here] = current().buses;
    for (const wrong of ['a.b', '', '#', 'x'.repeat(101)])
      expect(() => makeRoutingKey({ tenantId: wrong, kind: 'k' })).toThrow(/is no word of a key/);
    await expect(here.publish('x.x.x.long', 'x'.repeat(busBodyLengthMax))).rejects.toMatchObject({
      code: 'bus-body-too-long',
    });
  });
}

function describeRequests(current: Current): void {
  test('[BU4] a question is answered by one who serves its name', async () => {
    const [here, there] = current().buses;
    let asked = 0;
    const answer = (question: Json): Json => {
      asked += 1;
      return { question, answer: asked };
    };
    await there.serve('double', answer);
    await here.serve('double', answer);
    expect(await here.request('double', { n: 21 }, { timeoutMs: 10_000 })).toEqual({ question: { n: 21 }, answer: 1 });
    const many = await Promise.all(
      Array.from({ length: 30 }, (_, n) => here.request('double', n, { timeoutMs: 10_000 })),
    );
    expect(many.map((one) => (one as { readonly question: Json }).question)).toEqual([...many.keys()]);
    expect(asked).toBe(31);
  });

  test('[BU4] what the answering side throws is thrown to who asked', async () => {
    const [here, there] = current().buses;
    await there.serve('fail', () => {
      throw Object.assign(new Error('no such thing'), { code: 'thing-not-found' });
    });
    await expect(here.request('fail', 1, { timeoutMs: 10_000 })).rejects.toThrow('no such thing');
  });

  test('[BU4] silence ends as a timeout', async () => {
    const [here, there] = current().buses;
    await expect(here.request('nobody', 1, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'bus-timeout' });
    const end = await there.serve('somebody', () => 1);
    expect(await here.request('somebody', 1, { timeoutMs: 10_000 })).toBe(1);
    await end();
    await expect(here.request('somebody', 1, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'bus-timeout' });
  });
}

async function collect(
  bus: Bus,
  pattern: string,
): Promise<{ readonly next: (count: number) => Promise<readonly unknown[]> }> {
  const got: unknown[] = [];
  const waiting: { check(): void }[] = [];
  await bus.subscribe({
    pattern,
    handle(message) {
      got.push({ ...message });
      for (const one of waiting) one.check();
    },
  });
  return {
    async next(count) {
      const enough = until(() => got.length >= count);
      waiting.push(enough);
      enough.check();
      await enough.done;
      return got.splice(0, count);
    },
  };
}

function until(condition: () => boolean): { readonly done: Promise<void>; check(): void } {
  let resolve: () => void = () => undefined;
  const done = new Promise<void>((settle) => (resolve = settle));
  return {
    done,
    check() {
      if (condition()) resolve();
    },
  };
}
