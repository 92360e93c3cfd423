// Runs vitest with the services that tests need, and ends with the line `N passed, N failed`.
//
// A test file that does not load, a skipped test and an error outside any test each count as failed: nothing that was
// not looked at is reported as success.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildWeb } from './build-web.ts';
import { root } from './process/root.ts';
import { showProgram } from './process/run-program.ts';
import { findBubblewrap } from './services/bubblewrap.ts';
import { findTestChromium } from './services/chromium.ts';
import { openTestPostgres } from './services/postgres.ts';
import { openTestRabbitmq } from './services/rabbitmq.ts';
import { openTestRedis } from './services/redis.ts';
import type { TestService } from './services/test-service.ts';
import { countTests, type TestCount } from './test-count.ts';

type Environment = Readonly<Record<string, string>>;

/** Returns the exit code. `env` is given to the tests. */
export async function runTests(args: readonly string[], env: Environment = {}): Promise<number> {
  const count = await withServices((services) => runVitest(args, { ...env, ...services })).catch(countFailedSetUp);
  for (const reason of count.reasons) console.log(reason);
  console.log(`${count.passed} passed, ${count.failed} failed`);
  return count.failed === 0 ? 0 : 1;
}

function countFailedSetUp(error: unknown): TestCount {
  return { passed: 0, failed: 1, reasons: [`chorale: ${error instanceof Error ? error.message : String(error)}`] };
}

async function withServices(work: (env: Environment) => Promise<TestCount>): Promise<TestCount> {
  const bubblewrap = await findBubblewrap();
  const chromium = await findTestChromium();
  await buildWeb();
  const opened: TestService[] = [];
  const open = async (opening: Promise<TestService>): Promise<TestService> => {
    const service = await opening;
    opened.push(service);
    return service;
  };
  try {
    const postgres = await open(openTestPostgres());
    const rabbitmq = await open(openTestRabbitmq());
    const redis = await open(openTestRedis());
    const origins = `PostgreSQL ${postgres.origin}, RabbitMQ ${rabbitmq.origin}, Redis ${redis.origin}`;
    console.error(`chorale: tests use ${bubblewrap}, ${chromium}, ${origins}`);
    return await work({
      CHORALE_TEST_POSTGRES: postgres.url,
      CHORALE_TEST_RABBITMQ: rabbitmq.url,
      CHORALE_TEST_REDIS: redis.url,
      CHORALE_TEST_CHROMIUM: chromium,
    });
  } finally {
    for (const service of opened) await service.close();
  }
}

async function runVitest(args: readonly string[], env: Environment): Promise<TestCount> {
  const folder = await mkdtemp(join(tmpdir(), 'chorale-tests-'));
  const report = join(folder, 'report.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const exitCode = await showProgram('vitest', ['run', ...reporters, ...args], { cwd: root, env });
    const text = await readFile(report, 'utf8').catch(() => undefined);
    return countTests({ exitCode, report: text, filtered: args.some(isNameFilter) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** With a filter by name vitest reports every other test as skipped; then skipping was asked for. */
function isNameFilter(argument: string): boolean {
  return argument === '-t' || argument.startsWith('-t=') || argument.startsWith('--testNamePattern');
}
