// Starts a stand-in for a model vendor: a server on this machine that holds every request to the vendor's rules.
//
// Owns:       keys, models, the prompt cache, the log, the meter, and which fault strikes which request.
// Invariants: VN1 a request that breaks a rule gets the vendor's refusal, whatever fault was planned; it uses none up.
//             VN2 it listens on the loopback address only, on a port the system chose.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { anthropic } from '../anthropic/anthropic.ts';
import { bedrock } from '../bedrock/bedrock.ts';
import { google } from '../google/google.ts';
import { openai, openaiCompatible } from '../openai/openai.ts';
import type { Brain } from './brain.ts';
import { isReplyFault, isStatusFault, isTransportFault, type Fault, type Faults } from './fault.ts';
import { makeReply } from './make-reply.ts';
import { createMeter, fingerprintOf, type Meter, type Prices } from './meter.ts';
import { modelsOf } from './models.ts';
import type { Lack, Operation, Protocol, VendorKind, VendorModel, VendorRequest, VendorState } from './protocol.ts';
import { readRequest } from './read-request.ts';
import { createRequestLog, type LoggedRequest, type RequestLog } from './request-log.ts';
import { sendAnswer } from './send-answer.ts';
import { createSigner } from './signature.ts';
import { createPromptCache, noTokens, type PromptCache } from './tokens.ts';
import { VendorError } from './vendor-error.ts';

export interface VendorOptions {
  readonly kind: VendorKind;
  readonly brain: Brain;
  readonly faults?: Faults;
  readonly prices?: Prices;
  /** Shared with other stand-ins; then `prices` are its own. */
  readonly meter?: Meter;
  readonly models?: readonly VendorModel[];
  /** Default `test-key`. */
  readonly keys?: readonly string[];
  readonly lacks?: readonly Lack[];
  /** Prompts below are not cached; default 1,024, as at the vendors. */
  readonly cachedTokensMin?: number;
  /** Of signatures; by default all stand-ins of a kind understand each other's. */
  readonly secret?: string;
  /** Default 10,000. */
  readonly logEntriesMax?: number;
}

export interface Vendor {
  /** Without a path. */
  readonly url: string;
  /** What clients of this vendor take as their base URL. */
  readonly baseUrl: string;
  readonly kind: VendorKind;
  readonly log: RequestLog;
  readonly meter: Meter;
  /** Replaces what is left of the faults. */
  setFaults(faults: Faults): void;
  close(): Promise<void>;
}

const protocols: Readonly<Record<VendorKind, Protocol>> = {
  openai,
  anthropic,
  google,
  bedrock,
  'openai-compatible': openaiCompatible,
};
const basePaths: Readonly<Record<VendorKind, string>> = {
  openai: '/v1',
  anthropic: '/v1',
  google: '/v1beta',
  bedrock: '',
  'openai-compatible': '/v1',
};
const logEntriesDefault = 10_000;
const cachedTokensDefault = 1_024;
const keptMax = 10_000;

interface Running {
  readonly options: VendorOptions;
  readonly protocol: Protocol;
  readonly state: VendorState;
  readonly cache: PromptCache;
  readonly log: RequestLog;
  readonly meter: Meter;
  readonly closing: AbortController;
  chooseFault(operation: Operation, request: VendorRequest, key: string): Fault | undefined;
  callNo: number;
  requestNo: number;
}

function createState(options: VendorOptions): VendorState {
  let issued = 0;
  const signer = createSigner(options.secret ?? `stand-in ${options.kind}`);
  const idSpace = `${process.pid} ${performance.timeOrigin} ${performance.now()}`;
  return {
    kind: options.kind,
    keys: options.keys ?? ['test-key'],
    models: new Map(modelsOf(options.kind, options.models).map((model) => [model.id, model])),
    lacks: options.lacks ?? [],
    signer,
    newId(prefix, length) {
      issued += 1;
      const letters = signer.sign(`${idSpace} ${issued}`) + signer.sign(`${issued} ${idSpace}`);
      return prefix + letters.replaceAll(/[^a-zA-Z0-9]/g, '').slice(0, length);
    },
    now: () => Math.floor(Date.now() / 1000),
    kept: new Map(),
  };
}

function createChooser(initial: Faults): {
  choose: Running['chooseFault'];
  set(faults: Faults): void;
} {
  let faults = initial;
  let used = 0;
  let no = 0;
  return {
    choose(operation, request, key) {
      if (operation.what === 'free') return undefined;
      no += 1;
      if (typeof faults !== 'function') {
        used += 1;
        return faults[used - 1];
      }
      return faults({
        no,
        path: request.url.pathname,
        model: operation.what === 'plain' ? operation.model : operation.model.id,
        key,
        stream: operation.what === 'conversation' && operation.asked.stream,
        body: request.bytes.toString(),
      });
    },
    set(next) {
      faults = next;
      used = 0;
    },
  };
}

function sendError(running: Running, response: ServerResponse, more: { error: VendorError; requestId: string }): void {
  const body = JSON.stringify(running.protocol.renderError(more.error, more.requestId));
  response.writeHead(more.error.status, {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...running.protocol.headers(more.requestId),
    ...more.error.headers,
  });
  response.end(body);
}

async function answerOperation(
  running: Running,
  operation: Operation,
  more: { readonly entry: LoggedRequest; readonly fault: Fault | undefined },
): Promise<Extract<Operation, { what: 'plain' }>['answer']> {
  const { entry, fault } = more;
  if (operation.what === 'free') return operation.answer;
  if (operation.what === 'plain') {
    entry.use = { ...noTokens, input: operation.inputTokens };
    return operation.answer;
  }
  const space = `${entry.key} ${operation.model.id} ${operation.cacheKey}`;
  const prompt = running.cache.lookUp(space, operation.prompt, operation.caching);
  if (prompt.input > (operation.model.contextTokens ?? Number.POSITIVE_INFINITY)) {
    throw operation.contextError(prompt.input);
  }
  running.callNo += 1;
  const asked = { ...operation.asked, callNo: running.callNo };
  entry.fingerprint = fingerprintOf(asked);
  const made = await makeReply(running.options.brain, asked, {
    fault: isReplyFault(fault) ? fault : undefined,
    prompt,
  });
  entry.use = made.use;
  return operation.answer(made);
}

/** Ends with the line: when the client leaves, or the stand-in closes. */
function watch(response: ServerResponse, closing: AbortSignal): AbortSignal {
  const left = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) left.abort();
  });
  return AbortSignal.any([left.signal, closing]);
}

async function serve(running: Running, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const { protocol, state } = running;
  const requestId = state.newId('req_', 24);
  running.requestNo += 1;
  const gone = watch(response, running.closing.signal);
  const request = await readRequest(message);
  const entry: LoggedRequest = {
    no: running.requestNo,
    method: request.method,
    path: request.url.pathname + request.url.search,
    headers: request.headers,
    body: request.bytes.toString(),
  };
  running.log.add(entry);
  try {
    entry.key = protocol.authenticate(request, state);
    const operation = protocol.read(request, state);
    if (operation.what !== 'free') entry.model = operation.what === 'plain' ? operation.model : operation.model.id;
    const fault = running.chooseFault(operation, request, entry.key);
    if (fault !== undefined) entry.fault = fault.kind;
    if (isStatusFault(fault)) throw protocol.describeFault(fault, entry.model ?? '', state);
    const answer = await answerOperation(running, operation, { entry, fault });
    entry.status = 200;
    entry.outcome = await sendAnswer({ response, gone }, answer, {
      headers: protocol.headers(requestId),
      fault: isTransportFault(fault) ? fault : undefined,
    });
    if (operation.what === 'free') return;
  } catch (error) {
    const refusal =
      error instanceof VendorError
        ? error
        : new VendorError(500, `The stand-in failed: ${String(error)}`, { type: 'stand_in_broken' });
    entry.status = refusal.status;
    entry.outcome = 'refused';
    entry.error = refusal.message;
    if (!response.headersSent) sendError(running, response, { error: refusal, requestId });
  }
  entry.cost = running.meter.record({
    key: entry.key ?? '',
    model: entry.model ?? '',
    outcome: entry.outcome,
    use: entry.use ?? noTokens,
    fingerprint: entry.fingerprint,
  });
  forgetOldest(state.kept);
}

function forgetOldest(kept: Map<string, unknown>): void {
  for (const id of kept.keys()) {
    if (kept.size <= keptMax) return;
    kept.delete(id);
  }
}

export async function startVendor(options: VendorOptions): Promise<Vendor> {
  const chooser = createChooser(options.faults ?? []);
  const running: Running = {
    options,
    protocol: protocols[options.kind],
    state: createState(options),
    cache: createPromptCache(options.cachedTokensMin ?? cachedTokensDefault),
    log: createRequestLog(options.logEntriesMax ?? logEntriesDefault),
    meter: options.meter ?? createMeter(options.prices),
    closing: new AbortController(),
    chooseFault: chooser.choose,
    callNo: 0,
    requestNo: 0,
  };
  const server = createServer((message, response) => {
    // Only a client that left while it was still sending ends up here.
    serve(running, message, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 30_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the stand-in has no port');
  const url = `http://127.0.0.1:${address.port}`;
  return {
    url,
    baseUrl: url + basePaths[options.kind],
    kind: options.kind,
    log: running.log,
    meter: running.meter,
    setFaults: chooser.set,
    async close() {
      running.closing.abort();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}
