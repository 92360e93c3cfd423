// Troubles. Each is over when it resolves, but for what a killed process takes to start again.

import { setTimeout as wait } from 'node:timers/promises';
import type { CutProxy } from '../cluster/cut-proxy.ts';
import type { SeededRandom } from '../simulation/kernel/seeded-random.ts';
import type { KeptProcess } from './kept-process.ts';
import type { ChaosServices } from './services.ts';
import type { Site } from './site.ts';

interface Place {
  readonly site: Site;
  readonly random: SeededRandom;
  readonly leaseMs: number;
  /** Of a trouble whose length nothing else says. */
  readonly shortMs: number;
}

interface Kind {
  readonly weight: number;
  /** Only where the broker is nobody else's. */
  readonly ownBroker?: boolean;
  /** False when whom it was to hit only starts, or has nothing in hand: to hit it shows nothing. */
  make(place: Place): Promise<boolean>;
}

const kinds = {
  'a worker is killed': { weight: 4, make: (place) => whenBusy(place, (worker) => worker.kill()) },
  'all workers are killed': {
    weight: 1,
    make: (place) => whenBusy(place, () => Promise.all(place.site.workers.map((worker) => worker.kill()))),
  },
  'a worker is stopped past its lease': {
    weight: 2,
    make: (place) => whenBusy(place, (worker) => stopPastLease(worker, place)),
  },
  'a scheduler is killed': { weight: 1, make: (place) => whenReady(place.site.schedulers, place, (one) => one.kill()) },
  'a scheduler is stopped past a lease': {
    weight: 1,
    make: (place) => whenReady(place.site.schedulers, place, (one) => stopPastLease(one, place)),
  },
  'the clock of a process is set': {
    weight: 1,
    make: (place) =>
      whenReady([...place.site.workers, ...place.site.schedulers], place, async (one) =>
        one.shiftClock(place.random.pick(clockShiftsMs)),
      ),
  },
  'the API is killed': { weight: 1, make: (place) => whenReady([place.site.api], place, (api) => api.kill()) },
  'the API is stopped past a lease': {
    weight: 1,
    make: (place) => whenReady([place.site.api], place, (api) => stopPastLease(api, place)),
  },
  'connections to the database are cut': { weight: 1, make: (place) => cut(place, 'database') },
  'connections to the database are torn': { weight: 2, make: (place) => tear(place, 'database') },
  'the database is slow': { weight: 1, make: (place) => slow(place, 'database') },
  'the database says nothing': { weight: 1, make: (place) => hold(place, 'database') },
  'the database is restarted': { weight: 1, make: ({ site }) => done(site.services.restartDatabase()) },
  'the database is killed': {
    weight: 1,
    async make({ site: { services } }) {
      await services.killDatabase();
      return done(services.startDatabase());
    },
  },
  'connections to the broker are cut': { weight: 1, make: (place) => cut(place, 'broker') },
  'connections to the broker are torn': { weight: 1, make: (place) => tear(place, 'broker') },
  'the broker is slow': { weight: 1, make: (place) => slow(place, 'broker') },
  'the broker is killed': { weight: 1, ownBroker: true, make: ({ site }) => done(site.services.restartBroker()) },
  'connections to the cache are cut': { weight: 1, make: (place) => cut(place, 'cache') },
  'the cache says nothing': { weight: 1, make: (place) => hold(place, 'cache') },
  'the cache is killed': { weight: 1, make: ({ site }) => done(site.services.restartCache()) },
} as const satisfies Readonly<Record<string, Kind>>;

export type Trouble = keyof typeof kinds;

/** Of the kinds that are named, or all: each once, in any order, before any comes again. */
export class TroubleMaker {
  readonly #site: Site;
  readonly #random: SeededRandom;
  readonly #leaseMs: number;
  readonly #weights: { readonly [K in Trouble]?: number };
  readonly #first: Trouble[];

  constructor(site: Site, random: SeededRandom, { leaseMs, only }: TroubleOptions) {
    this.#site = site;
    this.#random = random;
    this.#leaseMs = leaseMs;
    const known = Object.entries(kinds as Readonly<Record<string, Kind>>) as [Trouble, Kind][];
    const chosen = known.filter(
      ([trouble, { ownBroker = false }]) =>
        (only?.includes(trouble) ?? true) && (!ownBroker || site.services.ownsBroker),
    );
    this.#weights = Object.fromEntries(chosen.map(([trouble, { weight }]) => [trouble, weight]));
    const order = chosen.map(([trouble]) => ({ trouble, at: random.next() }));
    this.#first = order.toSorted((a, b) => a.at - b.at).map(({ trouble }) => trouble);
  }

  /** Undefined when there was nobody to hit. */
  async makeNext(): Promise<Trouble | undefined> {
    const trouble = this.#first.shift() ?? this.#random.weighted<Trouble>(this.#weights as Record<Trouble, number>);
    const place = { site: this.#site, random: this.#random, leaseMs: this.#leaseMs };
    const kind: Kind = kinds[trouble];
    if (await kind.make({ ...place, shortMs: this.#random.integer(100, shortMsMax) })) return trouble;
    this.#first.push(trouble);
    return undefined;
  }
}

export interface TroubleOptions {
  readonly leaseMs: number;
  readonly only?: readonly Trouble[];
}

const clockShiftsMs = [-2_000, 2_000];
const shortMsMax = 1_500;
/** Until somebody whom a trouble is to hit is there, and has something in hand. */
const thereWithinMs = 3_000;
const lookMs = 10;

/** `act` is called before anything else happens: what the worker has in hand is cut off for certain. */
function whenBusy({ site, random }: Place, act: (worker: KeptProcess) => Promise<unknown>): Promise<boolean> {
  return whenThere(() => {
    const busy = site.workers.filter(({ isReady, name }) => isReady && site.ledger.underWay(name).length > 0);
    return busy.length === 0 ? undefined : act(random.pick(busy));
  });
}

function whenReady<Kept extends { readonly isReady: boolean }>(
  all: readonly Kept[],
  { random }: Place,
  act: (one: Kept) => Promise<unknown>,
): Promise<boolean> {
  return whenThere(() => {
    const ready = all.filter(({ isReady }) => isReady);
    return ready.length === 0 ? undefined : act(random.pick(ready));
  });
}

async function whenThere(find: () => Promise<unknown> | undefined): Promise<boolean> {
  const until = performance.now() + thereWithinMs;
  while (performance.now() < until) {
    const acting = find();
    if (acting !== undefined) return done(acting);
    await wait(lookMs);
  }
  return false;
}

interface Stoppable {
  stop(): void;
  resume(): void;
}

async function stopPastLease(one: Stoppable, { leaseMs, shortMs }: Place): Promise<void> {
  one.stop();
  await wait(leaseMs + shortMs);
  one.resume();
}

type Relay = keyof ChaosServices['relays'];

function cut(place: Place, relay: Relay): Promise<boolean> {
  return during(place, relay, { begin: (proxy) => proxy.cut(), end: (proxy) => proxy.mend() });
}

function slow(place: Place, relay: Relay): Promise<boolean> {
  const delayMs = place.random.integer(5, 200);
  return during(place, relay, { begin: (proxy) => proxy.delay(delayMs), end: (proxy) => proxy.delay(0) });
}

function hold(place: Place, relay: Relay): Promise<boolean> {
  return during(place, relay, { begin: (proxy) => proxy.hold(), end: (proxy) => proxy.release() });
}

async function tear({ site }: Place, relay: Relay): Promise<boolean> {
  site.services.relays[relay].tear();
  return true;
}

async function during(
  { site, shortMs }: Place,
  relay: Relay,
  { begin, end }: { begin(proxy: CutProxy): void; end(proxy: CutProxy): void },
): Promise<boolean> {
  const proxy = site.services.relays[relay];
  begin(proxy);
  await wait(shortMs);
  end(proxy);
  return true;
}

async function done(work: Promise<unknown>): Promise<true> {
  await work;
  return true;
}
