// Asks a provider which models it has, and a local server how long their contexts are.

import type { CancelSignal, Clock } from '@chorale/lib-time';
import { UpstreamFailure, type ProviderKind } from '@chorale/module-models';
import type { Transport } from './open-transport.ts';
import { baseUrlOf, type ProviderConfig } from './provider-config.ts';
import { failureOfAnswer } from './read-fault.ts';
import { readErrorText, readWhole } from './read-whole.ts';
import { authHeaders } from './vendor-headers.ts';

export interface ListedModel {
  readonly name: string;
  /** As the server says; undefined when it does not. */
  readonly contextTokens: number | undefined;
  readonly outputTokensMax?: number | undefined;
}

export interface ListingContext {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly signal: CancelSignal;
  readonly timeoutMs: number;
}

const listBytesMax = 8 * 1024 * 1024;
/** Models of one server whose facts are asked for one by one. */
const askedMax = 50;

type Fields = Readonly<Record<string, unknown>>;
const asFields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const asList = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(asFields) : []);
const asCount = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;

/** @throws UpstreamFailure */
export async function listModels(provider: ProviderConfig, context: ListingContext): Promise<readonly ListedModel[]> {
  if (provider.wire === 'bedrock-converse') return listNothing(provider);
  const path =
    provider.kind === 'google'
      ? '/models?pageSize=1000'
      : provider.kind === 'anthropic'
        ? '/models?limit=1000'
        : '/models';
  const listed = readList(provider.kind, await askJson(provider, { path }, context));
  if (provider.kind === 'llama.cpp') {
    const props = await askAside(provider, { path: '/props' }, context);
    const contextTokens = asCount(asFields(props.default_generation_settings).n_ctx) ?? asCount(props.n_ctx);
    return listed.map((model) => ({ ...model, contextTokens: contextTokens ?? model.contextTokens }));
  }
  if (provider.kind === 'ollama') return askOllama(listed, provider, context);
  if (provider.kind === 'lm-studio') {
    const details = asList((await askAside(provider, { path: '/api/v0/models' }, context)).data);
    return listed.map((model) => {
      const own = details.find((each) => each.id === model.name) ?? {};
      return { ...model, contextTokens: asCount(own.loaded_context_length) ?? asCount(own.max_context_length) };
    });
  }
  return listed;
}

/** Bedrock lists its models at another address, for other rights. */
function listNothing({ name, kind, models, ...provider }: ProviderConfig): readonly ListedModel[] {
  if (models === undefined)
    throw new UpstreamFailure('invalid-request', `${name}: Converse lists no models; name them in the configuration`);
  if (baseUrlOf({ name, kind, ...provider }) === undefined || provider.region === undefined)
    throw new UpstreamFailure('invalid-request', `${name}: a provider of kind ${kind} needs a region`);
  return [];
}

function readList(kind: ProviderKind, answer: Fields): readonly ListedModel[] {
  if (kind === 'google') {
    return asList(answer.models).map((model) => ({
      name: String(model.name).replace(/^models\//, ''),
      contextTokens: asCount(model.inputTokenLimit),
      outputTokensMax: asCount(model.outputTokenLimit),
    }));
  }
  return asList(answer.data)
    .filter((model) => typeof model.id === 'string')
    .map((model) => ({
      name: String(model.id),
      // vLLM, Mistral, and what llama.cpp was trained with.
      contextTokens:
        asCount(model.max_model_len) ?? asCount(model.max_context_length) ?? asCount(asFields(model.meta).n_ctx_train),
    }));
}

/** Ollama runs a model with the context its file names, or with 4,096 tokens however long it could be. */
async function askOllama(
  listed: readonly ListedModel[],
  provider: ProviderConfig,
  context: ListingContext,
): Promise<readonly ListedModel[]> {
  const facts = listed.slice(0, askedMax).map(async (model) => {
    const shown = await askAside(provider, { path: '/api/show', body: { model: model.name } }, context);
    const set = /^num_ctx\s+(\d+)/m.exec(typeof shown.parameters === 'string' ? shown.parameters : '')?.[1];
    const info = asFields(shown.model_info);
    const trained = Object.entries(info).find(([key]) => key.endsWith('.context_length'))?.[1];
    const most = asCount(trained);
    const contextTokens = set === undefined ? Math.min(most ?? ollamaContext, ollamaContext) : Number(set);
    return { ...model, contextTokens };
  });
  return [...(await Promise.all(facts)), ...listed.slice(askedMax)];
}

const ollamaContext = 4_096;

interface Question {
  readonly path: string;
  readonly body?: object;
}

/** What stands beside the OpenAI address, and may not be there. */
async function askAside(provider: ProviderConfig, question: Question, context: ListingContext): Promise<Fields> {
  const baseUrl = (baseUrlOf(provider) ?? '').replace(/\/v1$/, '');
  try {
    return await askJson({ ...provider, baseUrl }, question, context);
  } catch {
    return {};
  }
}

async function askJson(provider: ProviderConfig, { path, body }: Question, context: ListingContext): Promise<Fields> {
  const { transport, clock, signal, timeoutMs } = context;
  const who = provider.name;
  const baseUrl = baseUrlOf(provider);
  if (baseUrl === undefined) {
    const needs = provider.kind === 'bedrock' ? 'a region' : 'a baseUrl';
    throw new UpstreamFailure('invalid-request', `${who}: a provider of kind ${provider.kind} needs ${needs}`);
  }
  const received = await transport.send(
    {
      who,
      secret: provider.apiKey,
      clock,
      method: body === undefined ? 'GET' : 'POST',
      url: baseUrl + path,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...authHeaders(provider.kind, provider),
      },
      body: body && JSON.stringify(body),
      firstByteMsMax: timeoutMs,
      silenceMsMax: timeoutMs,
    },
    signal,
  );
  if (received.status !== 200) {
    const text = await readErrorText(received);
    const faults = { who, secret: provider.apiKey, nowMs: clock.now() };
    throw failureOfAnswer({ status: received.status, headers: received.headers, body: text }, faults);
  }
  const whole = await readWhole(received, listBytesMax);
  if (!whole.complete) received.cancel();
  try {
    return asFields(JSON.parse(Buffer.from(whole.bytes).toString()));
  } catch {
    throw new UpstreamFailure('malformed', `${who}: the list of models is no JSON`);
  }
}
