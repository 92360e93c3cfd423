import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ModelCallId, ModelCallRecord } from '@chorale/module-models';
import { afterEach, expect, test } from 'vitest';
import { openTelemetry } from './open-telemetry.ts';

interface Told {
  readonly path: string;
  readonly body: string;
}

let server: Server | undefined;
afterEach(() => void server?.close());

/** A collector: keeps what it is sent. */
async function startCollector(): Promise<{ readonly url: string; readonly told: Told[] }> {
  const told: Told[] = [];
  server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      told.push({ path: request.url ?? '', body: Buffer.concat(pieces).toString() });
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => void server?.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, told };
}

const startedAt = Date.UTC(2026, 10, 1);

function makeRecord(more: Partial<ModelCallRecord> = {}): ModelCallRecord {
  return {
    callId: 'call_1' as ModelCallId,
    tenantId: 'default' as ModelCallRecord['tenantId'],
    keyId: undefined,
    goalId: undefined,
    taskNo: undefined,
    agent: 'reviewer',
    operation: 'chat',
    requested: ['small'],
    strategy: 'cost',
    taskClass: 'code',
    dataClass: 'internal',
    masked: 1,
    candidates: [{ deploymentId: 'acme/small' }],
    tries: [
      {
        deploymentId: 'acme/other',
        startedAt,
        endedAt: startedAt + 100,
        failure: { kind: 'overloaded', status: 529, message: 'the prompt was: hunter2' },
      },
      {
        deploymentId: 'acme/small',
        startedAt: startedAt + 100,
        firstByteAt: startedAt + 400,
        endedAt: startedAt + 2_000,
      },
    ],
    deploymentId: 'acme/small',
    cache: 'none',
    usage: { inputTokens: 100, outputTokens: 20, cachedInputTokens: 60, cacheWriteTokens: 0, reasoningTokens: 5 },
    cost: 1_500_000,
    assumed: false,
    startedAt,
    firstByteAt: startedAt + 400,
    endedAt: startedAt + 2_000,
    failure: undefined,
    ...more,
  };
}

const deployment = {
  id: 'acme/small',
  provider: 'acme',
  kind: 'google',
  wire: 'google-generate',
  model: 'small',
  baseUrl: 'https://models.example/v1',
  region: undefined,
  retention: 'keeps',
  capabilities: [],
  contextTokens: 1,
  outputTokensMax: 1,
  prices: undefined,
  quality: 0.5,
  factsFrom: '2026-11-01',
} as const;

const options = { everyMs: 60_000, serviceVersion: '1.2.3', instanceId: 'test' };

interface SentSpan {
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
  readonly events: readonly { readonly name: string }[];
  readonly status: { readonly code?: number; readonly message?: string };
}

function spansIn(told: readonly Told[]): readonly SentSpan[] {
  return told
    .filter(({ path }) => path === '/v1/traces')
    .flatMap(({ body }) => {
      const { resourceSpans } = JSON.parse(body) as {
        readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[] }[];
      };
      return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
    });
}

test('[TM1] a call is a span with standard names and the times of its record', async () => {
  const { url, told } = await startCollector();
  const telemetry = openTelemetry({ url, ...options });
  telemetry.observe({ record: makeRecord(), deployment });
  telemetry.observe({
    record: makeRecord({ failure: { family: 'temporary', code: 'deployments-failed', message: 'No.' } }),
    deployment: undefined,
  });
  await telemetry.close();
  const [span, failed] = spansIn(told);
  expect(span).toMatchObject({ name: 'chat small', kind: 3 });
  expect(BigInt(span?.startTimeUnixNano ?? 0) / 1_000_000n).toBe(BigInt(startedAt));
  expect(BigInt(span?.endTimeUnixNano ?? 0) / 1_000_000n).toBe(BigInt(startedAt + 2_000));
  const attributes = Object.fromEntries(
    (span?.attributes ?? []).map(({ key, value }) => [key, Object.values(value)[0]]),
  );
  expect(attributes).toMatchObject({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'gcp.gemini',
    'gen_ai.request.model': 'small',
    'gen_ai.response.model': 'small',
    'gen_ai.usage.input_tokens': 100,
    'gen_ai.usage.cache_read.input_tokens': 60,
    'gen_ai.agent.name': 'reviewer',
    'server.address': 'models.example',
    'server.port': 443,
    'chorale.cost.usd': 0.0015,
  });
  expect(span?.events.map(({ name }) => name)).toEqual(['chorale.try', 'chorale.try']);
  expect(failed?.status).toMatchObject({ code: 2, message: 'deployments-failed' });
});

test('[TM2] tokens, duration and first chunk are histograms; made-up names open no series', async () => {
  const { url, told } = await startCollector();
  const telemetry = openTelemetry({ url, ...options });
  telemetry.observe({ record: makeRecord(), deployment });
  const excluded = { why: 'not-asked-for', detail: '' } as const;
  for (let no = 0; no < 20; no++)
    telemetry.observe({
      record: makeRecord({ requested: [`made-up-${no}`], candidates: [{ deploymentId: 'a', excluded }] }),
      deployment: undefined,
    });
  await telemetry.close();
  const text = told
    .filter(({ path }) => path === '/v1/metrics')
    .map(({ body }) => body)
    .join('');
  for (const name of ['token.usage', 'operation.duration', 'operation.time_to_first_chunk'])
    expect(text).toContain(`"gen_ai.client.${name}"`);
  expect(text).toContain('67108864');
  expect(text).toContain('81.92');
  expect(text).not.toContain('made-up');
});

test('[TM1] [TM2] a call without a span of its own is in the metrics', async () => {
  const { url, told } = await startCollector();
  const telemetry = openTelemetry({ url, ...options });
  telemetry.observe({ record: makeRecord(), deployment }, false);
  await telemetry.close();
  expect(spansIn(told)).toEqual([]);
  expect(told.map(({ body }) => body).join('')).toContain('"gen_ai.client.operation.duration"');
});

test('[TM3] what was said is told to nobody', async () => {
  const { url, told } = await startCollector();
  const telemetry = openTelemetry({ url, ...options });
  telemetry.observe({ record: makeRecord(), deployment });
  await telemetry.close();
  expect(told.length).toBeGreaterThan(0);
  expect(JSON.stringify(told)).not.toContain('hunter2');
});

test('[TM4] a collector that is not there holds nothing up', async () => {
  const telemetry = openTelemetry({ url: 'http://127.0.0.1:9', ...options });
  telemetry.observe({ record: makeRecord(), deployment });
  await expect(telemetry.close()).resolves.toBeUndefined();
});

test('[TM5] what a process is asked for and what does not answer are metrics, with few values each', async () => {
  const { url, told } = await startCollector();
  const telemetry = openTelemetry({ url, ...options });
  let full = 1;
  telemetry.watchLoad(() => ({
    atWork: 3,
    waiting: 2,
    outcomes: [
      { outcome: 'admitted', load: 'read', count: 40 },
      { outcome: 'full', load: 'change', count: full },
    ],
    services: [
      { name: 'database', isOpen: false },
      { name: 'files', isOpen: true, refused: 7 },
    ],
  }));
  full = 5;
  await telemetry.close();
  interface Sent {
    readonly name: string;
    readonly sum?: { readonly isMonotonic: boolean; readonly dataPoints: readonly Point[] };
    readonly gauge?: { readonly dataPoints: readonly Point[] };
  }
  interface Point {
    readonly asDouble: number;
    readonly attributes: readonly { readonly value: { readonly stringValue: string } }[];
  }
  const sent = told
    .filter(({ path }) => path === '/v1/metrics')
    .flatMap(
      ({ body }) =>
        (JSON.parse(body) as { resourceMetrics: { scopeMetrics: { metrics: Sent[] }[] }[] }).resourceMetrics,
    )
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
  const points = (name: string) => {
    const found = sent.find((one) => one.name === name);
    return (found?.sum ?? found?.gauge)?.dataPoints.map(({ asDouble, attributes }) => [
      ...attributes.map(({ value }) => value.stringValue),
      asDouble,
    ]);
  };
  expect(points('chorale.admission.requests')).toEqual([
    ['admitted', 'read', 40],
    ['full', 'change', 5],
  ]);
  expect(sent.find(({ name }) => name === 'chorale.admission.requests')?.sum?.isMonotonic).toBe(true);
  expect(points('chorale.admission.active_requests')).toEqual([
    ['at_work', 3],
    ['waiting', 2],
  ]);
  expect(points('chorale.breaker.open')).toEqual([
    ['database', 0],
    ['files', 1],
  ]);
  expect(points('chorale.bulkhead.refused')).toEqual([['files', 7]]);
});
