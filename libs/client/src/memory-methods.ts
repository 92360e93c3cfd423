// The client's methods about memory.
import type { Calls } from './calls.ts';
import type { Page } from './goal.ts';
import type {
  AddedMemory,
  EpisodeOutcome,
  EpisodeRequest,
  ExportedLine,
  ForgetRequest,
  Forgotten,
  Memory,
  MemoryDetails,
  MemoryFilter,
  MemoryMarks,
  MemoryReceipt,
  MemoryRequest,
  MemorySearch,
  MemorySearchRequest,
  MemoryStats,
  MemorySummary,
} from './memory.ts';
import type { Send } from './request.ts';

export interface MemoryMethods {
  /** By words, the best first, each with the reasons. */
  searchMemory(request: MemorySearchRequest): Promise<MemorySearch>;
  /** Newest first. */
  listMemories(filter?: MemoryFilter): Promise<Page<Memory>>;
  getMemory(memoryId: string): Promise<MemoryDetails>;
  addMemory(request: MemoryRequest): Promise<AddedMemory>;
  /** Keeps what was said, 100 at most, where it passes the gate. */
  recordEpisodes(episodes: readonly EpisodeRequest[]): Promise<readonly EpisodeOutcome[]>;
  /** Replaces a memory by other words; what it was stays as history. */
  editMemory(
    memoryId: string,
    request: { readonly text: string; readonly claim?: Memory['claim'] },
  ): Promise<AddedMemory>;
  markMemory(memoryId: string, marks: MemoryMarks): Promise<Memory>;
  /** No longer held for true; it stays as history. */
  retractMemory(memoryId: string): Promise<Memory>;
  /** Admits what is in quarantine, or deletes it with its episode. */
  reviewMemory(memoryId: string, decision: 'admit' | 'reject'): Promise<Memory>;
  /** Deletes for good, with everything it came from and that came from it. */
  forgetMemories(request: ForgetRequest): Promise<Forgotten>;
  listMemoryReceipts(): Promise<readonly MemoryReceipt[]>;
  memoryStats(): Promise<MemoryStats>;
  /** In a model's words where one answers, else in sentences of the session itself. */
  summariseMemory(request: {
    readonly session: string;
    readonly scope?: string;
    readonly tokensMax?: number;
  }): Promise<MemorySummary>;
  /** JSON lines; the last is the manifest. */
  exportMemory(options?: { readonly signal?: AbortSignal }): Promise<Response>;
  /** At most 500 lines, without the manifest. */
  importMemory(rows: readonly ExportedLine[]): Promise<{ readonly added: number; readonly known: number }>;
}

export function memoryMethods(send: Send, { get, items, post }: Calls): MemoryMethods {
  const path = (memoryId: string, verb = ''): string => `/v1/memories/${encodeURIComponent(memoryId)}${verb}`;
  return {
    searchMemory: ({ scopes, kinds, ...rest }) =>
      get('/v1/memories/search', { ...rest, scope: scopes?.map(inList), kind: kinds }),
    listMemories: ({ scopes, ...rest } = {}) => get('/v1/memories', { ...rest, scope: scopes?.map(inList) }),
    getMemory: (memoryId) => get(path(memoryId)),
    addMemory: (request) => post('/v1/memories', request),
    recordEpisodes: async (episodes) =>
      (await post<{ readonly outcomes: readonly EpisodeOutcome[] }>('/v1/episodes', { episodes })).outcomes,
    editMemory: (memoryId, request) => post(path(memoryId, '/edit'), request),
    markMemory: (memoryId, marks) => post(path(memoryId, '/mark'), marks),
    retractMemory: (memoryId) => post(path(memoryId, '/retract'), {}),
    reviewMemory: (memoryId, decision) => post(path(memoryId, '/review'), { decision }),
    forgetMemories: (request) => post('/v1/memories/forget', request),
    listMemoryReceipts: () => items('/v1/memories/receipts'),
    summariseMemory: (request) => post('/v1/memories/summaries', request),
    memoryStats: () => get('/v1/memories/stats'),
    exportMemory: ({ signal } = {}) =>
      send('/v1/memories/export', { headers: { accept: 'application/x-ndjson' }, signal }),
    importMemory: (rows) => post('/v1/memories/import', { rows }),
  };
}

/** A name may have a comma, which separates the names of a list. */
function inList(scope: string): string {
  return scope.replaceAll('%', '%25').replaceAll(',', '%2C');
}
