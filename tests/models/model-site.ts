// A server as people start it, whose configuration names stand-ins of vendors as its providers.
//
// Owns: the server process, its folder, the stand-ins.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChoraleClient, createClient } from '@chorale/lib-client';
import OpenAI from 'openai';
import { ServerProcess } from '../e2e/server-process.ts';
import { type Brain, startVendor, type Vendor, type VendorKind, type VendorOptions } from '../stand-ins/index.ts';

export interface ModelSite {
  readonly url: string;
  readonly client: ChoraleClient;
  /** The running one. */
  readonly server: ServerProcess;
  readonly vendors: Readonly<Record<string, Vendor>>;
  /** The vendor's own client, pointed at the server. */
  openai(apiKey?: string): OpenAI;
  /** Ends the server as a crash does, and starts it again on its data, at the same address. */
  crash(): Promise<void>;
  close(): Promise<void>;
}

export interface SiteOptions {
  readonly brain: Brain;
  /** By provider name. */
  readonly vendors: Readonly<Record<string, { readonly kind: VendorKind } & Partial<VendorOptions>>>;
  /** Of each provider, as the configuration has them. */
  readonly models: Readonly<Record<string, readonly object[]>>;
  /** Other settings under `models`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly telemetry?: Readonly<Record<string, unknown>>;
  readonly memory?: Readonly<Record<string, unknown>>;
  /** Default `api`. */
  readonly roles?: string;
}

export async function openModelSite(options: SiteOptions): Promise<ModelSite> {
  const folder = await mkdtemp(join(tmpdir(), 'chorale-models-'));
  const vendors: Record<string, Vendor> = {};
  for (const [name, vendor] of Object.entries(options.vendors))
    vendors[name] = await startVendor({ brain: options.brain, ...vendor });
  const providers = Object.entries(vendors).map(([name, { kind, baseUrl }]) => ({
    name,
    kind,
    baseUrl,
    apiKey: 'env:TEST_VENDOR_KEY',
    models: options.models[name] ?? [],
  }));
  const config = {
    models: { discover: false, providers, ...options.settings },
    ...(options.memory === undefined ? {} : { memory: options.memory }),
    ...(options.telemetry === undefined ? {} : { telemetry: options.telemetry }),
  };
  await writeFile(join(folder, 'chorale.yaml'), JSON.stringify(config));
  const start = (listen: string): ServerProcess =>
    new ServerProcess({
      dataDir: join(folder, 'data'),
      cwd: folder,
      args: ['serve', '--roles', options.roles ?? 'api'],
      env: { TEST_VENDOR_KEY: 'test-key' },
      listen,
    });
  const serving = /serving on (http:\S+)/;
  let server = start('127.0.0.1:0');
  const url = (await server.waitFor(serving))[1] ?? '';
  return {
    url,
    client: createClient({ baseUrl: url, key: server.key }),
    get server() {
      return server;
    },
    vendors,
    openai: (apiKey = server.key) => new OpenAI({ apiKey, baseURL: `${url}/v1`, maxRetries: 0 }),
    crash: async () => {
      await server.kill();
      server = start(new URL(url).host);
      await server.waitFor(serving);
    },
    close: async () => {
      await server.kill();
      for (const vendor of Object.values(vendors)) await vendor.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
