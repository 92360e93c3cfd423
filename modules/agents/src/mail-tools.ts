// The tools with which agents write to each other. What others wrote is data, and counts as theirs.

import { refused } from '@chorale/lib-errors';
import type { CancelSignal } from '@chorale/lib-time';
import type { Json } from '@chorale/module-goals';
import type { AgentSession } from './agent-session.ts';
import { frameData } from './frame-data.ts';
import type { Letter, MailOwner, MailPort, Recipient } from './mail-port.ts';
import type { OwnToolCall, OwnToolResult } from './own-tool-call.ts';
import { ownToolNames } from './own-tools.ts';

const shownLengthMax = 12_000;
/** Where the model does not say. */
const waitSecondsDefault = 60;

export function runMailTool(session: AgentSession, call: OwnToolCall): Promise<OwnToolResult> {
  switch (call.name) {
    case ownToolNames.sendMessage:
      return send(session, call.arguments as unknown as Sending);
    case ownToolNames.askAgent:
      return ask(session, call.arguments as unknown as Asking);
    case ownToolNames.answerMessage:
      return answer(session, call.arguments as unknown as Answering);
    default:
      return receive(session, call.arguments as unknown as Receiving);
  }
}

interface Sending {
  readonly to: Recipient;
  readonly text: string;
}

async function send(session: AgentSession, { to, text }: Sending): Promise<OwnToolResult> {
  const messageId = idOf(session);
  const input = { to: { ...to }, text };
  const lies = await callMail(session, { name: ownToolNames.sendMessage, input }, (mail, owner) =>
    mail.send(owner, { messageId, to: checked(to), payload: { text } }),
  );
  return {
    text:
      lies === 0 ? 'Nobody listens there yet: it was sent to no one.' : `Sent; it lies in ${Number(lies)} mailboxes.`,
  };
}

interface Asking {
  readonly to: Recipient;
  readonly question: string;
  readonly waitSeconds?: number;
}

async function ask(session: AgentSession, { to, question, waitSeconds }: Asking): Promise<OwnToolResult> {
  const messageId = idOf(session);
  const waitMs = (waitSeconds ?? waitSecondsDefault) * 1_000;
  const input = { to: { ...to }, question };
  const found = await callMail(session, { name: ownToolNames.askAgent, input }, async (mail, owner, signal) => {
    await mail.send(owner, { messageId, to: checked(to), payload: { text: question }, question: true });
    const got = await mail.awaitAnswer(owner, { messageId, waitMs }, signal);
    return got === undefined ? null : { from: got.from, payload: got.payload };
  });
  if (found === null)
    return { text: 'Nobody answered in time. Go on without it, or ask somebody else.', isError: true };
  const { from, payload } = found as unknown as Letter;
  return { text: frameData(hear(session, { from, payload }), { from, lengthMax: shownLengthMax }), output: payload };
}

interface Answering {
  readonly message: string;
  readonly text: string;
}

async function answer(session: AgentSession, { message, text }: Answering): Promise<OwnToolResult> {
  const mailbox = session.questions.get(message);
  if (mailbox === undefined)
    return { text: `You have received no question with the id ${JSON.stringify(message)}.`, isError: true };
  const counts = await callMail(
    session,
    { name: ownToolNames.answerMessage, input: { message, text } },
    (mail, owner) => mail.answer(owner, { mailbox, messageId: message, payload: { text } }),
  );
  return { text: counts === true ? 'Answered.' : 'Somebody had answered before you.' };
}

interface Receiving {
  readonly waitSeconds?: number;
  readonly topics?: readonly string[];
}

async function receive(session: AgentSession, { waitSeconds = 0, topics = [] }: Receiving): Promise<OwnToolResult> {
  const takeId = idOf(session);
  const input = { waitSeconds, topics };
  const found = await callMail(session, { name: ownToolNames.receiveMessages, input }, async (mail, owner, signal) =>
    asJson(await mail.receive(owner, { takeId, waitMs: waitSeconds * 1_000, topics }, signal)),
  );
  const letters = found as unknown as readonly Letter[];
  const { thinking } = session.parts;
  // Only now that they are on record. What cannot be ended comes again when its lease is over, and is known then.
  if (letters.length > 0) await thinking.mail?.settle(ownerOf(session), takeId, letters).catch(() => undefined);
  const fresh = letters.filter(({ mailbox, messageId }) => !session.letters.has(`${mailbox} ${messageId}`));
  if (fresh.length === 0) return { text: 'No messages.' };
  return { text: fresh.map((letter) => show(session, letter)).join('\n\n') };
}

function show(session: AgentSession, letter: Letter): string {
  const { mailbox, messageId, from, question } = letter;
  session.letters.add(`${mailbox} ${messageId}`);
  if (question) session.questions.set(messageId, mailbox);
  const head = question
    ? `A question; answer it with \`answer-message\`, message: ${messageId}`
    : `Message ${messageId}`;
  return `${head}\n${frameData(hear(session, letter), { from, lengthMax: shownLengthMax })}`;
}

/** People of the tenant count; what agents and services write does not. */
function hear(session: AgentSession, { from, payload }: Pick<Letter, 'from' | 'payload'>): string {
  const isText = payload !== null && typeof payload === 'object' && 'text' in payload;
  const said = isText ? payload.text : payload;
  const text = typeof said === 'string' ? said : JSON.stringify(payload);
  if (from.startsWith('person:')) session.read.addTrusted(text);
  else session.read.addUntrusted({ origin: 'agent', name: from, isPublic: false }, text);
  return text;
}

/** The same wherever the session goes on, so that what is repeated happens once. */
function idOf({ parts }: AgentSession): string {
  const { goalId, no, run } = parts.request.claimed.task;
  return `${goalId}.${no}.${run}.${parts.calls.journal.nextStepNo}`;
}

function checked(to: Recipient): Recipient {
  const named = Object.values(to).filter((value) => value !== undefined).length;
  if (named === 1) return to;
  throw refused('recipient-unclear', 'Name exactly one of agent, role, topic and everyone.');
}

function ownerOf({ parts: { request, agent } }: AgentSession): MailOwner {
  return { request, agent: agent.name, role: agent.role };
}

function asJson(value: unknown): Json {
  return value as Json;
}

function callMail(
  session: AgentSession,
  entry: { readonly name: string; readonly input: Json },
  perform: (mail: MailPort, owner: MailOwner, signal: CancelSignal) => Promise<Json>,
): Promise<Json> {
  const { calls, thinking } = session.parts;
  return calls.callOwn({
    kind: 'tool-call',
    ...entry,
    perform: async (signal) => {
      if (thinking.mail === undefined) throw refused('mail-unavailable', 'There are no mailboxes here.');
      return perform(thinking.mail, ownerOf(session), signal);
    },
  });
}
