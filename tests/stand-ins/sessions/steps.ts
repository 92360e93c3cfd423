// Steps that sessions are made of: what good and bad models say.

import type { BrainReply, BrainRequest, Json } from '../core/brain.ts';
import type { Step } from './script-brain.ts';

type Arguments = { readonly [key: string]: Json } | string;

export const say = (text: string): Step => ({ text });

export const answer = (value: Json): Step => ({ text: JSON.stringify(value) });

export const refuse = (refusal = 'I cannot help with that.'): Step => ({ refusal });

export const think =
  (reasoning: string, step: Step): Step =>
  (request) => ({ ...replyOf(step, request), reasoning });

export const callTool = (name: string, args: Arguments): Step => ({ toolCalls: [{ name, arguments: args }] });

/** Several calls in one turn. */
export const callTools = (calls: readonly { readonly name: string; readonly arguments: Arguments }[]): Step => ({
  toolCalls: calls,
});

const replyOf = (step: Step, request: BrainRequest): BrainReply => (typeof step === 'function' ? step(request) : step);

/** First arguments that no schema takes, then those of the last step, once it was told off. */
export const wrongThenRight = (
  name: string,
  args: { readonly wrong: Arguments; readonly right: Arguments },
): readonly Step[] => [callTool(name, args.wrong), callTool(name, args.right)];

/** Calls a tool that nobody offered, then the right one. */
export const unknownToolThen = (unknown: string, step: Step): readonly Step[] => [callTool(unknown, {}), step];

/** A structured result that does not fit its schema, then one that does. */
export const invalidThenValid = (invalid: Json | string, valid: Json): readonly Step[] => [
  say(typeof invalid === 'string' ? invalid : JSON.stringify(invalid)),
  answer(valid),
];

/** Asks a person through a tool; the answer comes back as its result. */
export const askPerson = (question: string, tool: { readonly name: string; readonly argument: string }): Step =>
  callTool(tool.name, { [tool.argument]: question });

/** Opens sub-tasks through a tool, all in one turn. */
export const delegate = (tool: string, tasks: readonly { readonly [key: string]: Json }[]): Step =>
  callTools(tasks.map((task) => ({ name: tool, arguments: task })));

/** Answers with what the last tool said. */
export const reportResult =
  (wrap: (content: string) => Json): Step =>
  (request) => {
    const last = request.messages.findLast((message) => message.role === 'tool');
    return { text: JSON.stringify(wrap(last?.toolResults.map((result) => result.content).join('\n') ?? '')) };
  };
