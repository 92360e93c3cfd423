// What agents of this process think with.

import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { readTextFile } from './read-text-file.ts';
import type { TenantId } from '@chorale/lib-ids';
import { refused } from '@chorale/lib-errors';
import { goalPolicyDefault, type MailPort, type NotesPort, type ThinkingPorts } from '@chorale/module-agents';
import type { Skill } from '@chorale/module-catalog';
import type { ArtifactStore, GoalStore } from '@chorale/module-goals';
import type { ModelServices } from '../models/model-services.ts';
import { createModelPort, type Voice } from './model-port.ts';

/** Of a conversation, where neither the agent's file nor a deployment says. */
const contextTokensDefault = 64_000;
const contextTokensMax = 200_000;
/** A conversation never fills the smallest window to the brim. */
const windowShare = 0.8;
const skillFileBytesMax = 256 * 1024;

export interface ThinkingParts {
  readonly models: Pick<ModelServices, 'route' | 'noteOutcome' | 'fleet' | 'spend'>;
  readonly store: Pick<GoalStore, 'findGoal' | 'findDefinition' | 'findTasks'>;
  readonly artifacts: ArtifactStore;
  readonly notes: NotesPort;
  readonly mail: MailPort;
  readonly voice?: Voice;
}

/** Undefined while there is no model to think with; asked anew for each attempt. */
export function findThinking(parts: ThinkingParts): ThinkingPorts | undefined {
  const { models, store, artifacts, notes, mail, voice } = parts;
  const windows = models.fleet().deployments.map((deployment) => deployment.contextTokens);
  if (windows.length === 0) return undefined;
  const smallest = Math.min(contextTokensMax, ...windows.filter((tokens) => tokens > 0));
  return {
    model: createModelPort(models, voice),
    reads: store,
    notes,
    mail,
    room: async (tenantId) => ({
      budgets: await models.spend.listBudgets(tenantId),
      free: models.fleet().deployments.some(({ prices }) => prices?.input === 0 && prices.output === 0),
    }),
    goalPolicy: goalPolicyDefault,
    contextTokens: Math.floor(windowShare * (windows.some((tokens) => tokens > 0) ? smallest : contextTokensDefault)),
    digest: (text) => createHash('sha256').update(text).digest('hex'),
    readText: (tenantId, hash) => readText(artifacts, tenantId, hash),
    readSkillFile,
  };
}

async function readText(artifacts: ArtifactStore, tenantId: TenantId, hash: string): Promise<string> {
  const bytes = await artifacts.open(tenantId, hash);
  if (bytes === undefined) throw refused('artifact-unknown', `There is no artifact ${JSON.stringify(hash)}.`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** The catalogue lists the file; a link that has since led out of the skill's folder is not followed. */
async function readSkillFile({ name, directory }: Skill, path: string): Promise<string> {
  const root = await realpath(directory);
  const file = await realpath(join(root, path));
  if (!file.startsWith(`${root}${sep}`))
    throw refused(
      'skill-file-outside',
      `The file ${JSON.stringify(path)} of the skill ${name} leads out of its folder.`,
    );
  return readTextFile(file, skillFileBytesMax);
}
