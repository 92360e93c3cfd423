import {
  episodeTable,
  holdTable,
  importTable,
  memoryScopeTable,
  memorySessionTable,
  memoryTable,
  memoryTenantTable,
  postingTable,
  receiptTable,
  sketchTable,
  sourceTable,
} from '@chorale/module-memory';
import { RowShape } from './row-shape.ts';

export const memoryTenantShape = new RowShape(memoryTenantTable);
export const memoryScopeShape = new RowShape(memoryScopeTable);
export const memorySessionShape = new RowShape(memorySessionTable);
export const episodeShape = new RowShape(episodeTable);
export const memoryShape = new RowShape(memoryTable);
export const postingShape = new RowShape(postingTable);
export const sketchShape = new RowShape(sketchTable);
export const sourceShape = new RowShape(sourceTable);
export const holdShape = new RowShape(holdTable);
export const importShape = new RowShape(importTable);
export const receiptShape = new RowShape(receiptTable);
