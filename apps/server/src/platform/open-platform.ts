// Everything the process is made of, put together by hand. What stands behind which port is said in the files this one
// leads to: the backends, what keeps them safe, and the parts that do the work.

import type { AttemptRequest } from '@chorale/module-agents';
import type { ArtifactStore, GoalStore } from '@chorale/module-goals';
import type { ApiServices } from '../api/index.ts';
import type { EffectiveConfig } from '../config/load-config.ts';
import type { Log } from '../process/log.ts';
import type { Service } from '../process/service.ts';
import { learnConfigured } from '../secrets/learn-configured.ts';
import type { Redactors } from '../secrets/redactors.ts';
import { ApiServer } from './api-server.ts';
import { listServices } from './list-services.ts';
import { makeApiServices } from './make-api-services.ts';
import { openParts } from './open-parts.ts';

export interface PlatformOptions {
  readonly config: EffectiveConfig;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
  /** What takes secrets out of everything that is to be seen; the log of the process is one of it. */
  readonly redactors: Redactors;
  /** Told what a task prints while it works, a line at a time. */
  readonly onProgress: (request: AttemptRequest, line: string) => void;
}

export interface Platform {
  readonly store: GoalStore;
  readonly artifacts: ArtifactStore;
  readonly apiServices: ApiServices;
  /** Where API and page are; empty without the role `api`. */
  readonly url: string;
  /** In the order in which they are to be run. */
  readonly services: readonly Service[];
  /** After the services have ended. */
  close(): Promise<void>;
}

export async function openPlatform(options: PlatformOptions): Promise<Platform> {
  const { config, env, redactors } = options;
  learnConfigured(redactors, config.values, env);
  const parts = await openParts(options);
  const { store, artifacts, cache, close } = parts;
  const apiServices = makeApiServices(options, parts);
  const api = config.values.roles.includes('api')
    ? new ApiServer(apiServices, config.values, cache?.rateLimiter)
    : undefined;
  // Before anything is claimed: a port that is taken ends the start.
  await api?.begin().catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const services = listServices(options, parts, api);
  return { store, artifacts, apiServices, url: api?.url ?? '', services, close };
}
