// What a model is saying to an agent at work, while it says it. Of use to whoever looks now, and to nobody later: it is in no
// row, and the answer as a whole is in the task's journal.
import type { GoalId } from '@chorale/lib-ids';
import type { Json } from '@chorale/module-goals';

const kinds = ['text', 'reasoning', 'tool-call', 'end'] as const;

export interface LiveText {
  /** Whose task it is: a goal that is followed shows what its sub-goals say, too. */
  readonly goalId: GoalId;
  readonly taskNo: number;
  readonly agent: string;
  /** The call of the model that this belongs to. */
  readonly callId: string;
  /** `tool-call`: the name of a tool that it calls. `end`: the call is over. */
  readonly kind: (typeof kinds)[number];
  /** Characters of the call that came before. More than were seen: what is between was lost. */
  readonly from: number;
  readonly text: string;
}

/** The last word of keys under which texts, and the wish to hear them, go over the bus. */
export const liveKinds = { text: 'text', wish: 'listening' } as const;

/** Who listens says so again and again; whoever is not heard of for so long listens no more. */
export const wishEveryMs = 2_000;
export const wishKeptMs = 6_000;
/** Goals in one wish. */
export const wishGoalsMax = 1_000;

/** What other processes say is looked at like anything from outside. */
export function readLiveText(body: Json): LiveText | undefined {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) return undefined;
  const { goalId, taskNo, agent, callId, kind, from, text } = body as { readonly [name: string]: Json };
  const words = [goalId, agent, callId, text].every((word) => typeof word === 'string');
  const numbers = typeof taskNo === 'number' && typeof from === 'number';
  return words && numbers && kinds.some((one) => one === kind) ? (body as unknown as LiveText) : undefined;
}

/** Pairs of a tenant and a goal. */
export function readWish(body: Json): readonly (readonly [string, string])[] {
  const given = body !== null && typeof body === 'object' && 'goals' in body ? body.goals : [];
  if (!Array.isArray(given)) return [];
  const isPair = (pair: Json): boolean => Array.isArray(pair) && pair.every((word) => typeof word === 'string');
  return given.filter(isPair).slice(0, wishGoalsMax);
}
