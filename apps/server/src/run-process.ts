// One server process from its configuration to its end.

import cluster from 'node:cluster';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { greet } from './access/greet.ts';
import type { EffectiveConfig } from './config/load-config.ts';
import { openPlatform } from './platform/open-platform.ts';
import { productVersion } from './platform/product.ts';
import { watchForEnd, type EndRequests } from './process/ask-to-end.ts';
import { systemClock } from './process/clock.ts';
import { processNo, runProcesses, saysThatItServes } from './process/run-processes.ts';
import { openLog, type Log } from './process/log.ts';
import { superviseServices } from './process/service.ts';
import { ReviewService } from './review/review-service.ts';
import { Redactors } from './secrets/redactors.ts';
import type { ReviewFlags } from './review/review-flags.ts';
import type { ReviewRequest } from './review/submit-review.ts';

/** At a terminal nobody waits long after Ctrl-C: the tasks of a review lose nothing when they are handed back. */
const reviewDrainMsMax = 3_000;

export async function runProcess(config: EffectiveConfig, flags?: ReviewFlags): Promise<number> {
  const redactors = new Redactors();
  const log = openProcessLog(config, redactors);
  const requests = watchForEnd(readStarters(process.env['CHORALE_STARTED_BY']));
  log.info(`chorale ${productVersion}`, {
    config: config.version,
    file: config.file ?? 'none',
    dataDir: config.values.dataDir,
  });
  let reviewed: boolean | undefined;
  const review =
    flags === undefined
      ? undefined
      : makeReview({ config, flags, requests, onEnded: (succeeded) => (reviewed = succeeded) });
  const platform = await openPlatform({
    config,
    log,
    redactors,
    env: process.env,
    onProgress(request, line) {
      log.debug(line, { goal: request.claimed.task.goalId, task: request.claimed.task.key });
      review?.onProgress(request, line);
    },
  });
  if (platform.url !== '') {
    log.info(`serving on ${platform.url}`);
    if (!isGreeted())
      await greet({ identity: platform.apiServices.identity, url: platform.url, terminal: process.stdout });
    if (!process.stdout.isTTY) log.info('the page is opened by a ticket: chorale access ticket');
  }
  saysThatItServes();
  review?.use(platform);
  const services = review === undefined ? platform.services : [...platform.services, review];
  const { drainSeconds } = config.values;
  const drainMs = review === undefined ? drainSeconds * 1_000 : Math.min(reviewDrainMsMax, drainSeconds * 1_000);
  const exitCode = await superviseServices(services, { ...requests, log, drainMs });
  await platform.close();
  return flags?.once === true && reviewed !== true ? 1 : exitCode;
}

/** One process for each core, or as many as are asked for, on one port. `program` is the file that runs one. */
export async function runServer(config: EffectiveConfig, program: string, args: readonly string[]): Promise<number> {
  const { processes, drainSeconds } = config.values;
  const count = processes === 0 ? availableParallelism() : processes;
  if (count === 1 || cluster.isWorker) return runProcess(config);
  const log = openProcessLog(config, new Redactors());
  const requests = watchForEnd(readStarters(process.env['CHORALE_STARTED_BY']));
  return runProcesses({ count, program, args, requests, log, drainMs: drainSeconds * 1_000 });
}

/** Another of several processes has told whoever sits at the terminal. */
function isGreeted(): boolean {
  return process.env['CHORALE_GREETED'] === 'yes';
}

interface ReviewParts {
  readonly config: EffectiveConfig;
  readonly flags: ReviewFlags;
  readonly requests: EndRequests;
  readonly onEnded: (succeeded: boolean) => void;
}

function makeReview({ config, flags, requests, onEnded }: ReviewParts): ReviewService {
  const { stdout } = process;
  return new ReviewService({
    request: { ...whatToReview(flags), reports: join(config.values.dataDir, 'reports') },
    output: { isTTY: stdout.isTTY, columns: stdout.columns || 80, write: (text) => void stdout.write(text) },
    once: flags.once,
    clock: systemClock,
    onEnded(succeeded) {
      onEnded(succeeded);
      if (flags.once) requests.ask('the review has ended');
    },
  });
}

/** npm runs its scripts in the package's folder and says in INIT_CWD where the person was. */
function whatToReview({ repository, ref }: ReviewFlags): Omit<ReviewRequest, 'reports'> {
  if (repository === undefined) return { repository: '.', ref, cwd: process.cwd() };
  return { repository, ref, cwd: process.env['INIT_CWD'] ?? process.cwd() };
}

function openProcessLog({ values }: EffectiveConfig, redactors: Redactors): Log {
  const { level, format } = values.log;
  const chosen = format === 'auto' ? (process.stderr.isTTY ? 'text' : 'json') : format;
  // On a terminal the last line may be one that says what runs now: it is written over.
  const before = process.stderr.isTTY ? '\r\u001B[2K' : '';
  const log = openLog({
    level,
    format: chosen,
    now: Date.now,
    write: (line) => void process.stderr.write(`${before}${redactors.all().redact(line)}`),
  });
  return processNo === undefined ? log : log.with({ process: processNo });
}

function readStarters(text: string | undefined): readonly number[] {
  return (text ?? '')
    .split(',')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid > 1);
}
