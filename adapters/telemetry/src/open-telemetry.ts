// Sends spans and metrics of model calls over OTLP/HTTP. A span is made from the record that a call leaves when it has
// ended, with the times that stand there: nothing is measured twice, and nothing on the way waits for it.
//
// Owns: the queues to the collector, which are bounded: what does not fit is dropped, never waited for.

import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { CallTry } from '@chorale/module-models';
import { type LoadReading, watchLoad } from './load-meters.ts';
import { type ObservedCall, sharedAttributes, spanAttributes } from './call-attributes.ts';

export type { LoadReading } from './load-meters.ts';
export type { ObservedCall } from './call-attributes.ts';

export interface TelemetryOptions {
  /** Of the collector, without the path: `http://127.0.0.1:4318`. */
  readonly url: string;
  readonly everyMs: number;
  readonly serviceVersion: string;
  /** Which process of several this is. */
  readonly instanceId: string;
}

export interface ModelTelemetry {
  /** Metrics take in every call; `span` false sends none of its own for it. */
  observe(call: ObservedCall, span?: boolean): void;
  /** Reads it each time that metrics are sent. */
  watchLoad(read: () => LoadReading): void;
  /** Sends what is left. Resolves also when the collector does not answer. */
  close(): Promise<void>;
}

/** As the conventions advise: powers of four for tokens, doubling for seconds. */
const tokenBuckets = Array.from({ length: 14 }, (_, power) => 4 ** power);
const secondBuckets = Array.from({ length: 14 }, (_, power) => 0.01 * 2 ** power);
const closeMsMax = 2_000;

export function openTelemetry({ url, everyMs, serviceVersion, instanceId }: TelemetryOptions): ModelTelemetry {
  const base = url.replace(/\/+$/, '');
  const resource = resourceFromAttributes({
    'service.name': 'chorale',
    'service.version': serviceVersion,
    'service.instance.id': instanceId,
  });
  const traces = new TracerProvider({
    resource,
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url: `${base}/v1/traces` }),
        scheduledDelayMillis: everyMs,
      }),
    ],
  });
  const metrics = new MeterProvider({
    resource,
    readers: [
      new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter({ url: `${base}/v1/metrics` }),
        exportIntervalMillis: everyMs,
        exportTimeoutMillis: Math.min(everyMs, closeMsMax),
      }),
    ],
  });
  const tracer = traces.getTracer('chorale.models', serviceVersion);
  const meters = createMeters(metrics, serviceVersion);

  return {
    observe(call, isSpan = true) {
      meters.record(call);
      if (!isSpan) return;
      const { record } = call;
      const span = tracer.startSpan(nameOf(call), {
        kind: SpanKind.CLIENT,
        startTime: record.startedAt,
        attributes: spanAttributes(call),
        root: true,
      });
      for (const one of record.tries) span.addEvent('chorale.try', tryAttributes(one), one.startedAt);
      if (record.failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: record.failure.code });
      span.end(record.endedAt);
    },
    watchLoad: (read) => watchLoad(metrics.getMeter('chorale.load', serviceVersion), read),
    close: async () => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, closeMsMax);
      });
      const sent = Promise.allSettled([traces.shutdown(), metrics.shutdown()]).then(() => undefined);
      await Promise.race([sent, late]);
      clearTimeout(timer);
    },
  };
}

function nameOf(call: ObservedCall): string {
  const { 'gen_ai.operation.name': operation, 'gen_ai.request.model': model } = sharedAttributes(call);
  return `${String(operation)} ${String(model)}`;
}

function tryAttributes({ deploymentId, startedAt, endedAt, firstByteAt, failure }: CallTry) {
  return {
    'chorale.deployment.id': deploymentId,
    'chorale.try.duration_ms': endedAt - startedAt,
    ...(firstByteAt === undefined ? {} : { 'chorale.try.first_byte_ms': firstByteAt - startedAt }),
    ...(failure === undefined ? {} : { 'error.type': failure.kind }),
    ...(failure?.status === undefined ? {} : { 'http.response.status_code': failure.status }),
  };
}

function createMeters(metrics: MeterProvider, version: string): { record(call: ObservedCall): void } {
  const meter = metrics.getMeter('chorale.models', version);
  const tokens = meter.createHistogram('gen_ai.client.token.usage', {
    unit: '{token}',
    description: 'Tokens of a call, as the provider counted them.',
    advice: { explicitBucketBoundaries: tokenBuckets },
  });
  const duration = meter.createHistogram('gen_ai.client.operation.duration', {
    unit: 's',
    description: 'From the beginning of a call to its end, all tries included.',
    advice: { explicitBucketBoundaries: secondBuckets },
  });
  const firstChunk = meter.createHistogram('gen_ai.client.operation.time_to_first_chunk', {
    unit: 's',
    description: 'From the beginning of a call to the first byte of its answer.',
    advice: { explicitBucketBoundaries: secondBuckets },
  });
  const cost = meter.createCounter('chorale.model.cost', { unit: 'USD', description: 'What was charged to budgets.' });
  return {
    record: (call) => {
      const { record } = call;
      const attributes = sharedAttributes(call);
      duration.record((record.endedAt - record.startedAt) / 1_000, attributes);
      if (record.firstByteAt !== undefined)
        firstChunk.record((record.firstByteAt - record.startedAt) / 1_000, attributes);
      if (record.usage !== undefined) {
        tokens.record(record.usage.inputTokens, { ...attributes, 'gen_ai.token.type': 'input' });
        tokens.record(record.usage.outputTokens, { ...attributes, 'gen_ai.token.type': 'output' });
      }
      if (record.cost > 0) cost.add(record.cost / 1e9, attributes);
    },
  };
}
