// What a process is asked for, beside what it can do, for `chorale doctor`.
import type { LoadReading } from '@chorale/adapter-telemetry';
import type { ApiContext } from './route.ts';
import type { DoctorCheck } from './services.ts';

/** Once, to whoever acts on it or sends it on. */
export function tellLoad(context: Watched & Pick<ApiContext, 'services'>): void {
  const { services, load } = context;
  services.extras?.watch(load.isShort);
  services.watchLoad?.(() => readLoad(context));
}

function readLoad({ load, storeGuard, artifactGuard }: Watched): LoadReading {
  const { atWork, waiting, outcomes } = load.state();
  const { awayMs, refused } = artifactGuard.state;
  const database = { name: 'database', isOpen: storeGuard.opensAfterMs > 0 };
  return { atWork, waiting, outcomes, services: [database, { name: 'files', isOpen: awayMs > 0, refused }] };
}

type Watched = Pick<ApiContext, 'load' | 'storeGuard' | 'artifactGuard'>;

/** Refusals so long ago are of no interest any more. */
const recentMs = 60_000;
const leftOff = 'trying models out, learning from outcomes, searching memory by meaning, spans of calls that went well';

export function describeLoad({ load, storeGuard, artifactGuard }: Watched): readonly DoctorCheck[] {
  const { atWork, waiting, admitted, refused, tenants, refusedAt } = load.state();
  const files = artifactGuard.state;
  const extras = load.isShort() ? `; left off for now: ${leftOff}` : '';
  const isRefusing = refusedAt !== undefined && performance.now() - refusedAt < recentMs;
  const checks: DoctorCheck[] = [
    {
      name: 'load',
      ok: !isRefusing,
      optional: true,
      found: `${atWork} requests at work, ${waiting} of ${tenants} tenants waiting; ${admitted} taken on and ${refused} refused since this process began${extras}`,
      ...(isRefusing ? { fix: 'chorale serve --processes 0 (one for each core), or a further machine' } : {}),
    },
  ];
  if (storeGuard.opensAfterMs > 0)
    checks.push({
      name: 'database-guard',
      ok: false,
      optional: true,
      found: 'the database does not answer; requests are told so at once',
    });
  checks.push({
    name: 'files',
    ok: files.awayMs === 0,
    optional: true,
    found: `${files.awayMs > 0 ? 'the store of files does not answer; requests are told so at once; ' : ''}${files.underWay} files being opened, ${files.waiting} waiting; ${files.refused} refused since this process began`,
    ...(files.awayMs > 0 ? { fix: 'start the store of files, or check its address (--artifacts)' } : {}),
  });
  return checks;
}
