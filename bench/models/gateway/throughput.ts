// R3: many calls at once, beside a peer, and what memory a server of ours takes for them and keeps.

import { readFile } from 'node:fs/promises';
import { interleave, median, type BenchContext, type BenchGoal, type Measurement } from '../../harness/index.ts';
import type { BenchPart } from '../part.ts';
import { openClient, wholeBody, type GatewayClient } from './gateway-client.ts';
import { openGatewaySite, type GatewaySite, type Target } from './gateway-site.ts';
import { slopePerMinute } from './slope.ts';

const connections = 64;
const rounds = 5;
const roundMs = 4_000;
const warmUpMs = 3_000;
const sampleMs = 1_000;
const mebibyte = 1_024;
/** 30 are the goal; as many as a bench may take are run unless more are asked for. */
const soakMinutes = Number(process.env['CHORALE_BENCH_SOAK_MINUTES'] ?? 1);

const oneMachine = 'more than one machine: client, gateway and upstream share its cores';

const goals: readonly BenchGoal[] = [
  {
    id: 'R3',
    title: `calls that are not streamed at ${connections} connections, times Portkey`,
    unit: 'x',
    bar: 5,
    better: 'higher',
    notMeasured: oneMachine,
  },
  {
    id: 'R3-refused',
    title: 'answers of ours that were not 200, of all of these',
    unit: 'answers',
    bar: 0,
    better: 'lower',
    notMeasured: 'an upstream that fails: R4 does',
  },
  {
    id: 'R3-memory',
    title: `memory of the whole server process with ${connections} connections, highest seen`,
    unit: 'MiB',
    bar: 150,
    better: 'lower',
    notMeasured: 'large bodies',
  },
  {
    id: 'R3-soak',
    title: `growth of its memory under that load, over the last two thirds of ${soakMinutes} min`,
    unit: 'MiB/min',
    bar: 1,
    better: 'lower',
    notMeasured: 'the 30 minutes of the goal, unless CHORALE_BENCH_SOAK_MINUTES says 30: a heap settles in minutes',
  },
];

export const throughput: BenchPart = {
  goals,
  async *run(context) {
    if (!context.wants(...goals.map(({ id }) => id))) return;
    const site = await openGatewaySite(context);
    try {
      if (context.wants('R3', 'R3-refused', 'R3-memory')) yield* compare(context, site);
      if (context.wants('R3-soak')) yield { id: 'R3-soak', measured: await soak(context, site) };
    } finally {
      await site.close();
    }
  },
};

interface Counted {
  readonly perSecond: number;
  readonly refused: number;
}

async function keepBusy(client: GatewayClient, forMs: number): Promise<Counted> {
  const begun = performance.now();
  let answered = 0;
  let refused = 0;
  const one = async (): Promise<void> => {
    while (performance.now() - begun < forMs) {
      if ((await client.status(wholeBody)) === 200) answered++;
      else refused++;
    }
  };
  await Promise.all(Array.from({ length: connections }, one));
  return { perSecond: (answered / (performance.now() - begun)) * 1_000, refused };
}

async function* compare(context: BenchContext, site: GatewaySite): AsyncGenerator<Measurement> {
  let refused = 0;
  let memoryMib = 0;
  const measured = await withClients(context, site, async (clients) => {
    for (const client of Object.values(clients)) await keepBusy(client, warmUpMs);
    const contender = (client: GatewayClient) => async () => {
      const counted = await keepBusy(client, roundMs);
      if (client === clients.ours) {
        refused += counted.refused;
        memoryMib = Math.max(memoryMib, await readMemoryMib(site.ours));
      }
      return counted.perSecond;
    };
    return interleave(rounds, {
      direct: contender(clients.direct),
      ours: contender(clients.ours),
      portkey: contender(clients.portkey),
    });
  });
  for (const [name, rates] of Object.entries(measured))
    context.note(`${name}: ${median(rates).toFixed(0)} calls/s (best round ${Math.max(...rates).toFixed(0)})`);
  context.note(
    `memory: ours ${memoryMib.toFixed(0)} MiB, Portkey ${(await readMemoryMib(site.portkey)).toFixed(0)} MiB`,
  );
  yield { id: 'R3', measured: median(measured.ours) / median(measured.portkey) };
  yield { id: 'R3-refused', measured: refused };
  yield { id: 'R3-memory', measured: memoryMib };
}

interface Clients {
  readonly direct: GatewayClient;
  readonly ours: GatewayClient;
  readonly portkey: GatewayClient;
}

async function withClients<Result>(
  context: BenchContext,
  site: GatewaySite,
  work: (clients: Clients) => Promise<Result>,
): Promise<Result> {
  const open = (target: Target): Promise<GatewayClient> => openClient(context, target, connections);
  const clients = { direct: await open(site.direct), ours: await open(site.ours), portkey: await open(site.portkey) };
  try {
    return await work(clients);
  } finally {
    for (const client of Object.values(clients)) await client.close();
  }
}

async function soak(context: BenchContext, site: GatewaySite): Promise<number> {
  const forMs = soakMinutes * 60_000;
  const samples: { minute: number; mib: number }[] = [];
  const client = await openClient(context, site.ours, connections);
  const begun = performance.now();
  const sampling = setInterval(() => {
    void readMemoryMib(site.ours).then((mib) => samples.push({ minute: (performance.now() - begun) / 60_000, mib }));
  }, sampleMs);
  try {
    const { perSecond } = await keepBusy(client, forMs);
    const [first, last] = [samples[0]?.mib ?? 0, samples.at(-1)?.mib ?? 0];
    context.note(
      `soak: ${soakMinutes} min at ${perSecond.toFixed(0)} calls/s, from ${first.toFixed(0)} to ${last.toFixed(0)} MiB`,
    );
  } finally {
    clearInterval(sampling);
    await client.close();
  }
  return slopePerMinute(samples.filter(({ minute }) => minute >= soakMinutes / 3));
}

async function readMemoryMib({ processId }: Target): Promise<number> {
  const status = await readFile(`/proc/${processId}/status`, 'utf8');
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kibibytes === undefined) throw new Error(`process ${processId} does not say how much memory it has.`);
  return Number(kibibytes) / mebibyte;
}
