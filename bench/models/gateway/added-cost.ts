// R1 and R2: what a server of ours adds to a call, in time and in CPU, beside a peer.
//
// Calls go one after another. A round asks each a number of times; the way without a gateway is measured in the same
// round, so that what the machine does besides falls on both.

import {
  cpuMsDuring,
  interleave,
  median,
  p50,
  type BenchContext,
  type BenchGoal,
  type Measurement,
} from '../../harness/index.ts';
import type { BenchPart } from '../part.ts';
import { openClient, streamBody, wholeBody, type CallTimes, type GatewayClient } from './gateway-client.ts';
import { openGatewaySite, type GatewaySite } from './gateway-site.ts';

const rounds = 12;
/** A program that has just started runs at a fraction of its speed. */
const warmUpMs = 4_000;
const callsPerRound = 150;
const streamsPerRound = 60;
/** As the upstream sends them: a beginning, 64 of text, the end, usage, and the mark. */
const chunksPerStream = 68;
const usPerMs = 1_000;

const oneAfterAnother = 'calls at the same time; TLS; a provider that takes its time';

const goals: readonly BenchGoal[] = [
  {
    id: 'R1',
    title: 'a call that is not streamed, added p50: key, budgets, breaker, metering and record on',
    unit: 'ms',
    bar: 0.8,
    better: 'lower',
    notMeasured: oneAfterAnother,
  },
  {
    id: 'R1-cpu',
    title: 'a call that is not streamed, CPU of the whole server process',
    unit: 'ms',
    bar: 1,
    better: 'lower',
    notMeasured: 'the CPU of the kernel that is not counted to the process, and that of the disk',
  },
  {
    id: 'R2',
    title: 'a stream, added p50 to its first byte',
    unit: 'ms',
    bar: 1.5,
    better: 'lower',
    notMeasured: oneAfterAnother,
  },
  {
    id: 'R2-cpu',
    title: 'a stream of the same wire format: CPU for each chunk, above that of a call that is not streamed',
    unit: 'us',
    bar: 10,
    better: 'lower',
    notMeasured: 'translated streams, and streams whose values are put back',
  },
];

export const addedCost: BenchPart = {
  goals,
  async *run(context) {
    if (!context.wants(...goals.map(({ id }) => id))) return;
    const site = await openGatewaySite(context);
    try {
      for (const measurement of await measure(context, site)) if (context.wants(measurement.id)) yield measurement;
    } finally {
      await site.close();
    }
  },
};

type Name = 'direct' | 'ours' | 'portkey';
const names = ['direct', 'ours', 'portkey'] as const;

interface Round {
  readonly p50Ms: number;
  readonly cpuMs: number;
}

async function measure(context: BenchContext, site: GatewaySite): Promise<readonly Measurement[]> {
  const whole = await runRounds(context, site, { body: wholeBody, calls: callsPerRound, of: ({ wholeMs }) => wholeMs });
  describe(context, 'not streamed, whole answer', whole);
  const stream = await runRounds(context, site, {
    body: streamBody,
    calls: streamsPerRound,
    of: ({ firstByteMs }) => firstByteMs,
  });
  describe(context, 'streamed, first byte', stream);
  const perChunk = (cpuOf(stream.ours) - cpuOf(whole.ours)) / chunksPerStream;
  return [
    { id: 'R1', measured: addedMs(whole, 'ours') },
    { id: 'R1-cpu', measured: cpuOf(whole.ours) },
    { id: 'R2', measured: addedMs(stream, 'ours') },
    { id: 'R2-cpu', measured: perChunk * usPerMs },
  ];
}

type Rounds = Readonly<Record<Name, readonly Round[]>>;

interface Calls {
  readonly body: string;
  readonly calls: number;
  readonly of: (times: CallTimes) => number;
}

async function runRounds(context: BenchContext, site: GatewaySite, asked: Calls): Promise<Rounds> {
  const clients = {
    direct: await openClient(context, site.direct, 1),
    ours: await openClient(context, site.ours, 1),
    portkey: await openClient(context, site.portkey, 1),
  };
  try {
    for (const name of names) await warmUp(clients[name], asked.body);
    const measured: Record<Name, Round[]> = { direct: [], ours: [], portkey: [] };
    const contender = (name: Name) => async () => {
      const round = await runRound(clients[name], asked);
      measured[name].push(round);
      return round.p50Ms;
    };
    await interleave(rounds, {
      direct: contender('direct'),
      ours: contender('ours'),
      portkey: contender('portkey'),
    });
    return measured;
  } finally {
    for (const name of names) await clients[name].close();
  }
}

async function warmUp(client: GatewayClient, body: string): Promise<void> {
  const until = performance.now() + warmUpMs;
  while (performance.now() < until) await client.call(body);
}

async function runRound(client: GatewayClient, { body, calls, of }: Calls): Promise<Round> {
  const times: number[] = [];
  const cpuMs = await cpuMsDuring(client.target.processId, async () => {
    for (let call = 0; call < calls; call++) times.push(of(await client.call(body)));
  });
  return { p50Ms: p50(times), cpuMs: cpuMs / calls };
}

function addedMs(rounds: Rounds, name: 'ours' | 'portkey'): number {
  return median(addedByRound(rounds, name));
}

function addedByRound({ direct, ...gateways }: Rounds, name: 'ours' | 'portkey'): readonly number[] {
  return gateways[name].map(({ p50Ms }, round) => p50Ms - (direct[round]?.p50Ms ?? 0));
}

/** Over all rounds: the kernel counts in hundredths of a second, too coarse for one. */
function cpuOf(rounds: readonly Round[]): number {
  return rounds.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / rounds.length;
}

function describe(context: BenchContext, what: string, rounds: Rounds): void {
  const directMs = median(rounds.direct.map(({ p50Ms }) => p50Ms));
  context.note(`${what}, p50: ${directMs.toFixed(3)} ms without a gateway`);
  for (const name of ['ours', 'portkey'] as const) {
    const best = Math.min(...addedByRound(rounds, name));
    context.note(
      `  ${name}: added ${addedMs(rounds, name).toFixed(3)} ms (best round ${best.toFixed(3)}), ` +
        `CPU ${cpuOf(rounds[name]).toFixed(3)} ms a call`,
    );
  }
}
