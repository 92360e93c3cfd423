// Restate: one invocation of a service per goal; the layers are awaited in the handler, each task is a `ctx.run`.
//
// The server is the binary of the npm package with its default configuration (24 partitions, WAL with fsync), on ports
// and in a folder of its own. One awaiter at a time, by layer: a graph of promises that await each other is answered
// with "awaitNext already pending" and retried for ever.

import { join } from 'node:path';
import type { Contestant, Surroundings } from '../contestant.ts';
import { layersPerGoal, serveContestant, tasksPerGoal, tasksPerLayer } from '../contestant.ts';
import { keepInFlight } from '../keep-in-flight.ts';
import { measurePickUp } from '../measure-pick-up.ts';
import { type ChildServer, freePort, startServer } from './child-server.ts';
import { loadPeer, peerFolder, peerVersion } from './peer-package.ts';

interface Context {
  run<T>(name: string, action: () => Promise<T>): Promise<T>;
}
interface Sdk {
  service(options: {
    name: string;
    handlers: Record<string, (context: Context, input: never) => Promise<unknown>>;
  }): object;
  endpoint(): { bind(service: object): { listen(port: number): Promise<number> } };
  RestatePromise: { all<T>(promises: readonly Promise<T>[]): Promise<readonly T[]> };
}
interface ServiceClient {
  runPlan(input: null): Promise<number>;
}
interface SendClient {
  runOne(input: string): Promise<unknown>;
}
interface Clients {
  connect(options: { url: string }): {
    serviceClient(service: { name: string }): ServiceClient;
    serviceSendClient(service: { name: string }): SendClient;
  };
}

const started = new Map<string, () => void>();

function definePlans({ service, RestatePromise }: Sdk): object {
  return service({
    name: 'plans',
    handlers: {
      runPlan: async (context) => {
        let done = 0;
        for (let layer = 0; layer < layersPerGoal; layer++) {
          const tasks = Array.from({ length: tasksPerLayer }, (_, index) =>
            context.run(`task-${layer}-${index}`, async () => null),
          );
          done += (await RestatePromise.all(tasks)).length;
        }
        return done;
      },
      runOne: async (context, sample: string) => {
        started.get(sample)?.();
        await context.run('task', async () => null);
      },
    },
  });
}

async function open({ folder }: Surroundings): Promise<Contestant> {
  const sdk = loadPeer<Sdk>('@restatedev/restate-sdk');
  const clients = loadPeer<Clients>('@restatedev/restate-sdk-clients');
  const [ingressPort, adminPort, nodePort, servicePort] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const adminUrl = `http://127.0.0.1:${adminPort}`;
  const server = await startRestate(folder, { ingressPort, adminPort, nodePort });
  await sdk.endpoint().bind(definePlans(sdk)).listen(servicePort);
  await post(`${adminUrl}/deployments`, { uri: `http://127.0.0.1:${servicePort}` });
  const ingress = clients.connect({ url: `http://127.0.0.1:${ingressPort}` });
  const plans = ingress.serviceClient({ name: 'plans' });
  const sends = ingress.serviceSendClient({ name: 'plans' });
  return {
    versions: {
      'restate-server': peerVersion('@restatedev/restate-server'),
      'restate-sdk': peerVersion('@restatedev/restate-sdk'),
    },
    serverProcesses: [server.processId],
    runGoals: (order) =>
      keepInFlight(order, async () => {
        const done = await plans.runPlan(null);
        if (done !== tasksPerGoal) throw new Error(`a plan ended with ${done} tasks instead of ${tasksPerGoal}.`);
      }),
    pickUp: (samples) => {
      let sample = 0;
      return measurePickUp(samples, async (begin) => {
        const name = `sample-${sample++}`;
        started.set(name, begin);
        await sends.runOne(name);
      });
    },
    countFinished: () => countFinished(adminUrl),
    close: async () => await server.stop(),
  };
}

async function startRestate(
  folder: string,
  ports: { readonly ingressPort: number; readonly adminPort: number; readonly nodePort: number },
): Promise<ChildServer> {
  const binary = join(
    peerFolder(`@restatedev/restate-server-${process.platform}-${process.arch}`),
    'bin',
    'restate-server',
  );
  return await startServer(
    binary,
    ['--base-dir', folder, '--node-name', 'bench', '--listen-mode', 'tcp', '--no-logo'],
    {
      env: {
        RESTATE_BIND_ADDRESS: `127.0.0.1:${ports.nodePort}`,
        RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${ports.adminPort}`,
        RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ports.ingressPort}`,
        RESTATE_DISABLE_TELEMETRY: 'true',
        RESTATE_LOG_FILTER: 'error',
      },
      answers: async () => {
        const admin = await fetch(`http://127.0.0.1:${ports.adminPort}/health`);
        const ingress = await fetch(`http://127.0.0.1:${ports.ingressPort}/restate/health`);
        return admin.ok && ingress.ok;
      },
      remedy: 'Remove .bench/engine and run again: the peers are installed anew.',
    },
  );
}

/** Entries of the journals that the server keeps: one `Run` command per task that was done. */
async function countFinished(adminUrl: string): Promise<{ tasks: number; open: number }> {
  const ask = async (query: string): Promise<number> => {
    const { rows } = (await post(`${adminUrl}/query`, { query })) as { rows: readonly { n: number }[] };
    return rows[0]?.n ?? 0;
  };
  return {
    tasks: await ask(`SELECT count(*) AS n FROM sys_journal WHERE entry_type = 'Command: Run'`),
    open: await ask(`SELECT count(*) AS n FROM sys_invocation WHERE status <> 'completed'`),
  };
}

async function post(url: string, body: object): Promise<unknown> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`POST ${url} was answered with ${answer.status}: ${await answer.text()}`);
  return await answer.json();
}

serveContestant(open);
