// Every route of an API description, with something else than it asks for in each of its places.

import { Agent, request, type IncomingMessage } from 'node:http';
import type { Json } from '@chorale/lib-client';
import { putAt, Sampler, type Components, type Place, type Schema } from './sample-schema.ts';

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: { readonly [type: string]: { readonly schema: Schema } } };
  readonly responses: { readonly [status: string]: { readonly content?: { readonly [type: string]: unknown } } };
}

export interface ApiDescription {
  readonly paths: { readonly [address: string]: { readonly [method: string]: Operation } };
  readonly components: { readonly schemas: Components };
}

export interface Target {
  readonly baseUrl: string;
  readonly authorization: string;
  /** What is really there, by the names that parameters have. */
  readonly known: { readonly [name: string]: Json };
}

export interface Attempt {
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  readonly body?: string;
  /** Only the head of the answer is waited for. */
  readonly streams: boolean;
}

export interface Answered {
  readonly status: number;
  readonly text: string;
  readonly tookMs: number;
}

const openAi = [
  ['POST', '/v1/chat/completions', { model: 'x', messages: [{ role: 'user', content: 'x' }] }],
  ['POST', '/v1/responses', { model: 'x', input: 'x' }],
  ['POST', '/v1/embeddings', { model: 'x', input: 'x' }],
  ['POST', '/v1/audio/speech', { model: 'x', input: 'x', voice: 'x' }],
  ['GET', '/v1/models', undefined],
  ['GET', '/v1/models/{model}', undefined],
] as const;

/** One for each route: what is asked of it when `value` is put into one of its places, which `turn` chooses. */
export type RouteAttack = (value: Json, turn: number) => Attempt;

export function routeAttacks({ paths, components }: ApiDescription, target: Target): ReadonlyMap<string, RouteAttack> {
  const sampler = new Sampler(components.schemas, target.known);
  const attacks = new Map<string, RouteAttack>();
  for (const [address, methods] of Object.entries(paths))
    for (const [method, operation] of Object.entries(methods))
      attacks.set(
        operation.operationId,
        attackOn({ address, method: method.toUpperCase(), operation }, sampler, target),
      );
  for (const [method, address, body] of openAi) {
    const places = body === undefined ? [] : placesOf(body);
    attacks.set(`${method} ${address}`, (value, turn) => {
      const place = places[turn % Math.max(1, places.length)];
      const path = address.replace('{model}', encode(asText(value)));
      const put = body === undefined || place === undefined ? body : putAt(body, place, value);
      return { operation: address, method, path, headers: headersOf(target, put), streams: false, ...bodyOf(put) };
    });
  }
  return attacks;
}

interface Described {
  readonly address: string;
  readonly method: string;
  readonly operation: Operation;
}

function attackOn({ address, method, operation }: Described, sampler: Sampler, target: Target): RouteAttack {
  const { parameters = [], requestBody, responses, operationId } = operation;
  const schema = requestBody?.content['application/json']?.schema;
  const base = schema === undefined ? undefined : sampler.sample(schema);
  const places = [
    ...parameters.map((parameter) => ({ parameter }) as const),
    ...(schema === undefined ? [] : sampler.places(schema).map((place) => ({ place }) as const)),
  ];
  const streams = Object.values(responses).some(({ content }) => content?.['text/event-stream'] !== undefined);
  return (value, turn) => {
    const chosen = places[turn % Math.max(1, places.length)];
    const hostile = chosen !== undefined && 'parameter' in chosen ? chosen.parameter : undefined;
    const body =
      chosen !== undefined && 'place' in chosen && base !== undefined ? putAt(base, chosen.place, value) : base;
    const valueOf = (parameter: Parameter) =>
      asText(parameter === hostile ? value : sampler.sample(parameter.schema, parameter.name));
    const query = parameters.filter((one) => one.in === 'query' && (one.required === true || one === hostile));
    // Where a route has no place at all, a parameter that it does not know.
    const search = [
      ...query.map((one) => [one.name, valueOf(one)]),
      ...(places.length === 0 ? [['x', asText(value)]] : []),
    ];
    const path = address.replaceAll(/\{(\w+)\}/g, (_all, name: string) =>
      encode(valueOf(parameters.find((one) => one.name === name) ?? { name, in: 'path', schema: {} })),
    );
    const header = hostile?.in === 'header' ? { [hostile.name]: printable(asText(value)) } : {};
    return {
      operation: operationId,
      method,
      path:
        search.length === 0
          ? path
          : `${path}?${search.map(([name = '', text = '']) => `${encode(name)}=${encode(text)}`).join('&')}`,
      headers: { ...headersOf(target, body), 'user-agent': printable(asText(value)).slice(0, 500), ...header },
      streams,
      ...bodyOf(body),
    };
  };
}

function headersOf({ authorization }: Target, body: Json | undefined): { readonly [name: string]: string } {
  return { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
}

function bodyOf(body: Json | undefined): { readonly body?: string } {
  return body === undefined ? {} : { body: JSON.stringify(body) };
}

function asText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A lone surrogate has no percent-encoding; it cannot be sent. */
function encode(text: string): string {
  return encodeURIComponent(text.slice(0, 8_000).replaceAll(/\p{Surrogate}/gu, '?'));
}

function printable(text: string): string {
  return text.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '?').slice(0, 4_000);
}

function placesOf(value: Json): readonly Place[] {
  if (typeof value !== 'object' || value === null) return [[]];
  const entries = Array.isArray(value) ? value.map((item, index) => [index, item] as const) : Object.entries(value);
  return [[], ...entries.flatMap(([key, item]) => placesOf(item as Json).map((place): Place => [key, ...place]))];
}

const agent = new Agent({ keepAlive: true, maxSockets: 8 });
/** A request that takes longer has hung. */
const hangMs = 60_000;
const readMax = 200_000;

export function send(baseUrl: string, { method, path, headers, body, streams }: Attempt): Promise<Answered> {
  const { hostname, port } = new URL(baseUrl);
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const call = request({ agent, hostname, port, method, path, headers, timeout: hangMs }, (response) => {
      if (!streams)
        return void readAll(response).then(
          (text) => resolve({ status: response.statusCode ?? 0, text, tookMs: performance.now() - began }),
          reject,
        );
      response.destroy();
      return resolve({ status: response.statusCode ?? 0, text: '', tookMs: performance.now() - began });
    });
    call.on('timeout', () => call.destroy(new Error(`no answer in ${hangMs} ms`)));
    call.on('error', reject);
    call.end(body);
  });
}

async function readAll(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response) if (text.length < readMax) text += (chunk as Buffer).toString();
  return text;
}

/** Words that only the inside of a program knows. Answers that are well may hold what their route is for. */
const inside =
  /node_modules|node:internal|\bat .{1,80}\(.{1,200}:\d+:\d+\)|\.ts:\d+|SQLITE_|syntax error at or near|unterminated quoted|SELECT .{1,40} FROM|TypeError|RangeError|ReferenceError|Cannot read propert|is not a function|ENOENT|EACCES|\/src\/|ZodError/;

/** What is wrong with an answer; undefined when nothing is. */
export function findFault({ status, text }: Answered, secretPaths: readonly string[]): string | undefined {
  if (status >= 500 && status !== 503) return `answered ${status}`;
  if (status === 503 && !text.includes('"retryable":true') && !text.includes('"error"'))
    return 'answered 503 without saying so';
  if (status < 400) return undefined;
  const word = inside.exec(text)?.[0] ?? secretPaths.find((path) => text.includes(path));
  return word === undefined ? undefined : `tells of the inside: ${word}`;
}
