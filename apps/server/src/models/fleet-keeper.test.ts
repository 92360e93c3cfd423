import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { modelsConfigSchema } from '../config/models-config.ts';
import { readSecret } from '../config/read-secret.ts';
import { systemClock } from '../process/clock.ts';
import type { Log } from '../process/log.ts';
import { createFleetKeeper } from './fleet-keeper.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const silence = () => undefined;
const log = { debug: silence, info: silence, warn: silence, error: silence } as unknown as Log;

/** A server of models that lists one, until it is told to fail. */
async function startProvider(): Promise<{ readonly url: string; works: boolean }> {
  const provider = { url: '', works: true };
  const server = createServer((_request, response) => {
    response.writeHead(provider.works ? 200 : 500, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({ object: 'list', data: [{ id: 'llama', object: 'model', created: 0, owned_by: 'x' }] }),
    );
  });
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  provider.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return provider;
}

function keeperOf(providers: readonly object[], env: NodeJS.ProcessEnv = {}) {
  const config = modelsConfigSchema.parse({ discover: false, providers });
  const read = async (reference: string, what: string) => readSecret(reference, what, env);
  return createFleetKeeper({ config, env, clock: systemClock, log, read, onKey: () => {} });
}

const idsOf = (keeper: ReturnType<typeof keeperOf>): readonly string[] =>
  keeper.fleet().deployments.map(({ id }) => id);

test('[MD1] a provider that falls silent keeps what it had, and the others what they have', async () => {
  const [one, other] = [await startProvider(), await startProvider()];
  const keeper = keeperOf([
    { name: 'one', kind: 'openai-compatible', baseUrl: one.url },
    { name: 'other', kind: 'openai-compatible', baseUrl: other.url },
  ]);
  await keeper.probe();
  expect(idsOf(keeper)).toEqual(['one/llama', 'other/llama']);
  one.works = false;
  const { providers } = await keeper.probe();
  expect(providers.map(({ name, problem }) => [name, problem === undefined])).toEqual([
    ['one', false],
    ['other', true],
  ]);
  expect([...idsOf(keeper)].toSorted()).toEqual(['one/llama', 'other/llama']);
});

test('[MD1] a secret that cannot be read is its provider’s problem alone, and stands in no report', async () => {
  const provider = await startProvider();
  const keeper = keeperOf(
    [
      { name: 'locked', kind: 'openai-compatible', baseUrl: provider.url, apiKey: 'env:NOT_SET' },
      { name: 'open', kind: 'openai-compatible', baseUrl: provider.url, apiKey: 'env:IS_SET' },
    ],
    { IS_SET: 'hunter2' },
  );
  const report = await keeper.probe();
  expect(idsOf(keeper)).toEqual(['open/llama']);
  expect(report.providers.find(({ name }) => name === 'locked')?.problem).toContain('env:NOT_SET');
  expect(keeper.findAccount('open')?.apiKey).toBe('hunter2');
  expect(JSON.stringify([report, keeper.fleet()])).not.toContain('hunter2');
});

test('[MD1] credentials of Amazon are read where they are named, and its models need no list', async () => {
  const aws = { accessKeyId: 'env:ID', secretAccessKey: 'env:SECRET' };
  const base = { kind: 'bedrock', wire: 'bedrock-converse', aws };
  const keeper = keeperOf(
    [
      {
        ...base,
        name: 'aws',
        region: 'eu-west-1',
        models: ['amazon.nova-pro-v1:0'],
        patience: { firstByteSeconds: 3 },
      },
      { ...base, name: 'nowhere', models: ['amazon.nova-pro-v1:0'] },
      { ...base, name: 'nameless', region: 'eu-west-1' },
    ],
    { ID: 'AKIA', SECRET: 'hunter2' },
  );
  const report = await keeper.probe();
  expect(keeper.findAccount('aws')).toMatchObject({
    aws: { accessKeyId: 'AKIA', secretAccessKey: 'hunter2' },
    region: 'eu-west-1',
  });
  expect(keeper.fleet().deployments[0]).toMatchObject({
    id: 'aws/amazon.nova-pro-v1:0',
    baseUrl: 'https://bedrock-runtime.eu-west-1.amazonaws.com',
    patience: { firstByteMs: 3_000 },
  });
  expect(report.providers.map(({ name, problem }) => [name, problem])).toEqual([
    ['aws', undefined],
    ['nowhere', expect.stringContaining('region')],
    ['nameless', expect.stringContaining('name them')],
  ]);
  expect(JSON.stringify([report, keeper.fleet()])).not.toContain('hunter2');
});
