// Writes everything a batch of memory commands changed: one statement for each kind of row and of change, sent together. The
// tenant's row is locked, so no other batch writes any of them.
import type { Change, MemoryChanges } from '@chorale/module-memory';
import type { Connection, Rows } from './connection.ts';
import {
  episodeShape,
  holdShape,
  importShape,
  memoryScopeShape,
  memorySessionShape,
  memoryShape,
  memoryTenantShape,
  postingShape,
  receiptShape,
  sketchShape,
  sourceShape,
} from './memory-shapes.ts';
import { dropVectors, putVectors } from './memory-vectors.ts';
import type { RowShape } from './row-shape.ts';

export function writeMemory(connection: Connection, changes: MemoryChanges): readonly Promise<Rows>[] {
  const writes: Promise<Rows>[] = [];
  const write = <Row extends object>(shape: RowShape<Row>, { added, changed, gone }: Change<Row>): void => {
    if (gone.length > 0) writes.push(connection.values(shape.drop, shape.toParameter(gone, new Set())));
    if (changed.length > 0) writes.push(connection.values(shape.put, shape.toParameter(changed)));
    if (added.length > 0) writes.push(connection.values(shape.insert, shape.toParameter(added)));
  };
  write(memoryTenantShape, changes.tenants);
  write(memoryScopeShape, changes.scopes);
  write(memorySessionShape, changes.sessions);
  write(episodeShape, changes.episodes);
  write(memoryShape, changes.memories);
  write(postingShape, changes.postings);
  write(sketchShape, changes.sketches);
  write(sourceShape, changes.sources);
  write(holdShape, changes.holds);
  write(importShape, changes.imports);
  if (changes.memories.gone.length > 0) writes.push(dropVectors(connection, changes.memories.gone));
  if (changes.vectors.length > 0) writes.push(putVectors(connection, changes.vectors));
  write(receiptShape, changes.receipts);
  return writes;
}
