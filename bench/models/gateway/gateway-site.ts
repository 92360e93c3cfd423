// What is measured: an upstream of least cost, a server of ours in front of it as people start one, and a peer.
//
// Owns: the three processes; ours keeps its data in the run's own folder.

import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createServer } from 'node:net';
import { plainUpstreamScript } from '../../../tests/stand-ins/index.ts';
import { buildServer } from '../../../tools/build-server.ts';
import { serverEnvironment, serverFlags } from '../../../tools/built-server.mjs';
import { root } from '../../../tools/process/root.ts';
import type { BenchContext } from '../../harness/index.ts';
import { startProgram, type StartedProgram } from './start-program.ts';

/** Where calls are sent, and how they must look there. */
export interface Target {
  readonly processId: number;
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface GatewaySite {
  readonly direct: Target;
  readonly ours: Target;
  readonly portkey: Target;
  close(): Promise<void>;
}

const main = join(root, 'apps', 'server', 'dist', 'main.js');
const chatPath = '/v1/chat/completions';
const json = { 'content-type': 'application/json' };

export async function openGatewaySite(context: BenchContext): Promise<GatewaySite> {
  const programs: StartedProgram[] = [];
  const close = async (): Promise<void> => {
    for (const program of programs.toReversed()) await program.end();
  };
  const start = async (options: Parameters<typeof startProgram>[0]): Promise<StartedProgram> => {
    const program = await startProgram(options);
    programs.push(program);
    return program;
  };
  try {
    await buildServer();
    const folder = await mkdtemp(join(context.scratch, 'gateway-'));
    const upstream = await start({ args: [plainUpstreamScript], cwd: folder, ready: /"url":"(http:[^"]+)"/ });
    const upstreamUrl = upstream.said[1] ?? '';
    const direct = { processId: upstream.processId, origin: upstreamUrl, path: chatPath, headers: json };
    const ours = await startOurs(start, folder, upstreamUrl);
    const portkey = await startPortkey(start, context.peersFolder, upstreamUrl);
    return { direct, ours, portkey, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Start = (options: Parameters<typeof startProgram>[0]) => Promise<StartedProgram>;

/** With all its roles, a key, and budgets of the tenant, the key and each day. */
async function startOurs(start: Start, folder: string, upstreamUrl: string): Promise<Target> {
  const models = [{ name: 'plain', contextTokens: 100_000, prices: { input: 1, output: 2 } }];
  const provider = { name: 'upstream', kind: 'openai-compatible', baseUrl: `${upstreamUrl}/v1`, models };
  const config = {
    models: {
      discover: false,
      keyless: 'never',
      providers: [provider],
      budgets: [
        { scope: 'tenant', window: 'total', usd: 1_000_000 },
        { scope: 'tenant', window: 'day', usd: 1_000_000, calls: 1_000_000_000 },
      ],
    },
  };
  // Every JSON document is YAML.
  await writeFile(join(folder, 'chorale.yaml'), JSON.stringify(config));
  const server = await start({
    args: [...serverFlags(root), main, 'serve', '--data-dir', join(folder, 'data'), '--listen', '127.0.0.1:0'],
    cwd: folder,
    ready: /serving on (http:[^\s"]+)/,
    env: serverEnvironment,
  });
  const origin = server.said[1] ?? '';
  const answer = await fetch(`${origin}/v1/model-keys`, {
    method: 'POST',
    headers: { ...json, authorization: `Bearer ${await readLocalKey(folder)}` },
    body: JSON.stringify({ name: 'bench', models: ['plain'], budget: { window: 'total', usd: 1_000_000 } }),
  });
  const { key } = (await answer.json()) as { readonly key?: string };
  if (key === undefined) throw new Error(`no key was made: ${answer.status}`);
  return {
    processId: server.processId,
    origin,
    path: chatPath,
    headers: { ...json, authorization: `Bearer ${key}` },
  };
}

async function readLocalKey(folder: string): Promise<string> {
  return (await readFile(join(folder, 'data', 'access', 'local-key'), 'utf8')).trim();
}

async function startPortkey(start: Start, peersFolder: string, upstreamUrl: string): Promise<Target> {
  const script = join(peersFolder, 'node_modules', '@portkey-ai', 'gateway', 'build', 'start-server.js');
  const port = await freePort();
  const server = await start({
    args: [script, '--headless', `--port=${port}`],
    cwd: peersFolder,
    ready: /Ready for connections/,
    env: { NODE_ENV: 'production' },
  });
  return {
    processId: server.processId,
    origin: `http://127.0.0.1:${port}`,
    path: chatPath,
    headers: {
      ...json,
      authorization: 'Bearer none',
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': `${upstreamUrl}/v1`,
    },
  };
}

/** It cannot be told to let the system choose. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise<void>((resolve) => void probe.close(() => resolve()));
  if (address === null || typeof address === 'string') throw new Error('the system gave no port.');
  return address.port;
}
