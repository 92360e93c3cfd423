// Checks one workflow file or skill given as JSON on standard input, and prints what the API would answer. A program of
// its own, so that files can be checked where no server runs.
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { discoverCatalog } from '@chorale/adapter-filesystem';
import type { Validation } from '@chorale/lib-client';
import { parseSkill, type TrustStore } from '@chorale/module-catalog';
import { validateWorkflow } from './read-workflow.ts';

type Given =
  | { readonly kind: 'workflow'; readonly path: string; readonly text: string }
  | { readonly kind: 'skill'; readonly path: string; readonly text: string; readonly files: readonly string[] };

/** Nothing is run here, so that nothing needs to be trusted: names only have to be there. */
const trustNobody: TrustStore = {
  isTrusted: async () => false,
  trust: async () => undefined,
  revoke: async () => undefined,
  list: async () => [],
};

async function validate(given: Given): Promise<Validation> {
  if (given.kind === 'skill') {
    const { problems } = parseSkill(given, 'strict');
    return { valid: problems.every(({ severity }) => severity !== 'error'), problems };
  }
  const places = {
    shipped: resolve(import.meta.dirname, '../../../../catalog'),
    project: process.cwd(),
    home: homedir(),
    configHome: process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'),
  };
  const { catalog } = await discoverCatalog(places, trustNobody);
  return validateWorkflow(catalog, given);
}

process.stdout.write(JSON.stringify(await validate(JSON.parse(await text(process.stdin)) as Given)));
