// The turns of an agent: the model answers, its calls are made, it sees what they gave, until it gives a result that fits.
//
// Owns:       the order of things in a turn. Does not own the journal, the conversation or the limits.
// Invariants: everything that is decided outside is on record before it counts; the rest follows from the record. So a
//             session goes on elsewhere as the same session (TL16).

import { refused, toErrorRecord } from '@chorale/lib-errors';
import type { Json } from '@chorale/module-goals';
import type { ChatRequest, ToolCallPart, ToolSpec } from '@chorale/module-models';
import { AgentSession, type SessionParts } from './agent-session.ts';
import { askModel } from './ask-model.ts';
import { compactConversation, isTooLong } from './compact-conversation.ts';
import { hearMessages } from './hear-messages.ts';
import { endsAttempt } from './journal.ts';
import { makeCalls } from './make-calls.ts';
import type { ModelReply } from './model-port.ts';
import { ownToolNames } from './own-tools.ts';
import { fillOutputs, readTextResult } from './read-result.ts';
import { recordOutcome } from './record-outcome.ts';
import { screenGoal } from './screen-goal.ts';
import { openSession } from './session-opening.ts';
import { checkLimits, misfitsMax, warnOfLimits } from './turn-limits.ts';

export async function runTurns(parts: SessionParts): Promise<Json> {
  const { ports, ...rest } = parts;
  const session = new AgentSession(parts, await openSession({ ...rest, crew: ports.crew, team: ports.team }));
  let kept: Json;
  let result: Json;
  try {
    result = (await work(session)).value;
    kept = await parts.calls.keep(result, 'output.json');
  } catch (error) {
    const { family, code, message } = toErrorRecord(error);
    // What is tried again says nothing of how the agent went about it.
    if (!endsAttempt(error) && family !== 'temporary')
      await recordOutcome(session, { succeeded: false, result: `${code}: ${message}` });
    throw error;
  }
  await recordOutcome(session, { succeeded: true, result });
  return kept;
}

async function work(session: AgentSession): Promise<Result> {
  if (session.findTool(ownToolNames.runPlan) !== undefined) await screenGoal(session);
  for (;;) {
    checkLimits(session);
    await hearMessages(session);
    const reply = await takeTurn(session);
    const result = await judge(session, reply);
    if (result !== undefined) return result;
  }
}

async function takeTurn(session: AgentSession): Promise<ModelReply> {
  const tools = session.opening.tools.map(({ name, description, inputSchema }): ToolSpec => ({
    name,
    description,
    inputSchema,
  }));
  await fitWindow(session, tools);
  session.read.read();
  const ask = () => askModel(session, { purpose: 'turn', request: requestOf(session, tools) });
  let reply: ModelReply;
  try {
    reply = await ask();
  } catch (error) {
    if (endsAttempt(error) || (error as { readonly code?: string }).code !== 'context-too-long') throw error;
    // The window is smaller than was thought.
    await compactConversation(session);
    reply = await ask();
  }
  session.used.turns += 1;
  session.log.addReply(reply);
  return reply;
}

/** Whether turns were summarised here is on record; only what is new is decided. */
async function fitWindow(session: AgentSession, tools: readonly ToolSpec[]): Promise<void> {
  const { next } = session.parts.calls.journal;
  const did = (next?.input as { readonly purpose?: string } | undefined)?.purpose === 'compact';
  if (next === undefined ? isTooLong(session, { messages: session.log.messages, tools }) : did)
    await compactConversation(session);
}

function requestOf({ opening, log, parts }: AgentSession, tools: readonly ToolSpec[]): ChatRequest {
  const { effort } = opening.policy;
  const { goalId, no } = parts.request.claimed.task;
  return {
    messages: log.messages,
    tools,
    cacheKey: `${goalId}/${no}`,
    ...(effort === undefined ? {} : { reasoningEffort: effort }),
  };
}

/** A turn is good whose calls could be made and whose result, if it gave one, fits; one that waits is not judged. */
async function judge(session: AgentSession, reply: ModelReply): Promise<Result | undefined> {
  const mistakes = (): number => session.misfits + session.callsRefused;
  const before = mistakes();
  const rate = (good: boolean): void => session.parts.thinking.model.rate?.(reply.callId, good);
  try {
    const result = await answer(session, reply);
    rate(mistakes() === before);
    return result;
  } catch (error) {
    if (!endsAttempt(error)) rate(false);
    throw error;
  }
}

type Result = { readonly value: Json };

/** The result, or undefined when the session goes on. */
async function answer(session: AgentSession, reply: ModelReply): Promise<Result | undefined> {
  if (reply.finish === 'refusal' || reply.finish === 'content-filter') throw modelRefused(reply);
  const calls = reply.parts.filter((part): part is ToolCallPart => part.type === 'tool-call');
  if (calls.length === 0) return answerText(session, reply);
  session.signatures.push(JSON.stringify(calls.map((call) => [call.name, call.invalid ?? call.arguments])));
  const made = await makeCalls(session, calls);
  if (made.finished === undefined) {
    session.log.addResults(made.results);
    const [only] = made.results;
    if (calls.length === 1 && only?.name === ownToolNames.finish) countMisfit(session, [only.content]);
    warnOfLimits(session);
    return undefined;
  }
  const filled = fillOutputs(made.finished.result, session.outputs);
  const mistakes = misfitsOf(session, filled.value, filled.unknown);
  if (mistakes.length === 0) return { value: filled.value };
  const [call] = calls;
  const content = `The result does not fit: ${mistakes.join('; ')}. Correct it and call finish again.`;
  if (call !== undefined)
    session.log.addResults([{ type: 'tool-result', callId: call.id, name: call.name, content, isError: true }]);
  countMisfit(session, mistakes);
  return undefined;
}

function misfitsOf(session: AgentSession, value: Json, unknown: readonly string[]): readonly string[] {
  const { output } = session.opening;
  const missing = unknown.map((id) => `{"$output": ${JSON.stringify(id)}} names no call that gave something`);
  return [...missing, ...(output === undefined ? [] : session.checkOf(output, 'the result')(value).mistakes)];
}

/** A model that does not call `finish` may have written the result as its answer. */
function answerText(session: AgentSession, reply: ModelReply): Result | undefined {
  const text = reply.parts
    .flatMap((part) => (part.type === 'text' ? [part.text] : []))
    .join('\n')
    .trim();
  session.signatures.push(`says ${text}`);
  if (reply.finish === 'length') {
    session.log.say('Your answer was cut off. Say less at once, or give the result with `finish`.');
    countMisfit(session, ['the answer was cut off']);
    return undefined;
  }
  const { output } = session.opening;
  if (output === undefined && text !== '') return { value: text };
  const value = output === undefined ? undefined : readTextResult(text);
  const mistakes = value === undefined ? ['no result was given'] : misfitsOf(session, value, []);
  if (value !== undefined && mistakes.length === 0) return { value };
  session.log.say(`The task has not ended: ${mistakes.join('; ')}. Go on, or give the result with \`finish\`.`);
  countMisfit(session, mistakes);
  return undefined;
}

function countMisfit(session: AgentSession, mistakes: readonly string[]): void {
  session.misfits += 1;
  if (session.misfits < misfitsMax) return;
  throw refused(
    'agent-result-invalid',
    `The agent gave ${misfitsMax} results, none of which fits; last: ${mistakes.join('; ')}.`,
    {
      action: 'Correct `output` of the task or its instructions, or choose another model.',
      data: { mistakes },
    },
  );
}

function modelRefused(reply: ModelReply): Error {
  const said = reply.parts
    .flatMap((part) => (part.type === 'refusal' || part.type === 'text' ? [part.text] : []))
    .join(' ');
  return refused(
    'agent-model-refused',
    `The model ${reply.by.model} refuses the task${said === '' ? '.' : `: ${said.slice(0, 500)}`}`,
    {
      action: 'Change the task, or choose another model.',
    },
  );
}
