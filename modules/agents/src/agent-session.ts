// One agent at one task: everything a turn has in hand. Rebuilt from the journal by each attempt.

import { refused } from '@chorale/lib-errors';
import type { AgentDefinition } from '@chorale/module-catalog';
import type { Json } from '@chorale/module-goals';
import type { AttemptCalls } from './attempt-calls.ts';
import type { AttemptPorts, AttemptRequest } from './attempt-ports.ts';
import { ContextParts } from './context-parts.ts';
import { ConversationLog } from './conversation-log.ts';
import type { Recall } from './notes-port.ts';
import { readKept } from './read-kept.ts';
import type { SessionOpening } from './session-opening.ts';
import type { ThinkingPorts } from './thinking-ports.ts';
import { createArgumentCompiler, type ArgumentCheck } from './tool-arguments.ts';
import type { OfferedTool } from './own-tools.ts';

export interface SessionParts {
  readonly agent: AgentDefinition;
  readonly request: AttemptRequest;
  readonly input: Json;
  readonly calls: AttemptCalls;
  readonly ports: AttemptPorts;
  readonly thinking: ThinkingPorts;
}

/** What was used so far; money in nano-dollars. */
export interface Used {
  turns: number;
  tokens: number;
  cost: number;
}

export class AgentSession {
  readonly parts: SessionParts;
  readonly opening: SessionOpening;
  readonly log: ConversationLog;
  readonly read = new ContextParts();
  /** Memories that were put before the agent: what repeats them is no new evidence. */
  readonly recalled = new Set<string>();
  readonly used: Used = { turns: 0, tokens: 0, cost: 0 };
  /** What each call gave, by the id the model knows it by: a value, or the reference that stands for it. */
  readonly outputs = new Map<string, Json>();
  /** What each turn asked for, to see it going in circles. */
  readonly signatures: string[] = [];
  /** Failures of the models in a row. */
  modelFailures = 0;
  /** Results that did not fit. */
  misfits = 0;
  /** Calls that were not made because of how the model wrote them. */
  callsRefused = 0;
  /** Messages of people. */
  heard = 0;
  delegations = 0;
  /** Letters that were read, and the mailbox of each question among them. */
  readonly letters = new Set<string>();
  readonly questions = new Map<string, string>();
  plans = 0;
  readonly #tools: ReadonlyMap<string, OfferedTool>;
  readonly #checks = new Map<string, ArgumentCheck>();
  readonly #compile = createArgumentCompiler();

  constructor(parts: SessionParts, opening: SessionOpening) {
    this.parts = parts;
    this.opening = opening;
    this.log = new ConversationLog(opening);
    for (const part of opening.untrusted) this.read.addUntrusted(part);
    for (const id of opening.recalled) this.recalled.add(id);
    this.read.addTrusted(trustedTexts(parts, opening));
    this.#tools = new Map(opening.tools.map((tool) => [tool.name, tool]));
    if (opening.output !== undefined) this.checkOf(opening.output, 'the result');
  }

  /** The last call was on record already: what happens now happened before. */
  get replays(): boolean {
    return this.parts.calls.journal.next !== undefined;
  }

  /** The value behind a reference that the journal holds in its place. */
  readKept(value: Json): Promise<Json> {
    return readKept(value, this.parts);
  }

  /** What memory gave is about to be read. */
  hearNotes({ notes, text, trust }: Recall): void {
    if (trust !== 'people') this.read.addUntrusted({ origin: 'notes', name: '', isPublic: trust === 'public' }, text);
    for (const { memoryId } of notes) this.recalled.add(memoryId);
  }

  get toolNames(): readonly string[] {
    return [...this.#tools.keys()];
  }

  findTool(name: string): OfferedTool | undefined {
    return this.#tools.get(name);
  }

  checkArguments(tool: OfferedTool, args: Json): ReturnType<ArgumentCheck> {
    return this.checkOf(tool.inputSchema, tool.name)(args);
  }

  checkOf(schema: { readonly [keyword: string]: Json }, what: string): ArgumentCheck {
    const key = JSON.stringify(schema);
    let check = this.#checks.get(key);
    if (check === undefined) {
      try {
        check = this.#compile(schema);
      } catch (error) {
        throw refused('output-schema-invalid', `The JSON Schema of ${what} cannot be used: ${String(error)}`, {
          action: 'Correct `output` of the task.',
        });
      }
      this.#checks.set(key, check);
    }
    return check;
  }
}

/** What the agent's author and whoever wants the goal have said. */
function trustedTexts({ agent, input, request }: SessionParts, { untrusted }: SessionOpening): string {
  const { definition, claimed } = request;
  const own = [agent.instructions, claimed.goal.title];
  const isOwn = untrusted.every(({ origin }) => origin !== 'task' && origin !== 'input');
  return (isOwn ? [...own, definition.title ?? '', JSON.stringify(input)] : own).join('\n');
}
