// Arguments may hold references to results that were too large to travel as data; a script gets the data.

import { refused } from '@chorale/lib-errors';
import { isArtifactReference, type ToolContext } from '@chorale/module-agents';
import type { Json } from '@chorale/module-goals';

const totalBytesMax = 256 * 1024 * 1024;

/** A copy of `value` in which each reference to a JSON artifact has become what it stands for. */
export async function resolveReferences(value: Json, context: Pick<ToolContext, 'readArtifact'>): Promise<Json> {
  let bytesLeft = totalBytesMax;
  const resolve = async (item: Json): Promise<Json> => {
    if (isArtifactReference(item)) {
      if (item.mediaType !== 'application/json') return item;
      bytesLeft -= item.sizeBytes;
      if (bytesLeft < 0) {
        throw refused('tool-input-too-large', `The input refers to more than ${totalBytesMax} bytes.`, {
          action: 'Pass less to the task.',
        });
      }
      return JSON.parse(Buffer.from(await context.readArtifact(item.$artifact)).toString('utf8')) as Json;
    }
    if (Array.isArray(item)) {
      const items: Json[] = [];
      for (const one of item as readonly Json[]) items.push(await resolve(one));
      return items;
    }
    if (item === null || typeof item !== 'object') return item;
    const entries: [string, Json][] = [];
    for (const [key, one] of Object.entries(item as { readonly [key: string]: Json }))
      entries.push([key, await resolve(one)]);
    return Object.fromEntries(entries);
  };
  return resolve(value);
}
