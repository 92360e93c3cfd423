// A server process with something in it, and what it says of its own interface.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '@chorale/lib-client';
import { ServerProcess } from '../e2e/server-process.ts';
import type { ApiDescription, Target } from './attack-routes.ts';

export interface OpenTarget extends Target {
  readonly description: ApiDescription;
  isRunning(): boolean;
  close(): Promise<void>;
}

export async function openTarget(folder: string): Promise<OpenTarget> {
  await mkdir(join(folder, 'home'), { recursive: true });
  const server = new ServerProcess({
    dataDir: join(folder, 'data'),
    cwd: join(folder, 'cwd'),
    args: ['serve'],
    env: { HOME: join(folder, 'home'), CHORALE_MODELS_DISCOVER: 'false' },
  });
  try {
    const [, baseUrl = ''] = await server.waitFor(/serving on (http:\/\/\S+)/, 120_000);
    const client = createClient({ baseUrl, key: server.key });
    const authorization = `Bearer ${server.key}`;
    const { goal } = await client.submitGoal({ definition: 'name: waits\ntasks:\n  news: { signal: true }\n' });
    const answer = await fetch(`${baseUrl}/openapi.json`, { headers: { authorization } });
    return {
      baseUrl,
      authorization,
      description: (await answer.json()) as ApiDescription,
      known: { goalId: goal.goalId, taskNo: 0, key: 'news', name: 'news' },
      isRunning: () => server.code === undefined,
      close: () => server.kill(),
    };
  } catch (error) {
    await server.kill();
    throw error;
  }
}
