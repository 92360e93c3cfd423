// Copies the report of a review to where a person finds it.

import { createWriteStream } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ArtifactStore, Goal, GoalStore } from '@chorale/module-goals';

const reportNames = ['report.html', 'report.md', 'review.json'] as const;

/** Returns the paths that were written, in the order above; what the goal does not have is left out. */
export async function saveReport(
  { tenantId, goalId }: Pick<Goal, 'tenantId' | 'goalId'>,
  {
    store,
    artifacts,
    directory,
  }: { readonly store: GoalStore; readonly artifacts: ArtifactStore; readonly directory: string },
): Promise<readonly string[]> {
  const rows = await store.listArtifacts(tenantId, goalId);
  const folder = join(directory, goalId);
  const written: string[] = [];
  for (const name of reportNames) {
    const row = rows.findLast((artifact) => artifact.name === name);
    const bytes = row === undefined ? undefined : await artifacts.open(tenantId, row.hash);
    if (bytes === undefined) continue;
    await mkdir(folder, { recursive: true });
    const incoming = join(folder, `.${name}`);
    await pipeline(bytes, createWriteStream(incoming));
    await rename(incoming, join(folder, name));
    written.push(join(folder, name));
  }
  return written;
}
