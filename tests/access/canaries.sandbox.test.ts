import { afterAll, beforeAll, expect, test } from 'vitest';
import { CanaryTrial, findCanaries, type Place } from './canary-trial.ts';

const trial = new CanaryTrial();
let places: readonly Place[];

beforeAll(async () => {
  await trial.start({});
  await trial.work();
  places = await trial.collect(async () => []);
}, 180_000);

afterAll(() => trial.close());

test('[SEC7] no canary is in the database, exports, logs, traces, prompts, artifacts or the page', () => {
  expect([...trial.canaries.keys()].length).toBeGreaterThanOrEqual(10);
  // What was looked through holds what it should, and the marks say that there was something to hide.
  const text = places.map(({ bytes }) => bytes.toString('latin1')).join('\n');
  for (const name of ['data/chorale.db', 'log of the process', 'traces', 'artifact stdout.txt', 'GET /v1/audit/export'])
    expect(places.find((place) => place.name === name)?.bytes.length ?? 0, name).toBeGreaterThan(100);
  expect(text).toContain('[secret:TOKEN]');
  expect(text).toContain('office/llama-3.3-70b');
  expect(findCanaries(trial.canaries, places)).toEqual([]);
});

test('[SEC7] no canary is in a command line, and a sandbox has the one secret that it was given', () => {
  const lines = trial.seenInProcesses.filter(({ name }) => name.startsWith('command line'));
  const sandboxes = trial.seenInProcesses.filter(({ name }) => name.startsWith('sandbox environment'));
  expect(sandboxes.length).toBeGreaterThan(0);
  expect(findCanaries(trial.canaries, lines)).toEqual([]);
  const found = findCanaries(trial.canaries, sandboxes);
  expect(found.length).toBeGreaterThan(0);
  expect(found.filter((one) => !one.startsWith('secret in '))).toEqual([]);
});

test('a canary that is somewhere is found, in any of its forms', () => {
  const value = trial.canaries.get('secret')!;
  const forms = [value, Buffer.from(`x${value}`).toString('base64'), Buffer.from(value).toString('hex')];
  for (const form of forms)
    expect(findCanaries(trial.canaries, [{ name: 'here', bytes: Buffer.from(`a ${form} z`) }])).toEqual([
      'secret in here',
    ]);
});
