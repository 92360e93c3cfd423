// Answers in the format of /v1/responses: the items of an answer, and the events in which they are told.
import type { AssistantPart, ChatReply, Usage } from '@chorale/module-models';
import type { AnswerFacts } from './answer-writer.ts';
import { writeArguments } from './read-tool-call.ts';
import { wrapReasoning } from './wrapped-reasoning.ts';

export type Item = { readonly [name: string]: unknown };

export interface ResponsesFacts extends AnswerFacts {
  readonly echoed: { readonly [name: string]: unknown };
}

export interface ResponseEnd {
  readonly reply: ChatReply;
  readonly items: readonly Item[];
}

/** Without an end: as it stands when it begins. */
export function writeResponse(facts: ResponsesFacts, end?: ResponseEnd): object {
  const finish = end?.reply.finish;
  const cut = finish === 'length' ? 'max_output_tokens' : finish === 'content-filter' ? 'content_filter' : undefined;
  return {
    id: `resp_${facts.id}`,
    object: 'response',
    created_at: facts.createdAt,
    status: end === undefined ? 'in_progress' : cut === undefined ? 'completed' : 'incomplete',
    error: null,
    incomplete_details: cut === undefined ? null : { reason: cut },
    model: end?.reply.by.model ?? facts.model,
    output: end?.items ?? [],
    usage: end === undefined ? null : writeUsage(end.reply.usage),
    ...facts.echoed,
  };
}

/** Texts and refusals in a row are one message, as the format has it. */
export function itemsOf(id: string, { parts, by }: ChatReply): readonly Item[] {
  const items: Item[] = [];
  let said: Item[] = [];
  const endMessage = (): void => {
    if (said.length > 0) items.push(messageItem(`msg_${id}_${items.length}`, said));
    said = [];
  };
  for (const part of parts) {
    if (part.type === 'text' || part.type === 'refusal') said.push(contentOf(part));
    else {
      endMessage();
      const item = `${id}_${items.length}`;
      if (part.type === 'tool-call')
        items.push(callItem(`fc_${item}`, { callId: part.id, name: part.name, text: writeArguments(part) }));
      else items.push(reasoningItem(`rs_${item}`, { text: part.text, wrapped: wrapReasoning(by, part) }));
    }
  }
  endMessage();
  return items;
}

export function contentOf(part: Extract<AssistantPart, { type: 'text' | 'refusal' }>): Item {
  return part.type === 'text'
    ? { type: 'output_text', text: part.text, annotations: [], logprobs: [] }
    : { type: 'refusal', refusal: part.text };
}

export function messageItem(id: string, content: readonly Item[], status = 'completed'): Item {
  return { id, type: 'message', role: 'assistant', status, content };
}

export function callItem(
  id: string,
  call: { readonly callId: string; readonly name: string; readonly text: string },
  status = 'completed',
): Item {
  return { id, type: 'function_call', call_id: call.callId, name: call.name, arguments: call.text, status };
}

export function reasoningItem(id: string, part: { readonly text: string; readonly wrapped: string | undefined }): Item {
  const summary = part.text === '' ? [] : [{ type: 'summary_text', text: part.text }];
  return { id, type: 'reasoning', summary, ...(part.wrapped === undefined ? {} : { encrypted_content: part.wrapped }) };
}

function writeUsage(usage: Usage): object {
  return {
    input_tokens: usage.inputTokens,
    input_tokens_details: { cached_tokens: usage.cachedInputTokens },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: usage.inputTokens + usage.outputTokens,
  };
}
