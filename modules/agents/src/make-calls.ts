// The tool calls of one answer: checked, made in order, and answered one by one, whatever becomes of them.
//
// Invariants: CM1 a call is made only with arguments that its schema takes and a grant; what is refused is on record.
//             CM2 calls run side by side only when all of them just read.
//             CM3 the failure of a call is an answer to the model, not the end of the task.
//             CM4 what a tool gives is framed as data and cut to size.

import { toErrorRecord, type ErrorRecord } from '@chorale/lib-errors';
import type { Json } from '@chorale/module-goals';
import type { ToolCallPart, ToolResultPart } from '@chorale/module-models';
import type { AgentSession } from './agent-session.ts';
import { askLeave } from './ask-leave.ts';
import { cutText, frameData } from './frame-data.ts';
import { endsAttempt } from './journal.ts';
import { findHold, recordedHold, type HoldReason } from './hold-call.ts';
import { findRefusal } from './own-tool-call.ts';
import { ownToolNames, type OfferedTool } from './own-tools.ts';
import { readKept } from './read-kept.ts';
import { runOwnTool } from './run-own-tool.ts';

/** Characters of one output that a model is shown at once. */
const shownLengthMax = 12_000;
/** Calls side by side. */
const besideMax = 8;
const errorLengthMax = 2_000;
const nameLengthMax = 100;

interface Checked {
  readonly call: ToolCallPart;
  readonly tool: OfferedTool;
}

export interface CallsMade {
  readonly results: readonly ToolResultPart[];
  /** Set when the agent has given its result. */
  readonly finished?: { readonly result: Json };
}

export async function makeCalls(session: AgentSession, calls: readonly ToolCallPart[]): Promise<CallsMade> {
  const results: ToolResultPart[] = [];
  for (let at = 0; at < calls.length;) {
    const beside = countBeside(session, calls.slice(at, at + besideMax));
    if (beside > 1) {
      results.push(...(await makeBeside(session, calls.slice(at, at + beside))));
      at += beside;
      continue;
    }
    const call = calls[at];
    if (call === undefined) break;
    const made = await makeOne(session, call, calls.length === 1);
    if ('finished' in made) return { results, finished: made.finished };
    results.push(made);
    at += 1;
  }
  return { results };
}

/** How many of the calls, from the first, may run side by side. */
function countBeside(session: AgentSession, calls: readonly ToolCallPart[]): number {
  const end = calls.findIndex((call) => {
    const found = check(session, call);
    return (
      typeof found === 'string' || !found.tool.readsOnly || found.tool.ask || needsLeave(session, found) !== undefined
    );
  });
  return end < 0 ? calls.length : end;
}

async function makeBeside(session: AgentSession, calls: readonly ToolCallPart[]): Promise<readonly ToolResultPart[]> {
  const { agent, calls: journalled } = session.parts;
  const made = await journalled.callTools(
    calls.map((call) => ({ tool: call.name, arguments: call.arguments, grants: agent.tools })),
  );
  for (const one of made) if (one.status === 'rejected' && endsAttempt(one.reason)) throw one.reason;
  const results: ToolResultPart[] = [];
  for (const [index, one] of made.entries()) {
    const call = calls[index];
    if (call === undefined) continue;
    results.push(
      one.status === 'rejected'
        ? failed(session, call, toErrorRecord(one.reason))
        : await succeeded(session, call, one.value),
    );
  }
  return results;
}

async function makeOne(
  session: AgentSession,
  call: ToolCallPart,
  alone: boolean,
): Promise<ToolResultPart | { readonly finished: { readonly result: Json } }> {
  const found = check(session, call);
  if (typeof found === 'string') return refuse(session, call, found);
  if (call.name === ownToolNames.finish) {
    if (!alone) return refuse(session, call, 'Call finish alone, when the results of your other calls are known.');
    return { finished: { result: (call.arguments as { readonly result: Json }).result } };
  }
  try {
    if (found.tool.own) return await makeOwn(session, found);
    const args = await argumentsToUse(session, found);
    if ('refusal' in args) return result(call, args.refusal, true);
    const { agent, calls } = session.parts;
    const output = await calls.callTool({ tool: call.name, arguments: args.value, grants: agent.tools });
    return await succeeded(session, call, output);
  } catch (error) {
    if (endsAttempt(error)) throw error;
    return failed(session, call, toErrorRecord(error));
  }
}

async function makeOwn(session: AgentSession, { call, tool }: Checked): Promise<ToolResultPart> {
  const args = await argumentsToUse(session, { call, tool });
  if ('refusal' in args) return result(call, args.refusal, true);
  const own = await runOwnTool(session, { id: call.id, name: call.name, arguments: args.value });
  if (own.output !== undefined) session.outputs.set(call.id, own.output);
  return result(call, own.text, own.isError === true);
}

/** As the model wrote them, or as a person let them pass. */
async function argumentsToUse(
  session: AgentSession,
  { call, tool }: Checked,
): Promise<{ readonly value: Json } | { readonly refusal: string }> {
  const needed = needsLeave(session, { call, tool });
  if (needed === undefined) return { value: call.arguments };
  const answer = await askLeave(session, { tool: call.name, arguments: call.arguments }, needed.because);
  if (!answer.granted) return { refusal: answer.text };
  const mistakes = session.checkArguments(tool, answer.arguments).mistakes;
  if (mistakes.length === 0) return { value: answer.arguments };
  return { refusal: `A person changed the arguments so that they no longer fit: ${mistakes.join('; ')}. Ask again.` };
}

/** What is on record decides; a grant that has begun to ask since then counts from the next call on. */
function needsLeave(
  session: AgentSession,
  { call, tool }: Checked,
): { readonly because: HoldReason | undefined } | undefined {
  const { next } = session.parts.calls.journal;
  if (next !== undefined)
    return next.kind === 'wait' && next.name === 'leave' ? { because: recordedHold(next.input) } : undefined;
  if (tool.ask || session.parts.agent.tools.some((grant) => grant.tool === tool.name && grant.ask === true))
    return { because: undefined };
  const because = tool.own ? undefined : findHold(session, { tool: tool.name, arguments: call.arguments });
  return because === undefined ? undefined : { because };
}

/** The tool, or why the call is not made. */
function check(session: AgentSession, call: ToolCallPart): Checked | string {
  const tool = session.findTool(call.name);
  if (tool === undefined)
    return `There is no tool ${JSON.stringify(cutText(call.name, nameLengthMax))} for you. Your tools: ${session.toolNames.join(', ')}.`;
  if (call.invalid !== undefined)
    return `The arguments of ${tool.name} are not valid JSON; they may have been cut off. Call again with less, or in pieces.`;
  const { mistakes } = session.checkArguments(tool, call.arguments);
  if (mistakes.length > 0)
    return `The arguments of ${tool.name} do not fit: ${mistakes.join('; ')}. Correct them and call again.`;
  return { call, tool };
}

async function refuse(session: AgentSession, call: ToolCallPart, why: string): Promise<ToolResultPart> {
  session.callsRefused += 1;
  return result(call, (await findRefusal(session, call, () => why)) ?? why, true);
}

async function succeeded(session: AgentSession, call: ToolCallPart, output: Json): Promise<ToolResultPart> {
  session.outputs.set(call.id, output);
  const value = await readKept(output, session.parts);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  noteOutput(session, call, text);
  const rest = `read on with ${ownToolNames.readOutput} from ${JSON.stringify(call.id)}`;
  return result(call, frameData(text, { from: call.name, lengthMax: shownLengthMax, rest }), false);
}

function failed(session: AgentSession, call: ToolCallPart, { code, message, action }: ErrorRecord): ToolResultPart {
  // Of others the failure is in our own words.
  if (session.findTool(call.name)?.gives === 'private') noteOutput(session, call, '');
  const whole = `${code}: ${cutText(message, errorLengthMax)}${action === undefined ? '' : `\nWhat to do: ${action}`}`;
  return result(call, frameData(whole, { from: call.name, lengthMax: errorLengthMax * 2 }), true);
}

/** Whoever may have written what a tool gives, the model reads it next. */
function noteOutput(session: AgentSession, call: ToolCallPart, text: string): void {
  const { parts, read } = session;
  const gives = session.findTool(call.name)?.gives;
  if (gives === undefined || gives === 'echo') return;
  const { sends } = parts.calls.effectsOf({ tool: call.name, arguments: call.arguments, grants: parts.agent.tools });
  const isPublic = gives === 'public' && sends !== undefined;
  read.addUntrusted({ origin: 'tool', name: call.name, isPublic }, text);
  if (isPublic) for (const address of sends) read.addAddress(address);
}

function result(call: ToolCallPart, content: string, isError: boolean): ToolResultPart {
  return { type: 'tool-result', callId: call.id, name: call.name, content, isError };
}
