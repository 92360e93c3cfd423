export * from './memory.ts';
export * from './memory-store.ts';
export * from './erasure.ts';
export * from './memory-import.ts';
export {
  importAgentState,
  rollBackImport,
  type AgentStateImport,
  type ImportReport,
  type ImportWorld,
} from './import-agent-state.ts';
export type { StateFile } from './agent-state/agent-state.ts';
export * from './memory-index.ts';
export * from './memory-tables.ts';
export * from './memory-needs.ts';
export * from './session-state.ts';
export { openSessionStatesInMemory } from './session-state-in-memory.ts';
export { memoryChanges, type Change, type MemoryChanges } from './memory-changes.ts';
export { MemorySet, type LoadedMemoryRows } from './memory-set.ts';
export { eraseSubject, sayReceipt, type ErasedPlace, type EraseRequest, type EraseWorld } from './erase-subject.ts';
export {
  embedMemories,
  searchByMeaning,
  type Embedder,
  type NearPlace,
  type NearWanted,
  type TextVector,
  type VectorRow,
} from './embed-memories.ts';
export { summariseSession, type Summarised, type SummaryRequest, type SummaryWorld } from './summarise-session.ts';
export { isSummary, summarising } from './summary.ts';
export { executeMemory } from './execute-memory.ts';
export { cursorOf, exportEpisode, exportMemory } from './import-rows.ts';
export { isValidAt } from './is-valid-at.ts';
export { claimKey, claimKeysOf } from './extract-memories.ts';
export { packMemories, type Citation, type MemoryPack, type PackOptions } from './pack-memories.ts';
export { searchMemories } from './search-memories.ts';
export { outcomesSession, readOutcome, rememberOutcome, weighOutcomes, type Outcome } from './weigh-outcomes.ts';
