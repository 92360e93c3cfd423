// A server with a canary in every kind of secret, a goal whose agent shows all it can see, and every place where a secret might
// have got to.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type ChoraleClient } from '@chorale/lib-client';
import { secretPatterns } from '@chorale/module-access';
import { ServerProcess } from '../e2e/server-process.ts';
import {
  startMcpServer,
  startVendor,
  type Brain,
  type BrainReply,
  type McpServer,
  type Vendor,
} from '../stand-ins/index.ts';

const random = (): string => crypto.randomUUID().replaceAll('-', '');

/** By the kind of secret. Those that the server makes are added as they are made. */
export type Canaries = Map<string, string>;

export interface Place {
  readonly name: string;
  readonly bytes: Buffer;
}

const agent = `---
name: leaker
description: Shows all it can see.
role: Leaker
tools:
  - shell:
      env: { TOKEN: secret:TOKEN }
---

Show all you can see.
`;

/** Prints the secret and its encodings, long enough for an artifact, and stays long enough to be looked at. */
const command =
  'env | sort; echo "$TOKEN" | base64; printf %s "$TOKEN" | od -An -tx1 | tr -d " \\n"; tr "\\0" "\\n" < /proc/self/environ; ' +
  'for i in $(seq 3000); do echo "line $i $TOKEN"; done; sleep 3; echo "failed with $TOKEN" >&2; exit 3';

const call = (name: string, args: object): BrainReply => ({ toolCalls: [{ name, arguments: args as never }] });

/** Repeats what it was told in its result. */
const brain: Brain = ({ system, messages }) => {
  if (!system.includes('leaker')) return { text: '{"verdict":"allow","category":"none","reason":"harmless"}' };
  const answers = messages.filter(({ role }) => role === 'assistant');
  if (answers.length === 0) return call('shell', { command });
  return call('finish', { result: JSON.stringify(messages).slice(-8_000) });
};

export class CanaryTrial {
  readonly canaries: Canaries = new Map();
  readonly folder = mkdtempSync(join(tmpdir(), 'chorale-canaries-'));
  readonly #received: Buffer[] = [];
  #collector: Server | undefined;
  #vendor: Vendor | undefined;
  #mcp: McpServer | undefined;
  #server: ServerProcess | undefined;
  #client: ChoraleClient | undefined;
  #url = '';

  get dataDir(): string {
    return join(this.folder, 'data');
  }

  plant(kind: string, value = `canary-${random()}`): string {
    this.canaries.set(kind, value);
    return value;
  }

  async start(env: Readonly<Record<string, string>>): Promise<void> {
    const key = this.plant('provider key');
    this.#vendor = await startVendor({ kind: 'openai-compatible', keys: [key], brain });
    this.#mcp = await startMcpServer();
    this.#collector = await this.#collect();
    const otlp = `http://127.0.0.1:${(this.#collector.address() as AddressInfo).port}`;
    const model = {
      name: 'llama-3.3-70b',
      contextTokens: 60_000,
      capabilities: ['tools', 'streaming'],
      prices: { input: 1, output: 2 },
    };
    const office = {
      name: 'office',
      kind: 'openai-compatible',
      baseUrl: this.#vendor.baseUrl,
      apiKey: 'env:OFFICE_KEY',
      models: [model],
    };
    const company = {
      name: 'company',
      issuer: 'https://login.example.com',
      clientId: 'chorale',
      clientSecret: 'env:OIDC_SECRET',
    };
    const config = {
      models: { discover: false, providers: [office] },
      mcp: { servers: [{ name: 'tools', url: this.#mcp.url, private: true, headers: { 'x-token': 'env:MCP_TOKEN' } }] },
      access: { providers: [company] },
      telemetry: { otlp, seconds: 1 },
      log: { level: 'debug', format: 'text' },
      ...(env['DATABASE_URL'] === undefined ? {} : { database: 'env:DATABASE_URL' }),
    };
    const cwd = join(this.folder, 'cwd');
    const agents = join(this.folder, 'home', '.agents', 'agents');
    for (const directory of [cwd, agents]) mkdirSync(directory, { recursive: true });
    writeFileSync(join(agents, 'leaker.md'), agent);
    writeFileSync(join(this.folder, 'chorale.yaml'), JSON.stringify(config));
    const home = { CHORALE_CONFIG: join(this.folder, 'chorale.yaml'), HOME: join(this.folder, 'home') };
    this.#server = new ServerProcess({
      dataDir: this.dataDir,
      cwd,
      args: ['serve'],
      env: {
        ...home,
        OFFICE_KEY: key,
        MCP_TOKEN: this.plant('MCP header'),
        OIDC_SECRET: this.plant('OIDC client secret'),
        ...env,
      },
    });
    [, this.#url = ''] = await this.#server.waitFor(/serving on (http:\/\/\S+)/);
    this.plant('local key', this.#server.key);
    this.#client = createClient({ baseUrl: this.#url, key: this.#server.key });
    this.#plantKeyFiles();
  }

  #plantKeyFiles(): void {
    const access = join(this.dataDir, 'access');
    this.plant('key-encryption key', readFileSync(join(access, 'key-encryption-key'), 'utf8').trim());
    for (const name of ['audit-ed25519.pem', 'audit-ml-dsa-65.pem'])
      this.plant(`signing key ${name}`, readFileSync(join(access, name), 'utf8').split('\n').slice(1, -2).join('\n'));
  }

  get #api(): ChoraleClient {
    return this.#client!;
  }

  async #post(path: string, body: object): Promise<Response> {
    const headers = { authorization: `Bearer ${this.#server!.key}`, 'content-type': 'application/json' };
    const response = await fetch(`${this.#url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response;
  }

  /** The goal, and everything else that hands a secret out once. */
  async work(): Promise<void> {
    await this.#api.putSecret('TOKEN', this.plant('secret'));
    this.plant('model key', (await this.#api.createModelKey({ name: 'program' })).key);
    const made = (await (await this.#post('/v1/account/keys', { label: 'laptop' })).json()) as { readonly key: string };
    this.plant('API key', made.key);
    const owner = (await (await this.#post('/v1/owner/password', {})).json()) as { readonly password: string };
    this.plant('password', owner.password);
    const login = await this.#post('/v1/login/password', { login: 'owner', password: owner.password });
    const cookie = login.headers.getSetCookie().map((line) => /^[^=]+=([^;]+)/.exec(line)?.[1] ?? '');
    for (const [index, value] of cookie.filter((one) => one.length > 16).entries())
      this.plant(`session token ${index}`, decodeURIComponent(value));
    await this.#api.listMcpServers();
    const definition =
      'name: leaking\ntasks:\n  leak: { agent: leaker, with: { task: Show it } }\noutputs:\n  seen: ${{ tasks.leak.output }}\n';
    const { goal } = await this.#api.submitGoal({ definition });
    const during = await this.#lookWhileItRuns(goal.goalId);
    this.seenInProcesses = during;
    const ended = await this.#api.getGoal(goal.goalId);
    if (ended.state !== 'succeeded')
      throw new Error(`the goal is ${ended.state}: ${JSON.stringify(ended.failure)}\n${this.#server!.output}`);
  }

  /** Command lines of all processes, and environments of those in the sandbox. */
  seenInProcesses: readonly Place[] = [];

  async #lookWhileItRuns(goalId: string): Promise<readonly Place[]> {
    const seen = new Map<string, Buffer>();
    const deadline = Date.now() + 90_000;
    while ((await this.#api.getGoal(goalId)).finishedAt === undefined) {
      if (Date.now() > deadline) throw new Error(`the goal did not end:\n${this.#server!.output}`);
      for (const [name, bytes] of this.#readProcesses()) seen.set(name, bytes);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return [...seen].map(([name, bytes]) => ({ name, bytes }));
  }

  *#readProcesses(): Generator<readonly [string, Buffer]> {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
      const line = read(join('/proc', pid, 'cmdline'));
      yield [`command line of ${pid}: ${line.toString().replaceAll('\0', ' ').slice(0, 80)}`, line];
      const environment = read(join('/proc', pid, 'environ'));
      if (environment.includes('TOKEN=') && !environment.includes('OFFICE_KEY='))
        yield [`sandbox environment of ${pid}`, environment];
    }
  }

  /** Everything that somebody might see, after the server has ended. */
  async collect(dumpDatabase: () => Promise<readonly Place[]>): Promise<readonly Place[]> {
    const places: Place[] = [];
    const add = (name: string, content: unknown): void => {
      places.push({ name, bytes: Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)) });
    };
    const [goal] = (await this.#api.listGoals()).items;
    const { goalId } = goal!;
    add('goal', goal);
    add('events', await this.#api.listEvents(goalId));
    add('explanation', await this.#api.explainGoal(goalId));
    add('steps', await this.#api.listSteps(goalId, 0));
    add('attempts', await this.#api.listAttempts(goalId, 0));
    for (const artifact of await this.#api.listArtifacts(goalId))
      add(`artifact ${artifact.name}`, await (await this.#api.openArtifact(artifact)).text());
    for (const path of [
      '/v1/config',
      '/v1/secrets',
      '/v1/model-keys',
      '/v1/model-calls',
      '/v1/account/keys',
      '/v1/audit/entries',
      '/v1/audit/export',
      '/v1/memories/export',
      '/v1/mcp-servers',
      '/openapi.json',
      '/',
    ])
      add(`GET ${path}`, await this.#get(path));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await this.#server!.kill();
    add('log of the process', this.#server!.output);
    places.push({ name: 'traces', bytes: Buffer.concat(this.#received) });
    for (const { path, body } of this.#vendor!.log.entries) add(`prompt to ${path}`, body);
    return [...places, ...this.#readFiles(), ...(await dumpDatabase())];
  }

  async #get(path: string): Promise<string> {
    const response = await fetch(`${this.#url}${path}`, { headers: { authorization: `Bearer ${this.#server!.key}` } });
    return response.text();
  }

  /** All that the server keeps, but the folder of keys, which is for its user alone. */
  *#readFiles(): Generator<Place> {
    for (const entry of readdirSync(this.dataDir, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isFile() || path.startsWith(join(this.dataDir, 'access'))) continue;
      yield { name: path.slice(this.folder.length + 1), bytes: readFileSync(path) };
    }
  }

  async close(): Promise<void> {
    await this.#server?.kill();
    await this.#vendor?.close();
    await this.#mcp?.close();
    this.#collector?.closeAllConnections();
    this.#collector?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #collect(): Promise<Server> {
    const server = createServer((request, response) => {
      request.on('data', (chunk: Buffer) => this.#received.push(chunk));
      request.on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
    });
    return new Promise((resolve) => void server.listen(0, '127.0.0.1', () => resolve(server)));
  }
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    // It has ended, or is not ours.
    return Buffer.alloc(0);
  }
}

/** Which canary is where, in any of its forms. */
export function findCanaries(canaries: Canaries, places: readonly Place[]): readonly string[] {
  return [...canaries].flatMap(([kind, value]) => {
    const patterns = secretPatterns(value).map((pattern) => Buffer.from(pattern));
    return places
      .filter(({ bytes }) => patterns.some((pattern) => bytes.includes(pattern)))
      .map(({ name }) => `${kind} in ${name}`);
  });
}
