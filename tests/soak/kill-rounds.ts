// Rounds of `kill -9` at random moments of a server that works, and a count of what they cost: acknowledged goals that
// are gone, finished tasks that were done again, processes that were left behind.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient, type ChoraleClient } from '@chorale/lib-client';
import { defaultTenant, type GoalId } from '@chorale/lib-ids';
import { isGoalEnded, type GoalStore } from '@chorale/module-goals';
import { makeSampleRepository } from '../e2e/sample-repository.ts';
import { findOrphans, ServerProcess } from '../e2e/server-process.ts';

export interface KillRounds {
  readonly rounds: number;
  /** A temporary folder; its name must not occur in any other process's command line. */
  readonly folder: string;
  /** Empty for the embedded database. */
  readonly database: string;
  /** Opens the same store when no server has it. */
  readonly openStore: (dataDir: string) => Promise<GoalStore>;
  /** In [0, 1). */
  readonly random: () => number;
  readonly tell: (line: string) => void;
}

export interface KillCounts {
  readonly rounds: number;
  readonly acknowledged: number;
  /** Acknowledged goals that are not there, or did not succeed. */
  readonly lost: number;
  /** Tasks that have more than one successful attempt, or an attempt after it. */
  readonly repeated: number;
  /** Rounds after which a process was left. */
  readonly orphans: number;
  /** Attempts that were cut off: rounds that hit no work show nothing. */
  readonly cutOff: number;
}

/** A kill comes at most this long after the server answered its first request. */
const killAfterMsMax = 2_500;
/** Work waiting is kept below this, so that the last start has not everything to do. */
const openGoalsMax = 3;
const finishMsMax = 300_000;

export async function killRounds(options: KillRounds): Promise<KillCounts> {
  const { rounds, folder, random, tell } = options;
  const repository = join(folder, 'sample');
  await mkdir(join(folder, 'cwd'), { recursive: true });
  await makeSampleRepository(repository);
  const acknowledged: GoalId[] = [];
  let orphans = 0;
  for (let round = 1; round <= rounds; round++) {
    const server = startRound(options, round);
    const client = await connect(server);
    const afterMs = Math.floor(random() * killAfterMsMax);
    const submitting = submitWhileAlive({ client, repository, acknowledged });
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    await server.kill();
    await submitting;
    const left = await findOrphans(folder);
    if (left.length > 0) orphans += 1;
    tell(
      `round ${round}: killed after ${afterMs} ms, ${acknowledged.length} goals acknowledged${left.length > 0 ? `, left: ${left.join('; ')}` : ''}`,
    );
  }
  await finishAll(options, acknowledged);
  const counts = { rounds, acknowledged: acknowledged.length, orphans, ...(await countDamage(options, acknowledged)) };
  tell(JSON.stringify(counts));
  return counts;
}

/** Every second round is `npm start` with its main job, the others only serve. */
function startRound(options: KillRounds, round: number): ServerProcess {
  return round % 2 === 0 ? startServer(options) : startServer(options, ['--repo', join(options.folder, 'sample')]);
}

function startServer({ folder, database }: KillRounds, mainJob?: readonly string[]): ServerProcess {
  const args = [...(mainJob ?? ['serve']), ...(database === '' ? [] : ['--database', database])];
  return new ServerProcess({
    dataDir: join(folder, 'data'),
    cwd: join(folder, 'cwd'),
    args,
    npmStart: mainJob !== undefined,
  });
}

async function connect(server: ServerProcess): Promise<ChoraleClient> {
  // What serves says so; the main job names the page of its goal.
  const [, baseUrl = ''] = await server.waitFor(/(http:\/\/127\.0\.0\.1:\d+)\D/);
  return createClient({ baseUrl, key: server.key });
}

/** What was not answered is not counted: it may or may not have happened. */
async function submitWhileAlive({
  client,
  repository,
  acknowledged,
}: {
  client: ChoraleClient;
  repository: string;
  acknowledged: GoalId[];
}): Promise<void> {
  try {
    const { items } = await client.listGoals({ states: ['running'], limit: openGoalsMax });
    for (let open = items.length; open < openGoalsMax; open++) {
      const { goal } = await client.submitGoal({ workflow: 'review-repository', inputs: { repository } });
      acknowledged.push(goal.goalId as GoalId);
    }
  } catch {
    // Killed in the middle of it.
  }
}

async function finishAll(options: KillRounds, goalIds: readonly GoalId[]): Promise<void> {
  const server = startServer(options);
  const client = await connect(server);
  const deadline = Date.now() + finishMsMax;
  const open = new Set(goalIds);
  while (open.size > 0 && Date.now() < deadline) {
    for (const goalId of open) {
      const goal = await client.getGoal(goalId).catch(() => undefined);
      if (goal === undefined || isGoalEnded(goal.state)) open.delete(goalId);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  server.signal('SIGTERM');
  await server.waitForEnd();
}

async function countDamage(
  options: KillRounds,
  goalIds: readonly GoalId[],
): Promise<Pick<KillCounts, 'lost' | 'repeated' | 'cutOff'>> {
  const store = await options.openStore(join(options.folder, 'data'));
  const counts = { lost: 0, repeated: 0, cutOff: 0 };
  try {
    for (const goalId of goalIds) {
      const goal = await store.findGoal(defaultTenant, goalId);
      if (goal?.state !== 'succeeded') counts.lost += 1;
      const attempts = await store.listAttempts(defaultTenant, goalId);
      for (const taskNo of new Set(attempts.map((attempt) => attempt.taskNo))) {
        const outcomes = attempts.filter((attempt) => attempt.taskNo === taskNo).map((attempt) => attempt.outcome);
        counts.cutOff += outcomes.filter((outcome) => outcome === 'lost').length;
        if (outcomes.indexOf('succeeded') !== outcomes.length - 1) counts.repeated += 1;
      }
    }
  } finally {
    await store.close();
  }
  return counts;
}
