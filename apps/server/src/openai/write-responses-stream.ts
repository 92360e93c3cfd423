// An answer of /v1/responses as it is made: items are opened, filled and closed, each event with its number.
//
// Invariants: RE1 one item is open at a time, and every item that was opened is closed before the answer ends.
//             RE2 the last event holds the same items as those that were told.
import type { ChatEvent, ChatReply } from '@chorale/module-models';
import type { AnswerWriter } from './answer-writer.ts';
import type { OpenAiErrorBody } from './openai-error.ts';
import { beginning, deltaTypes, ending, type OpenItem, placeIn, wholeItem } from './open-item.ts';
import { writeArguments } from './read-tool-call.ts';
import { wrapReasoning } from './wrapped-reasoning.ts';
import { type Item, itemsOf, reasoningItem, type ResponsesFacts, writeResponse } from './write-responses-answer.ts';

export function createResponsesWriter(facts: ResponsesFacts): AnswerWriter {
  let sequence = 0;
  const say: Say = (type, fields) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence++, ...fields })}\n\n`;
  const items = createItems(facts.id, say);
  return {
    whole: (reply) => writeResponse(facts, { reply, items: itemsOf(facts.id, reply) }),
    begin: () =>
      say('response.created', { response: writeResponse(facts) }) +
      say('response.in_progress', { response: writeResponse(facts) }),
    piece: (event) => {
      if (event.type !== 'end') return items.piece(event);
      const { reply } = event;
      const told = items.close();
      const cut = reply.finish === 'length' || reply.finish === 'content-filter';
      const response = writeResponse(facts, { reply, items: items.whole(reply) });
      return told + say(cut ? 'response.incomplete' : 'response.completed', { response });
    },
    failed: ({ message, code, param }: OpenAiErrorBody) => say('error', { code, message, param }),
  };
}

type Say = (type: string, fields: object) => string;
type Reasoning = Extract<OpenItem, { kind: 'reasoning' }>;

interface Items {
  piece(event: Exclude<ChatEvent, { type: 'end' }>): string;
  close(): string;
  whole(reply: ChatReply): readonly Item[];
}

function createItems(id: string, say: Say): Items {
  let open: OpenItem | undefined;
  /** Reasoning is wrapped once it is known who made it. */
  const closed: (Item | Reasoning)[] = [];
  const at = (): object => ({ output_index: closed.length });
  const nextId = (prefix: string): string => `${prefix}_${id}_${closed.length + (open === undefined ? 0 : 1)}`;
  const tell = (told: readonly (readonly [string, object])[]): string =>
    told.map(([type, fields]) => say(type, { ...fields, ...at() })).join('');

  function close(): string {
    if (open === undefined) return '';
    const told = tell(ending(open));
    closed.push(open.kind === 'reasoning' ? open : wholeItem(open));
    open = undefined;
    return told;
  }

  function begin(item: OpenItem): string {
    const before = close();
    open = item;
    return before + tell(beginning(item));
  }

  function add(kind: 'text' | 'refusal' | 'reasoning', delta: string): string {
    let told = '';
    if (open?.kind !== kind) {
      told =
        kind === 'reasoning'
          ? begin({ kind, id: nextId('rs'), text: '', signature: undefined })
          : begin({ kind, id: nextId('msg'), text: '' });
    }
    if (open === undefined || delta === '') return told;
    open.text += delta;
    return told + say(deltaTypes[kind], { item_id: open.id, ...at(), ...placeIn(kind), delta });
  }

  function piece(event: Exclude<ChatEvent, { type: 'end' }>): string {
    switch (event.type) {
      case 'text':
      case 'refusal':
        return add(event.type, event.delta);
      case 'reasoning': {
        const told = add('reasoning', event.delta);
        if (open?.kind === 'reasoning') open.signature = event.signature ?? open.signature;
        return told;
      }
      case 'tool-call-start':
        return begin({ kind: 'call', id: nextId('fc'), callId: event.id, name: event.name, text: '' });
      case 'tool-call-arguments':
        if (open?.kind !== 'call') return '';
        open.text += event.delta;
        return say('response.function_call_arguments.delta', { item_id: open.id, ...at(), delta: event.delta });
      case 'tool-call-end':
        if (open?.kind !== 'call') return '';
        if (open.text === '') open.text = writeArguments(event.call);
        return close();
    }
  }

  const whole = ({ by }: ChatReply): readonly Item[] =>
    closed.map((item) => (isReasoning(item) ? wrapped(item, by) : item));
  return { piece, close, whole };
}

function isReasoning(item: Item | Reasoning): item is Reasoning {
  return 'kind' in item;
}

function wrapped({ id, text, signature }: Reasoning, by: ChatReply['by']): Item {
  const signed = signature === undefined ? {} : { signature };
  return reasoningItem(id, { text, wrapped: wrapReasoning(by, { text, ...signed }) });
}
