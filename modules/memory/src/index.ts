export * from './memory.ts';
export * from './memory-store.ts';
