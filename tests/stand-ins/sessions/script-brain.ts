// A brain that plays whole sessions of agents from scripts.
//
// Invariants: SB1 its place in a script is read off the conversation: as many steps have been taken as the model has had
//                 turns, or as the highest mark says that is still to be read in it.
//             SB2 the same conversation gets the same answer, from any stand-in, before and after any restart.

import type { Brain, BrainReply, BrainRequest } from '../core/brain.ts';

/** One answer of the model; a function sees what was asked. */
export type Step = BrainReply | ((request: BrainRequest) => BrainReply);

export interface Script {
  /** Says in a few words what the session shows; also the name in its marks. */
  readonly name: string;
  /** Whether a conversation is this one: found in what the system or a person says, or as the function says. */
  readonly match: string | RegExp | ((request: BrainRequest) => boolean);
  readonly steps: readonly Step[];
  /** After the last step: say the last again (the default), begin anew, or fail the test. */
  readonly after?: 'repeat-last' | 'begin-anew' | 'fail';
  /**
   * Ends each text with its number, as `[name 3]`. For clients that shorten long conversations: as long as their summary
   * keeps the marks, the place is found.
   */
  readonly marks?: boolean;
}

/** What the system and the people of a conversation say. */
export function saidToModel(request: BrainRequest): string {
  const people = request.messages.filter((message) => message.role === 'user').map((message) => message.text);
  return [request.system, ...people].join('\n');
}

function matches({ match }: Script, request: BrainRequest): boolean {
  if (typeof match === 'function') return match(request);
  const said = saidToModel(request);
  return typeof match === 'string' ? said.includes(match) : match.test(said);
}

const markOf = (script: Script, no: number): string => `[${script.name} ${no}]`;

/** How many steps of the script the conversation shows. */
export function stepsTaken(script: Script, request: BrainRequest): number {
  const turns = request.messages.filter((message) => message.role === 'assistant').length;
  if (script.marks !== true) return turns;
  const everything = [request.system, ...request.messages.map((message) => message.text)].join('\n');
  for (let no = script.steps.length; no > turns; no -= 1) {
    if (everything.includes(markOf(script, no))) return no;
  }
  return turns;
}

function stepAt(script: Script, taken: number): Step | undefined {
  if (taken < script.steps.length) return script.steps[taken];
  switch (script.after ?? 'repeat-last') {
    case 'repeat-last':
      return script.steps.at(-1);
    case 'begin-anew':
      return script.steps[taken % script.steps.length];
    case 'fail':
      return undefined;
  }
}

/**
 * The first script that matches speaks; `otherwise` where none does.
 *
 * @throws Error when nobody knows what to say: the stand-in answers it with a status of 500.
 */
export function scriptBrain(scripts: readonly Script[], otherwise?: Brain): Brain {
  return (request) => {
    const script = scripts.find((one) => matches(one, request));
    if (script === undefined) {
      if (otherwise !== undefined) return otherwise(request);
      throw new Error(`no script matches: ${saidToModel(request).slice(0, 200)}`);
    }
    const taken = stepsTaken(script, request);
    const step = stepAt(script, taken);
    if (step === undefined) throw new Error(`the script ${script.name} ended after ${script.steps.length} steps`);
    const reply = typeof step === 'function' ? step(request) : step;
    if (script.marks !== true) return reply;
    return { ...reply, text: [reply.text ?? '', markOf(script, taken + 1)].join(' ').trim() };
  };
}
