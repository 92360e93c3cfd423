export * from './memory.ts';
export * from './memory-store.ts';
export * from './memory-index.ts';
export { packMemories, type Citation, type MemoryPack, type PackOptions } from './pack-memories.ts';
export { searchMemories } from './search-memories.ts';
