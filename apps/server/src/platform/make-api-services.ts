// What the API of the process is given.
import { canonicalJson } from '@chorale/module-goals';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ApiServices } from '../api/index.ts';
import { logApiEntry } from './api-server.ts';
import { redactConfig } from '../config/load-config.ts';
import { forgetMessagesOf } from '../messages/forget-person.ts';
import { runDoctor } from './doctor.ts';
import type { PlatformOptions } from './open-platform.ts';
import type { PlatformParts } from './platform-parts.ts';
import { installationRoot, productVersion } from './product.ts';

export function makeApiServices({ config, log }: PlatformOptions, parts: PlatformParts): ApiServices {
  const {
    store,
    access,
    tenants,
    tenantData,
    identity,
    audit,
    secrets,
    memory,
    messaging,
    artifacts,
    models,
    catalog,
    mcp,
    sandbox,
  } = parts;
  const { values, version } = config;
  const webRoot = join(installationRoot, 'apps', 'web', 'dist');
  const subject = { config: values, store, sandbox, webRoot, models, links: parts };
  return {
    store,
    access,
    tenants,
    tenantData,
    identity,
    audit,
    secrets,
    memory,
    erasedPlaces: [
      parts.remembering.erased,
      forgetMessagesOf(parts.stores.messages),
      { name: 'kept answers of models', forget: (tenantId) => models.forgetAnswers(tenantId) },
    ],
    messaging,
    ...(parts.cache === undefined ? {} : { readCache: parts.cache.readCache }),
    artifacts,
    models,
    mcp,
    webRoot,
    replicaLagMs: values.databaseTimeouts.replicaLagSeconds * 1_000,
    catalog: () => catalog.catalog,
    hashDefinition: (definition) => createHash('sha256').update(canonicalJson(definition)).digest('hex'),
    now: Date.now,
    random: Math.random,
    runDoctor: () => runDoctor(subject),
    async findObstacles() {
      const checks = await runDoctor(subject);
      return checks.filter((check) => !check.ok && !check.optional).map(({ name, found }) => `${name}: ${found}`);
    },
    config: () => ({ ...redactConfig(values), version }),
    extras: parts.extras,
    ...(models.watchLoad === undefined ? {} : { watchLoad: models.watchLoad }),
    version: productVersion,
    hosts: values.insecure ? 'any' : values.hosts,
    log: logApiEntry(log),
  };
}
