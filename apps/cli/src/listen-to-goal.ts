// Prints what models say to the agents of a goal while they say it, until the goal has ended.
import type { LiveText } from '@chorale/lib-client';
import type { Session } from './session.ts';
import { harmless, oneLine } from './text-width.ts';

export async function listenToGoal(session: Session, goalId: string): Promise<void> {
  const { client, json, print, printJson, signal } = session;
  const over = new AbortController();
  const stopped = AbortSignal.any([signal, over.signal]);
  const format = createTextFormat(session);
  const listening = (async () => {
    for await (const text of client.followText(goalId, { signal: stopped })) {
      if (json) printJson(text, 'line');
      else print(format(text));
    }
  })();
  const ending = (async () => {
    for await (const _event of client.followEvents(goalId, { until: 'finished', signal: stopped }));
  })();
  try {
    await Promise.race([listening, ending]);
  } finally {
    over.abort();
    await Promise.all([listening, ending]);
  }
}

/** A line that says who speaks, wherever that changes; in between, what is said as it comes. */
function createTextFormat({ paint }: Session): (text: LiveText) => string {
  let speaking = '';
  let seen = 0;
  return ({ goalId, taskNo, agent, callId, kind, from, text }) => {
    const isSame = callId === speaking;
    const begin = isSame
      ? ''
      : `${speaking === '' ? '' : '\n'}${paint('bold', oneLine(agent))}, task ${taskNo} of ${goalId}\n`;
    const gap = isSame && from > seen ? ' … ' : '';
    speaking = callId;
    seen = from + text.length;
    switch (kind) {
      case 'text':
        return `${begin}${gap}${harmless(text)}`;
      case 'reasoning':
        return `${begin}${gap}${paint('dim', harmless(text))}`;
      case 'tool-call':
        return `${begin}\n${paint('dim', `calls ${oneLine(text)}`)}\n`;
      case 'end':
        speaking = '';
        return isSame ? '\n\n' : '';
    }
  };
}
