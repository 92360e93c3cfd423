// Three times the load that lists hold: what is answered meanwhile, what the refusals say, and how soon it is over.

import type { BenchContext, Measurement } from '../../harness/index.ts';
import { load, requestText, say, type LoadResult } from './load.ts';
import { sliceMs } from './load-counts.ts';
import type { Served } from './servers.ts';

const connections = 2_500;
const peakConnections = 64;
const seconds = 6;
const times = 3;
/** The load before and after: far from what it holds. */
const calmShare = 0.4;

export async function* measureOverload(context: BenchContext, served: Served): AsyncIterable<Measurement> {
  const order = {
    port: served.port,
    requests: [requestText({ method: 'GET', path: '/v1/goals?limit=20', key: served.key })],
  };
  const [, peak] = await load({ ...order, connections: peakConnections, phases: [{ seconds: 2 }, { seconds }] });
  say(context, 'overload: the peak, in a closed loop', peak!);
  const calm = { rate: peak!.perSecond * calmShare, seconds };
  const phases = [calm, { rate: peak!.perSecond * times, seconds }, calm];
  const [before, during, after] = await load({ ...order, connections, phases });
  say(context, 'overload: before', before!);
  say(context, `overload: ${Math.round(peak!.perSecond * times)}/s asked`, during!);
  say(context, 'overload: after', after!);
  const wrong = Object.entries(during!.statuses)
    .filter(([status]) => Number(status) >= 400 && status !== '429' && status !== '503')
    .reduce((sum, [, count]) => sum + count, 0);
  yield { id: 'H4i', measured: during!.perSecond / peak!.perSecond };
  yield { id: 'H4j', measured: wrong + during!.withoutWhen + during!.failed };
  yield { id: 'H4k', measured: secondsUntilCalm(before!, after!) };
}

/** From the end of the load until a slice, and all after it, has no refusal and no answer slower than before by much. */
function secondsUntilCalm(before: LoadResult, after: LoadResult): number {
  const slowMs = Math.max(100, 5 * before.p99);
  const last = after.slices.findLastIndex(({ ok, others, msMax }) => others > 0 || ok === 0 || msMax > slowMs);
  return ((last + 1) * sliceMs) / 1_000;
}
