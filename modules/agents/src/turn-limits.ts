// What ends a session that does not end by itself. Every end has a code, and says what to change.

import { refused } from '@chorale/lib-errors';
import type { AgentSession } from './agent-session.ts';
import { costMaxOf } from './ask-model.ts';

const turnsMaxDefault = 50;
const minutesMaxDefault = 120;
/** The same turn this often among the last ones is a circle. */
const repeatsMax = 4;
const repeatsWithin = 12;
/** Results that do not fit. */
export const misfitsMax = 5;

/** Throws what ends the session instead of another turn. What is on record was within the limits of its time. */
export function checkLimits(session: AgentSession): void {
  checkRepetition(session);
  if (session.replays) return;
  const { turnsMax = turnsMaxDefault, costUsdMax, tokensMax, minutesMax = minutesMaxDefault } = session.opening.policy;
  const { turns, tokens, cost } = session.used;
  if (turns >= turnsMax) throw limitReached('turn', `${turns} turns`, 'turnsMax');
  if (costUsdMax !== undefined && cost >= costMaxOf(costUsdMax))
    throw limitReached('cost', `${(cost / 1e9).toFixed(4)} of ${costUsdMax} USD`, 'costUsdMax');
  if (tokensMax !== undefined && tokens >= tokensMax)
    throw limitReached('token', `${tokens} of ${tokensMax} tokens`, 'tokensMax');
  const minutes = session.parts.calls.journal.busyMs / 60_000;
  if (minutes >= minutesMax) throw limitReached('time', `${Math.round(minutes)} minutes of work`, 'minutesMax');
}

function limitReached(kind: 'turn' | 'cost' | 'token' | 'time', used: string, field: string): Error {
  return refused(`agent-${kind}-limit`, `The agent used ${used} and has given no result.`, {
    action: `Raise \`model.${field}\` of the agent, or give it a smaller task.`,
  });
}

function checkRepetition({ signatures }: AgentSession): void {
  const last = signatures.at(-1);
  if (last === undefined) return;
  const times = signatures.slice(-repeatsWithin).filter((signature) => signature === last).length;
  if (times < repeatsMax) return;
  throw refused('agent-repeats-itself', `The agent said or did the same ${times} times: ${last.slice(0, 200)}`, {
    action: 'Say in its instructions or in the task what to do in this case, or choose another model.',
  });
}

/** What a model that may not know is told before it is too late; said once, at the same place in every attempt. */
export function warnOfLimits({ opening, used, signatures, log }: AgentSession): void {
  const { turnsMax = turnsMaxDefault } = opening.policy;
  const left = turnsMax - used.turns;
  if (left === 2 && turnsMax > 4) log.say('Two answers are left. Give the result with `finish`.');
  const [last, before] = [signatures.at(-1), signatures.at(-2)];
  if (last !== undefined && last === before)
    log.say('You did exactly this before, with the same outcome. Do something else, or give the result with `finish`.');
}
