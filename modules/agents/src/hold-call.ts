// When a call waits for a person although its grant does not say so: its effects reach further than the workspace, and the
// model that asks for it has read what others wrote.

import type { Json } from '@chorale/module-goals';
import type { AgentSession } from './agent-session.ts';
import { isMapping } from './mapping.ts';
import type { ToolEffects } from './tool-effects.ts';

/** Why a call is held, for whoever decides and for the explanation. */
export interface HoldReason {
  readonly effects: ToolEffects;
  /** What it had read that others wrote. */
  readonly read: readonly string[];
}

/** Named to a person; the rest is counted. */
const readNamedMax = 10;

export function findHold(session: AgentSession, call: { readonly tool: string; readonly arguments: Json }) {
  const { agent, calls } = session.parts;
  const { untrusted } = session.read;
  if (untrusted.length === 0) return undefined;
  if (agent.tools.some(({ tool, ask }) => tool === call.tool && ask === 'never')) return undefined;
  const { effects, sends } = calls.effectsOf({ ...call, grants: agent.tools });
  switch (effects) {
    case 'reads':
    case 'writes-workspace':
      return undefined;
    case 'exfiltrates':
      if (sends?.every((text) => session.read.tellsNothing(text)) === true) return undefined;
      return holdReason(effects, untrusted);
    case 'irreversible':
      return holdReason(effects, untrusted);
  }
}

function holdReason(effects: ToolEffects, read: readonly string[]): HoldReason {
  const more = read.length - readNamedMax;
  return { effects, read: more > 0 ? [...read.slice(0, readNamedMax), `${more} more`] : read };
}

/** As the entry of a wait has it. */
export function recordedHold(input: Json): HoldReason | undefined {
  const because = isMapping(input) ? input['because'] : undefined;
  return isMapping(because) && Array.isArray(because['read']) ? (because as unknown as HoldReason) : undefined;
}

export function sayHold({ effects, read }: HoldReason): string {
  const what = effects === 'exfiltrates' ? 'may carry data out' : 'may do what cannot be taken back';
  return `the call ${what}, and the agent has read what others wrote: ${read.join(', ')}`;
}
