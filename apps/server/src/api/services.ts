// What the API needs from whoever runs it. `platform.ts` provides it; tests provide a small one of their own.
import type { McpServers } from '@chorale/adapter-mcp';
import type { LoadReading } from '@chorale/adapter-telemetry';
import type { Random } from '@chorale/lib-ids';
import type { Catalog } from '@chorale/module-catalog';
import type { TenantServices } from '../access/tenant-services.ts';
import type { IdentityServices } from '../access/identity-services.ts';
import type { TenantDataServices } from '../tenant-data/open-tenant-data.ts';
import type { SecretServices } from '../secrets/open-secrets.ts';
import type { AuditServices } from '../audit/open-audit.ts';
import type { ErasedPlace, MemoryStore } from '@chorale/module-memory';
import type { MessageServices } from '../messages/open-messages.ts';
import type { ModelServices } from '../models/model-services.ts';
import type { WatchedExtras } from '../process/extras.ts';
import type { AccessServices } from './caller.ts';
import type { ArtifactStore, GoalStore, Json, PlanDefinition, ReadCache } from '@chorale/module-goals';

export interface ApiServices {
  readonly store: GoalStore;
  /** Default: one of this process alone. */
  readonly readCache?: ReadCache;
  /** How old lists may be that come from a copy of the database. */
  readonly replicaLagMs?: number;
  readonly artifacts: ArtifactStore;
  readonly models: ModelServices;
  readonly memory: MemoryStore;
  /** Where else texts of memory may be: told first when they are erased. */
  readonly erasedPlaces: readonly ErasedPlace[];
  readonly messaging: MessageServices;
  readonly access: AccessServices;
  readonly tenants: TenantServices;
  readonly tenantData: TenantDataServices;
  /** Users, sessions and keys. */
  readonly identity: IdentityServices;
  /** Where every act that counts for security is written down before it is answered. */
  readonly audit: AuditServices;
  readonly secrets: SecretServices;
  /** The MCP servers that are configured. */
  readonly mcp: Pick<McpServers, 'servers' | 'refresh' | 'approve'>;
  /** The catalogue as it is now; called on every request, so it must be cheap (keep it, and replace it on change). */
  readonly catalog: () => Catalog;
  /** Hash of a definition's canonical JSON: what `SubmitGoal.planHash` asks for. */
  readonly hashDefinition: (definition: PlanDefinition) => string;
  readonly now: () => number;
  readonly random: Random;
  /** What the machine has and lacks. May take a second. */
  readonly runDoctor: () => Promise<readonly DoctorCheck[]>;
  /** Everything that keeps this process from doing its work now; empty when it is ready. Asked by `/readyz`. */
  readonly findObstacles: () => Promise<readonly string[]>;
  /** The effective configuration; secrets only as the references they were given as. */
  readonly config: () => { readonly [key: string]: Json };
  /** What is left off while much is asked. */
  readonly extras?: Pick<WatchedExtras, 'watch'>;
  /** Told how to read what this process is asked for; where metrics are sent. */
  readonly watchLoad?: (read: () => LoadReading) => void;
  readonly version: string;
  /** Folder of the built page; the API says how to build it when there is none. */
  readonly webRoot: string;
  /**
   * Names a request's Host may carry, without port, besides localhost and the loopback addresses. `any` switches the
   * check off: only for `--insecure`, where whoever binds beyond loopback answers for what is in front.
   */
  readonly hosts: readonly string[] | 'any';
  /** One call per answered request and one per defect, for the process's log; the API itself prints nothing. */
  readonly log: (entry: ApiLogEntry) => void;
}

export interface DoctorCheck {
  readonly name: string;
  readonly ok: boolean;
  /** True when Chorale works without it, with less. */
  readonly optional: boolean;
  readonly found: string;
  /** The command that mends it. */
  readonly fix?: string;
}

export interface ApiLogEntry {
  readonly level: 'info' | 'error';
  readonly message: string;
  readonly requestId: string;
  readonly method: string;
  /** The route's pattern, never the address as sent: it may hold anything. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
  readonly error?: unknown;
}
