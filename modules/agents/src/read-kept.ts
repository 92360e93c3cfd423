// The value behind a reference that an attempt's own calls were given because it was too large for a row.

import type { Json } from '@chorale/module-goals';
import type { AttemptRequest } from './attempt-ports.ts';
import { isArtifactReference } from './attempt-output.ts';
import { JournalFault } from './journal.ts';
import type { ThinkingPorts } from './thinking-ports.ts';

interface Reading {
  readonly request: AttemptRequest;
  readonly thinking: ThinkingPorts;
}

/** What `AttemptCalls.keep` names what it keeps. A reference of another name is a tool's own, and is given as it is. */
const keptNames: ReadonlySet<string> = new Set([
  'session.json',
  'answer.json',
  'input.json',
  'output.json',
  'plan.json',
  'outcome.json',
]);

/** What is on record must be there: where it is not, the attempt cannot go on from its journal. */
export async function readKept(value: Json, { request, thinking }: Reading): Promise<Json> {
  if (!isArtifactReference(value) || value.mediaType !== 'application/json' || !keptNames.has(value.name)) return value;
  try {
    return JSON.parse(await thinking.readText(request.claimed.task.tenantId, value.$artifact)) as Json;
  } catch (error) {
    throw new JournalFault(error);
  }
}
