import { describe, expect, test } from 'vitest';
import { Admission, type LoadClass } from './admission.ts';
import { createCircuitBreaker } from './circuit-breaker.ts';

function open(limits = { atOnce: 4, waiting: 8, waitMs: 1_000 }) {
  const clock = { now: 0 };
  const admission = new Admission(limits, () => clock.now);
  const told: string[] = [];
  let no = 0;
  const ask = (tenant: string, load: LoadClass = 'read', waitMs?: number) => {
    const name = `${tenant}${++no}`;
    const leave = admission.enter({
      tenant,
      load,
      ...(waitMs === undefined ? {} : { waitMs }),
      begin: () => told.push(`begin ${name}`),
      refuse: (why) => told.push(`${why} ${name}`),
    });
    return { name, leave };
  };
  const hear = (): readonly string[] => told.splice(0);
  return { admission, clock, ask, hear };
}

describe('admission', () => {
  test('[AD1] so many are at work and no more, and of one tenant three quarters of them', () => {
    const { admission, ask, hear } = open();
    for (let no = 0; no < 4; no++) ask('a');
    expect(hear()).toEqual(['begin a1', 'begin a2', 'begin a3']);
    ask('b');
    expect(hear()).toEqual(['begin b5']);
    ask('b');
    expect(hear()).toEqual([]);
    expect(admission.state).toMatchObject({ atWork: 4, waiting: 2, tenants: 2 });
  });

  test('[AD2] where the line is full, who has more than an equal share of it gives way', () => {
    const { ask, hear } = open({ atOnce: 1, waiting: 4, waitMs: 1_000 });
    for (let no = 0; no < 6; no++) ask('a');
    expect(hear()).toEqual(['begin a1', 'full a6']);
    ask('b');
    expect(hear()).toEqual(['full a5']);
    ask('b');
    expect(hear()).toEqual(['full a4']);
    ask('b');
    expect(hear()).toEqual(['full b9']);
  });

  test('[AD2] what reads gives way before what changes', () => {
    const { ask, hear } = open({ atOnce: 1, waiting: 2, waitMs: 1_000 });
    ask('a');
    ask('a', 'read');
    ask('a', 'change');
    ask('a', 'change');
    expect(hear()).toEqual(['begin a1', 'full a2']);
    ask('a', 'read');
    ask('a', 'change');
    expect(hear()).toEqual(['full a5', 'full a6']);
  });

  test('[AD2] none waits longer than it may, or than it has time', () => {
    const { admission, clock, ask, hear } = open({ atOnce: 1, waiting: 8, waitMs: 1_000 });
    ask('a');
    ask('a', 'read');
    clock.now = 100;
    ask('b', 'change', 200);
    hear();
    admission.sweep();
    expect(hear()).toEqual([]);
    clock.now = 300;
    admission.sweep();
    expect(hear()).toEqual(['late b3']);
    clock.now = 1_000;
    admission.sweep();
    expect(hear()).toEqual(['late a2']);
    expect(admission.state).toMatchObject({ atWork: 1, waiting: 0, refused: 2, refusedAt: 1_000 });
  });

  test('[AD3] tenants take turns; of one, what changes goes before what reads', () => {
    const { ask, hear } = open({ atOnce: 1, waiting: 20, waitMs: 1_000 });
    let { leave } = ask('a');
    const all = [ask('a'), ask('a'), ask('a', 'change'), ask('b'), ask('b'), ask('c')];
    hear();
    const order: string[] = [];
    for (let no = 0; no < all.length; no++) {
      leave();
      const [begun = ''] = hear();
      order.push(begun.replace('begin ', ''));
      leave = all.find(({ name }) => name === order.at(-1))!.leave;
    }
    expect(order).toEqual(['a4', 'b5', 'c7', 'a2', 'b6', 'a3']);
  });

  test('[AD4] what is costly is refused as soon as somebody would wait', () => {
    const { ask, hear } = open({ atOnce: 1, waiting: 8, waitMs: 1_000 });
    const { leave } = ask('a', 'costly');
    ask('a', 'costly');
    expect(hear()).toEqual(['begin a1', 'costly a2']);
    leave();
    ask('a', 'costly');
    expect(hear()).toEqual(['begin a3']);
  });

  test('[AD5] who leaves makes room, once, and is told nothing any more', () => {
    const { admission, ask, hear } = open({ atOnce: 1, waiting: 8, waitMs: 1_000 });
    const first = ask('a');
    const second = ask('b');
    ask('c');
    hear();
    second.leave();
    second.leave();
    first.leave();
    first.leave();
    expect(hear()).toEqual(['begin c3']);
    expect(admission.state).toMatchObject({ atWork: 1, waiting: 0 });
  });

  test('[AD1] [AD2] whatever comes and goes, the bounds hold, and in the end nothing is left', () => {
    let seed = 7;
    const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
    const { admission, clock, ask, hear } = open({ atOnce: 5, waiting: 9, waitMs: 50 });
    let present: ReturnType<typeof ask>[] = [];
    for (let step = 0; step < 5_000; step++) {
      if (random(3) > 0) present.push(ask('abcd'[random(4)]!, (['read', 'change', 'costly'] as const)[random(3)]));
      else if (present.length > 0) present.splice(random(present.length), 1)[0]!.leave();
      clock.now += random(4);
      admission.sweep();
      const { atWork, waiting } = admission.state;
      expect(atWork).toBeLessThanOrEqual(5);
      expect(waiting).toBeLessThanOrEqual(9);
    }
    for (const { leave } of present) leave();
    present = [];
    const { admitted, refused } = admission.state;
    const said = hear();
    expect(said.filter((line) => line.startsWith('begin'))).toHaveLength(admitted);
    expect(said.filter((line) => !line.startsWith('begin'))).toHaveLength(refused);
    expect(admission.state).toMatchObject({ atWork: 0, waiting: 0, tenants: 0 });
  });
});

test('[AD6] there is no time for extras from when half of the places are taken until a moment after, and nobody was refused', () => {
  const clock = { now: 0 };
  const admission = new Admission({ atOnce: 8, waiting: 8, waitMs: 100 }, () => clock.now);
  const enter = () =>
    admission.enter({ tenant: 'north', load: 'read', begin: () => undefined, refuse: () => undefined });
  const left = [enter(), enter(), enter()];
  expect(admission.isShort).toBe(false);
  left.push(enter());
  expect(admission.isShort).toBe(true);
  expect(admission.state.refused).toBe(0);
  for (const leave of left) leave();
  clock.now = 4_999;
  expect(admission.isShort).toBe(true);
  clock.now = 5_000;
  expect(admission.isShort).toBe(false);
});

test('[CB1] [CB2] a breaker lets nobody through after failures in a row, then one, and all again when that went well', () => {
  const clock = { now: 0 };
  const breaker = createCircuitBreaker({ failuresMax: 3, openMs: 100, now: () => clock.now });
  for (let no = 0; no < 3; no++) {
    expect(breaker.allows()).toBe(true);
    breaker.failed();
  }
  expect(breaker.allows()).toBe(false);
  expect(breaker.opensAfterMs).toBe(100);
  clock.now = 100;
  expect([breaker.allows(), breaker.allows()]).toEqual([true, false]);
  breaker.failed();
  clock.now = 150;
  expect(breaker.allows()).toBe(false);
  clock.now = 200;
  expect(breaker.allows()).toBe(true);
  breaker.succeeded();
  expect([breaker.allows(), breaker.allows(), breaker.opensAfterMs]).toEqual([true, true, 0]);
});
