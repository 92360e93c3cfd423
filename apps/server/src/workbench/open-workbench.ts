// The tools as one attempt has them: bound to a workspace of its own, keeping what they make under the goal's tenant.

import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { TenantId } from '@chorale/lib-ids';
import { broken, refused } from '@chorale/lib-errors';
import type { Redactor } from '@chorale/module-access';
import type {
  ArtifactCandidate,
  AttemptRequest,
  KeptArtifact,
  SandboxLimits,
  ToolRegistry,
  Workbench,
} from '@chorale/module-agents';
import type { ArtifactStore } from '@chorale/module-goals';
import type { Log } from '../process/log.ts';
import type { GoalSecrets } from '../secrets/goal-secrets.ts';
import { redactError } from '../secrets/redact-error.ts';
import type { Workspaces } from './workspaces.ts';

/** The largest single artifact a task may make. */
const artifactBytesMax = 512 * 1024 * 1024;

export interface WorkbenchParts {
  readonly tools: ToolRegistry;
  readonly artifacts: ArtifactStore;
  readonly workspaces: Workspaces;
  readonly limits: Partial<SandboxLimits>;
  readonly log: Log;
  readonly secrets: GoalSecrets;
  /** Whether the attempts of a run work in one folder, one after another. */
  readonly keepsWorkspace: (request: AttemptRequest) => boolean;
  readonly onProgress: (request: AttemptRequest, line: string) => void;
}

export async function openWorkbench(parts: WorkbenchParts, request: AttemptRequest): Promise<Workbench> {
  const { tools, artifacts, workspaces, limits, secrets } = parts;
  const { task } = request.claimed;
  const { tenantId } = task;
  const workspace = await (parts.keepsWorkspace(request) ? workspaces.openRun(task) : workspaces.openAttempt(task));
  return {
    findTool: (name, args) => tools.findTool(name, args),
    describeTool: (name) => tools.describeTool(name),
    effectsOf: (call) => tools.effectsOf(call),
    async call(call, signal) {
      await secrets.learn(request, call);
      const redactor = (): Redactor => secrets.redactors.of(tenantId);
      try {
        const result = await tools.call(call, {
          workspace,
          limits,
          signal,
          task: { ...task, projectId: request.claimed.goal.projectId },
          onProgress: (line) => parts.onProgress(request, redactor().redact(line)),
          keepArtifact: (candidate) => keepArtifact({ artifacts, tenantId, redactor: redactor() }, candidate),
          readArtifact: (hash) => readArtifact(artifacts, tenantId, hash),
          useSecrets: (references) => secrets.use(request, call, references),
        });
        return redactor().redactJson(result);
      } catch (error) {
        throw redactError(error, redactor());
      }
    },
    async close({ goesOn }) {
      if (goesOn && parts.keepsWorkspace(request)) return;
      try {
        await workspaces.closeAttempt(workspace);
      } catch (error) {
        parts.log.error('a workspace could not be removed', { workspace, error });
      }
    },
  };
}

interface Keeping {
  readonly artifacts: ArtifactStore;
  readonly tenantId: TenantId;
  readonly redactor: Redactor;
}

async function keepArtifact(
  { artifacts, tenantId, redactor }: Keeping,
  { name, mediaType, content }: ArtifactCandidate,
): Promise<KeptArtifact> {
  const bytes = redactBytes('text' in content ? oneChunk(content.text) : readFile(content.path), redactor);
  const { hash, sizeBytes } = await artifacts.put(tenantId, bytes, { sizeBytesMax: artifactBytesMax });
  return { name, mediaType, hash, sizeBytes };
}

async function* redactBytes(bytes: AsyncIterable<Uint8Array>, redactor: Redactor): AsyncIterable<Uint8Array> {
  const stream = redactor.byteStream();
  for await (const chunk of bytes) yield stream.push(chunk);
  yield stream.end();
}

export async function* oneChunk(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text, 'utf8');
}

/** A link that took a file's place is not followed. */
async function* readFile(path: string): AsyncIterable<Uint8Array> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  yield* file.createReadStream() as AsyncIterable<Uint8Array>;
}

async function readArtifact(artifacts: ArtifactStore, tenantId: TenantId, hash: string): Promise<Uint8Array> {
  const bytes = await artifacts.open(tenantId, hash);
  if (bytes === undefined) {
    if (!hash.startsWith('sha256:')) throw refused('artifact-unknown', `${JSON.stringify(hash)} names no artifact.`);
    throw broken('artifact-missing', `The bytes of artifact ${hash} are not there.`, {
      action: 'Run the task that made them again.',
    });
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}
