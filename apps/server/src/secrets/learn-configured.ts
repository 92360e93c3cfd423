// What whoever started this process gave it besides references: addresses with a password in them, and the account of a bucket.
import type { Config } from '../config/config-schema.ts';
import { readAddress, readReplicas } from '../config/load-config.ts';
import { readSecret } from '../config/read-secret.ts';
import type { Redactors } from './redactors.ts';

const addresses = ['database', 'broker', 'cache'] as const;
const variables = ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'CHORALE_KEY'] as const;

/** So that they are hidden from the first line on. */
export function learnConfigured(redactors: Redactors, config: Config, env: NodeJS.ProcessEnv): void {
  const learn = (name: string, reference: string): void =>
    redactors.learn({ name, value: readSecret(reference, `The ${name}`, env) });
  const known = addresses.map((name) => [name, readAddress(config, name, env)] as const);
  const copies = readReplicas(config, env).map((address) => ['replica', address] as const);
  for (const [name, value] of [...known, ...copies])
    // An address without a password is no secret.
    if (/:\/\/[^/@]*:[^/@]+@/.test(value)) redactors.learn({ name: `${name} address`, value });
  for (const { name, clientSecret } of config.access.providers)
    if (clientSecret !== undefined) learn(`login provider ${name}`, clientSecret);
  if (config.access.ownerPassword !== '') learn('owner password', config.access.ownerPassword);
  for (const name of variables) {
    const value = env[name];
    if (value !== undefined && value !== '') redactors.learn({ name, value });
  }
}
