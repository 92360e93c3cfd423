// Fetches a URL of the public Internet for an agent.

import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { refused, temporary } from '@chorale/lib-errors';
import type { ToolContext, ToolDefinition, ToolEffects, ToolGrant, ToolOutcome } from '@chorale/module-agents';
import { createAddressGuard, type AddressGuardOptions } from './address-guard.ts';
import { boundText } from './bounded-text.ts';
import { withParent } from './confined-path.ts';
import { withDeadline } from './deadline.ts';
import { useGrantedSecrets } from './granted-secrets.ts';
import { requestGuarded, type GuardedResponse } from './guarded-request.ts';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const readingMethods: readonly string[] = ['GET', 'HEAD'];

interface HttpFetchArguments {
  readonly url: string;
  readonly method: (typeof methods)[number];
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly bytesMax: number;
  readonly timeoutMs: number;
}

export interface HttpFetchOptions extends AddressGuardOptions {
  /** Default 80 and 443. */
  readonly ports?: readonly number[];
}

const portsDefault: readonly number[] = [80, 443];
const redirectsMax = 5;
const bytesMaxDefault = 2 * 1024 * 1024;
const bytesMaxMax = 64 * 1024 * 1024;
const timeoutMsDefault = 30_000;
const timeoutMsMax = 5 * 60_000;

/** What describes the connection is ours to say. */
const reservedHeaders = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
]);

export function createHttpFetch(options: HttpFetchOptions = {}): ToolDefinition<HttpFetchArguments> {
  return {
    name: 'http-fetch',
    description:
      'Requests a URL of the public Internet and gives status, headers and text. Private addresses are refused. ' +
      'Without more in its grant it only reads (GET, HEAD).',
    inputSchema: {
      type: 'object',
      properties: {
        url: { type: 'string', minLength: 1, maxLength: 8_192 },
        method: { enum: methods, default: 'GET' },
        headers: {
          type: 'object',
          additionalProperties: { type: 'string', maxLength: 8_192 },
          maxProperties: 50,
          default: {},
        },
        body: { type: 'string', maxLength: 4_000_000 },
        bytesMax: { type: 'integer', minimum: 1, maximum: bytesMaxMax, default: bytesMaxDefault },
        timeoutMs: { type: 'integer', minimum: 1, maximum: timeoutMsMax, default: timeoutMsDefault },
      },
      required: ['url'],
      additionalProperties: false,
    },
    idempotent: ({ method }) => readingMethods.includes(method),
    effects: effectsOf,
    sends: ({ url, method, headers, body }) =>
      readingMethods.includes(method) && body === undefined && Object.keys(headers).length === 0 ? [url] : undefined,
    gives: 'public',
    grantSchema: {
      type: 'object',
      properties: {
        hosts: {
          type: 'array',
          items: { type: 'string', minLength: 1 },
          description: 'Names that may be reached; *.example.org stands for every name below. Absent: any public one.',
        },
        methods: { type: 'array', items: { enum: methods }, default: [...readingMethods] },
        headers: {
          type: 'object',
          additionalProperties: { type: 'string', pattern: '^(?:[A-Za-z]+ )?secret:' },
          maxProperties: 20,
          description: 'Headers sent to `hosts` alone, each a reference to a secret, as in Bearer secret:API_TOKEN.',
        },
      },
      dependentRequired: { headers: ['hosts'] },
      additionalProperties: false,
    },
    run: (args, context) => fetchFor(args, context, options),
  };
}

/** To hosts that the agent's author has named, a request that reads carries nothing out of where it may be. */
function effectsOf({ method }: HttpFetchArguments, limits: ToolGrant['limits']): ToolEffects {
  if (!readingMethods.includes(method)) return 'irreversible';
  return limits['hosts'] === undefined ? 'exfiltrates' : 'reads';
}

type Granted = Parameters<ToolDefinition<HttpFetchArguments>['run']>[1]['grant'];

async function fetchFor(
  args: HttpFetchArguments,
  context: ToolContext & { readonly grant: Granted },
  options: HttpFetchOptions,
): Promise<ToolOutcome> {
  const limits = context.grant.limits as { readonly hosts?: readonly string[]; readonly methods: readonly string[] };
  if (!limits.methods.includes(args.method)) {
    throw refused('method-not-granted', `The grant of http-fetch does not allow ${args.method}.`, {
      action: `Add ${args.method} to \`methods\` of the grant.`,
    });
  }
  const secrets = await useGrantedSecrets(context, 'headers');
  const headers = { ...withoutThose(args.headers, secrets), ...secrets };
  checkHeaders(headers);
  return withDeadline(context.signal, args.timeoutMs, async (signal) => {
    try {
      const response = await requestGuarded(
        { url: parseUrl(args.url), method: args.method, headers, body: args.body, confidential: Object.keys(secrets) },
        {
          guard: createAddressGuard(options),
          checkUrl: (url) => checkUrl(url, options.ports ?? portsDefault, limits.hosts),
          bytesMax: args.bytesMax,
          redirectsMax,
          signal,
        },
      );
      return await outcomeOf(response, context.workspace);
    } catch (error) {
      const { url, timeoutMs } = args;
      if (context.signal?.aborted === true)
        throw temporary('http-cancelled', `Fetching ${url} was cancelled.`, { cause: error });
      if (signal.aborted)
        throw temporary('http-timed-out', `${url} took longer than ${timeoutMs} ms.`, { cause: error });
      throw error;
    }
  });
}

/** The model does not set a header of its own beside one that the grant sets. */
function withoutThose(headers: HttpFetchArguments['headers'], secrets: object): HttpFetchArguments['headers'] {
  const taken = new Set(Object.keys(secrets).map((name) => name.toLowerCase()));
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !taken.has(name.toLowerCase())));
}

function parseUrl(text: string): URL {
  if (!URL.canParse(text))
    throw refused('url-not-usable', `${JSON.stringify(text)} is no absolute URL.`, { action: 'Begin with https://.' });
  return new URL(text);
}

function checkUrl(url: URL, ports: readonly number[], hosts: readonly string[] | undefined): void {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw refused('url-not-usable', `The scheme ${url.protocol} is not supported.`, { action: 'Use https or http.' });
  }
  if (url.username !== '' || url.password !== '') {
    throw refused('url-not-usable', 'The URL holds a user name or password.', {
      action: 'Send an Authorization header.',
    });
  }
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  if (!ports.includes(port)) {
    throw refused('port-not-allowed', `The port ${port} may not be reached.`, {
      action: `Use one of: ${ports.join(', ')}.`,
    });
  }
  if (hosts !== undefined && !hosts.some((pattern) => matchesHost(url.hostname, pattern))) {
    throw refused('host-not-granted', `The grant of http-fetch does not reach ${url.hostname}.`, {
      action: `It reaches: ${hosts.join(', ') || 'nothing'}.`,
    });
  }
}

function matchesHost(host: string, pattern: string): boolean {
  const [plain, wanted] = [host.toLowerCase().replace(/\.$/, ''), pattern.toLowerCase()];
  return wanted.startsWith('*.') ? plain.endsWith(wanted.slice(1)) && plain.length >= wanted.length : plain === wanted;
}

function checkHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[!#$%&'*+\-.^_`|~\w]+$/.test(name) || /[^\t\x20-\x7e\x80-\xff]/.test(value)) {
      throw refused('header-not-usable', `The header ${JSON.stringify(name)} is not well formed.`);
    }
    if (reservedHeaders.has(name.toLowerCase())) {
      throw refused('header-not-usable', `The header ${name} is set by the connection.`, { action: 'Leave it out.' });
    }
  }
}

const textTypes =
  /^(text\/|application\/([\w.+-]*\+)?(json|xml|yaml|javascript|x-www-form-urlencoded|toml|graphql|jsonl|x-ndjson)\b|image\/svg)/i;

function charsetOf(contentType: string): string {
  const label = /charset="?([\w-]+)/i.exec(contentType)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return 'utf-8';
  }
}

const plainHeaders = (headers: IncomingHttpHeaders): { readonly [name: string]: string } =>
  Object.fromEntries(
    Object.entries(headers)
      // What a server sets for a browser to send back is no business of an agent's transcript.
      .filter(([name]) => name !== 'set-cookie')
      .map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );

async function outcomeOf(response: GuardedResponse, workspace: string): Promise<ToolOutcome> {
  const contentType =
    response.headers['content-type'] ?? (isUtf8(response.body) ? 'text/plain' : 'application/octet-stream');
  const mediaType = (contentType.split(';')[0] ?? '').trim().toLowerCase();
  const common = {
    status: response.status,
    url: response.url.href,
    redirects: response.redirects,
    headers: plainHeaders(response.headers),
    sizeBytes: response.body.length,
  };
  if (!textTypes.test(mediaType) && response.body.length > 0) {
    const path = await keepBytes(response.body, workspace);
    return {
      output: { ...common, truncated: response.truncated, artifact: 'body' },
      artifacts: [{ name: 'body', mediaType, content: { path } }],
    };
  }
  const bounded = boundText('body.txt', new TextDecoder(charsetOf(contentType)).decode(response.body), mediaType);
  return {
    output: { ...common, text: bounded.text, truncated: response.truncated || bounded.truncated },
    artifacts: bounded.artifacts,
  };
}

/** In the workspace, which goes with the attempt, but by a walk that no link in it can lead astray. */
async function keepBytes(body: Buffer, workspace: string): Promise<string> {
  const path = `.chorale-fetched/${randomUUID()}`;
  await withParent(workspace, path, (parent, name) => writeFile(`${parent}/${name}`, body, { flag: 'wx' }));
  return join(workspace, path);
}
