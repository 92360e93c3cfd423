// The calls of the turn loop's own tools: skills and long outputs are read, a person is asked, tasks are given to others.

import { refused } from '@chorale/lib-errors';
import type { Json } from '@chorale/module-goals';
import type { AgentSession } from './agent-session.ts';
import { isArtifactReference } from './attempt-output.ts';
import { answerMsMax, readAnswer } from './ask-leave.ts';
import { delegate } from './delegate.ts';
import { cutText, frameData } from './frame-data.ts';
import { runMailTool } from './mail-tools.ts';
import { runMemoryTool } from './memory-tools.ts';
import type { OwnToolCall, OwnToolResult } from './own-tool-call.ts';
import { ownToolNames } from './own-tools.ts';
import { runPlan } from './run-plan.ts';

/** Characters of a skill's body or file, or of an output, that are shown at once. */
const pageLength = 12_000;

export async function runOwnTool(session: AgentSession, call: OwnToolCall): Promise<OwnToolResult> {
  switch (call.name) {
    case ownToolNames.activateSkill:
      return activateSkill(session, call.arguments as { readonly name: string });
    case ownToolNames.readSkillFile:
      return readSkillFile(session, call.arguments as { readonly skill: string; readonly path: string });
    case ownToolNames.readOutput:
      return readOutput(session, call.arguments as unknown as Page);
    case ownToolNames.askPerson:
      return askPerson(session, call.arguments as unknown as Question);
    case ownToolNames.delegate:
      return delegate(session, call);
    case ownToolNames.runPlan:
      return runPlan(session, call);
    case ownToolNames.memorySearch:
    case ownToolNames.memoryRemember:
    case ownToolNames.memoryForget:
    case ownToolNames.memoryNote:
      return runMemoryTool(session, call);
    case ownToolNames.sendMessage:
    case ownToolNames.askAgent:
    case ownToolNames.receiveMessages:
    case ownToolNames.answerMessage:
      return runMailTool(session, call);
    default:
      throw refused('unknown-tool', `There is no tool ${JSON.stringify(call.name)}.`);
  }
}

async function activateSkill(session: AgentSession, { name }: { readonly name: string }): Promise<OwnToolResult> {
  const { calls, ports } = session.parts;
  const shown = await calls.callOwn({
    kind: 'tool-call',
    name: ownToolNames.activateSkill,
    input: { name },
    perform: async () => {
      checkSkill(session, name);
      const { body, files, entryScript } = ports.crew.getSkill(name);
      const script =
        entryScript === undefined
          ? ''
          : `\n\nIts script is run with \`run-skill-script\` (skill: ${name}), where you have that tool.`;
      const listed = files.filter((file) => file !== 'SKILL.md');
      const more = listed.length === 0 ? '' : `\n\nIts files, shown by \`read-skill-file\`:\n${listed.join('\n')}`;
      return cutText(`${body}${script}${more}`, pageLength);
    },
  });
  return { text: textOf(shown) };
}

async function readSkillFile(
  session: AgentSession,
  { skill, path }: { readonly skill: string; readonly path: string },
): Promise<OwnToolResult> {
  const { calls, ports, thinking } = session.parts;
  const shown = await calls.callOwn({
    kind: 'tool-call',
    name: ownToolNames.readSkillFile,
    input: { skill, path },
    perform: async () => {
      checkSkill(session, skill);
      const found = ports.crew.getSkill(skill);
      if (!found.files.includes(path)) {
        throw refused('skill-file-unknown', `The skill ${skill} has no file ${JSON.stringify(path)}.`, {
          action: `Its files: ${found.files.join(', ')}.`,
        });
      }
      return cutText(await thinking.readSkillFile(found, path), pageLength);
    },
  });
  return { text: textOf(shown) };
}

function checkSkill({ opening }: AgentSession, name: string): void {
  if (opening.skills.includes(name)) return;
  throw refused('skill-not-granted', `You do not have the skill ${JSON.stringify(name)}.`, {
    action: `Your skills: ${opening.skills.join(', ')}.`,
  });
}

interface Page {
  readonly from: string;
  readonly offset: number;
}

async function readOutput(session: AgentSession, { from, offset }: Page): Promise<OwnToolResult> {
  const { calls, thinking, request } = session.parts;
  const shown = await calls.callOwn({
    kind: 'tool-call',
    name: ownToolNames.readOutput,
    input: { from, offset },
    perform: async () => {
      const output = session.outputs.get(from);
      const hash = isArtifactReference(output) ? output.$artifact : from.startsWith('sha256:') ? from : undefined;
      if (output === undefined && hash === undefined) {
        throw refused('output-unknown', `No call of yours has the id ${JSON.stringify(from)}.`, {
          action: `Use one of: ${[...session.outputs.keys()].slice(-10).join(', ') || 'none yet'}; or the sha256:... of an artifact.`,
        });
      }
      const text =
        hash === undefined ? textOf(output ?? null) : await thinking.readText(request.claimed.task.tenantId, hash);
      return { text: cutText(text.slice(offset), pageLength), length: text.length };
    },
  });
  // What a call of its own gave is listed already.
  if (!session.outputs.has(from)) session.read.addUntrusted({ origin: 'artifact', name: from, isPublic: false });
  const { text, length } = shown as { readonly text: string; readonly length: number };
  const next = offset + text.length;
  const framed = frameData(text, { from: `${from} from ${offset}`, lengthMax: pageLength });
  return { text: next >= length ? framed : `${framed}\n[${length - next} more characters; go on at offset ${next}]` };
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

interface Question {
  readonly question: string;
  readonly choices?: readonly string[];
}

function askPerson({ parts, read }: AgentSession, { question, choices }: Question): OwnToolResult {
  const { agent, calls, ports, request } = parts;
  const asked = { question, ...(choices === undefined ? {} : { choices }) };
  const answer = calls.wait({ name: ownToolNames.askPerson, input: asked }, () => ({
    for: 'person',
    kind: 'question',
    question,
    context: { agent: agent.name, task: request.claimed.task.key, ...(choices === undefined ? {} : { choices }) },
    expiresAt: ports.clock.now() + answerMsMax,
  }));
  const { decision, by = 'A person', comment, answer: given } = readAnswer(answer);
  if (decision === 'expired')
    return { text: 'Nobody answered in time. Go on as well as you can without it, or end.', isError: true };
  const words = [given === undefined ? undefined : textOf(given), comment].filter((text) => text !== undefined);
  read.addTrusted(words.join('\n'));
  if (decision === 'approved') return { text: `${by} answers: ${words.join('\n') || 'yes'}` };
  return {
    text: `${by} does not answer the question${words.length === 0 ? '.' : `: ${words.join('\n')}`}`,
    isError: true,
  };
}
