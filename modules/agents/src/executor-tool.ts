// A task of kind `tool`: one call. The task itself is the grant, for exactly that tool.

import { broken } from '@chorale/lib-errors';
import type { Json } from '@chorale/module-goals';
import type { AttemptCalls } from './attempt-calls.ts';
import type { AttemptRequest } from './attempt-ports.ts';

/** No entry before the call: a claimed tool task can only be making this call, and one commit less is worth having. */
export function executeTool({ definition }: AttemptRequest, input: Json, calls: AttemptCalls): Promise<Json> {
  const { tool, key } = definition;
  if (tool === undefined) throw broken('definition-invalid', `Task ${key} is of kind tool and names none.`);
  return calls.callTool(
    { tool, arguments: input, grants: [{ tool, limits: {} }] },
    { last: true, writeAhead: 'claim' },
  );
}
