// What the process is made of, for those of its pieces that are put together elsewhere.
import type { McpServers } from '@chorale/adapter-mcp';
import type { SandboxDriver, ToolRegistry } from '@chorale/module-agents';
import type { ArtifactStore, GoalStore } from '@chorale/module-goals';
import type { MemoryStore } from '@chorale/module-memory';
import type { Meaning } from '../memory/open-meaning.ts';
import type { MemoryServices } from '../memory/open-memory.ts';
import type { MessageServices } from '../messages/open-messages.ts';
import type { OpenModels } from '../models/open-models.ts';
import type { WatchedExtras } from '../process/extras.ts';
import type { TenantDataServices } from '../tenant-data/open-tenant-data.ts';
import type { Workspaces } from '../workbench/workspaces.ts';
import type { CatalogKeeper } from './catalog-keeper.ts';
import type { Backends } from './open-backends.ts';
import type { Security } from './open-security.ts';
import type { WorkerTraces } from './worker-traces.ts';

export interface PlatformParts extends Backends, Security {
  /** Of the API, once it listens. */
  readonly address?: string;
  readonly extras: WatchedExtras;
  readonly store: GoalStore;
  readonly tenantData: TenantDataServices;
  readonly meaning: Meaning;
  readonly memory: MemoryStore;
  readonly remembering: MemoryServices;
  readonly messaging: MessageServices;
  readonly artifacts: ArtifactStore;
  readonly models: OpenModels;
  readonly catalog: CatalogKeeper;
  readonly tools: ToolRegistry;
  readonly workspaces: Workspaces;
  readonly mcp: McpServers;
  readonly traces: WorkerTraces;
  readonly sandbox: SandboxDriver | Error;
  close(): Promise<void>;
}
