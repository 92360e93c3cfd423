import type { TenantId } from '@chorale/lib-ids';
import type { EpisodeOutcome, MemoryStore, NewEpisode } from '@chorale/module-memory';
import type { BenchContext } from '../harness/index.ts';
export type StoreName = 'sqlite' | 'postgres';
export declare const storeNames: readonly StoreName[];
export interface OpenedStore {
    readonly memory: MemoryStore;
    close(): Promise<void>;
}
/** As it runs in a server: SQLite in its threads on a file, PostgreSQL in a database of its own. */
export declare function openStore(name: StoreName, context: BenchContext, label: string): Promise<OpenedStore>;
/** In their order: what follows in a session is sent after what came before. */
export declare function recordAll(memory: MemoryStore, tenantId: TenantId, episodes: readonly NewEpisode[]): Promise<readonly EpisodeOutcome[]>;
