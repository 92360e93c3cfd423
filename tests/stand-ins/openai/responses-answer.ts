// What /v1/responses answers, whole or as a stream of numbered events.

import type { MadePart, MadeReply } from '../core/make-reply.ts';
import type { Answer, VendorState } from '../core/protocol.ts';
import { splitText } from '../core/split-text.ts';
import type { InputItem, ResponsesBody } from './responses-body.ts';
import type { KeptItem, KeptResponse } from './responses-rules.ts';

interface Asked {
  readonly body: ResponsesBody;
  readonly items: readonly InputItem[];
  readonly made: MadeReply;
}

type OutputItem =
  | {
      readonly id: string;
      readonly type: 'reasoning';
      readonly summary: readonly { readonly type: 'summary_text'; readonly text: string }[];
      readonly encrypted_content?: string;
    }
  | {
      readonly id: string;
      readonly type: 'message';
      readonly role: 'assistant';
      readonly status: string;
      readonly content: readonly OutputPart[];
    }
  | {
      readonly id: string;
      readonly type: 'function_call';
      readonly status: string;
      readonly call_id: string;
      readonly name: string;
      readonly arguments: string;
    };

type OutputPart =
  | {
      readonly type: 'output_text';
      readonly text: string;
      readonly annotations: readonly [];
      readonly logprobs: readonly [];
    }
  | { readonly type: 'refusal'; readonly refusal: string };

function itemOf(part: MadePart, { body, made }: Asked, state: VendorState): OutputItem {
  const cut = made.finish === 'length' && part === made.parts.at(-1);
  const status = cut ? 'incomplete' : 'completed';
  switch (part.type) {
    case 'reasoning': {
      const id = state.newId('rs_', 48);
      const sealed = body.include?.includes('reasoning.encrypted_content') === true;
      return {
        id,
        type: 'reasoning',
        // Shown only to who asks for it.
        summary: typeof body.reasoning?.summary === 'string' ? [{ type: 'summary_text', text: part.text }] : [],
        ...(sealed ? { encrypted_content: state.signer.seal(JSON.stringify({ id, text: part.text })) } : {}),
      };
    }
    case 'text':
    case 'refusal':
      return {
        id: state.newId('msg_', 48),
        type: 'message',
        status,
        role: 'assistant',
        content: [
          part.type === 'text'
            ? { type: 'output_text', text: part.text, annotations: [], logprobs: [] }
            : { type: 'refusal', refusal: part.text },
        ],
      };
    case 'tool-call':
      return {
        id: state.newId('fc_', 48),
        type: 'function_call',
        status,
        call_id: state.newId('call_', 24),
        name: part.name,
        arguments: part.arguments,
      };
  }
}

function keep(
  id: string,
  asked: Asked,
  about: { readonly output: readonly OutputItem[]; readonly state: VendorState },
): void {
  const { output, state } = about;
  let reasoningId: string | undefined;
  for (const item of output) {
    const kept: KeptItem = { kept: 'item', item, reasoningId };
    state.kept.set(item.id, kept);
    // Only the item right after it needs it.
    reasoningId = item.type === 'reasoning' ? item.id : undefined;
  }
  const response: KeptResponse = { kept: 'response', items: [...asked.items, ...(output as readonly InputItem[])] };
  state.kept.set(id, response);
}

function ending({ made }: Asked): { readonly status: string; readonly incomplete_details: unknown } {
  if (made.finish === 'length') return { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
  if (made.finish === 'content-filter') {
    return { status: 'incomplete', incomplete_details: { reason: 'content_filter' } };
  }
  return { status: 'completed', incomplete_details: null };
}

export function responsesAnswer(asked: Asked, state: VendorState): Answer {
  const { body, made } = asked;
  const id = state.newId('resp_', 48);
  const output = made.parts.map((part) => itemOf(part, asked, state));
  if (body.store !== false) keep(id, asked, { output, state });
  const head = {
    id,
    object: 'response',
    created_at: state.now(),
    error: null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    metadata: body.metadata ?? {},
    model: body.model,
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: body.previous_response_id ?? null,
    reasoning: body.reasoning ?? { effort: null, summary: null },
    store: body.store ?? true,
    temperature: body.temperature ?? 1,
    text: body.text ?? { format: { type: 'text' } },
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    top_p: body.top_p ?? 1,
    truncation: 'disabled',
    user: body.user ?? null,
    service_tier: 'default',
    background: false,
  };
  const usage = {
    input_tokens: made.use.input,
    input_tokens_details: { cached_tokens: made.use.cachedInput },
    output_tokens: made.use.output,
    output_tokens_details: { reasoning_tokens: made.use.reasoning },
    total_tokens: made.use.input + made.use.output,
  };
  const whole = { ...head, ...ending(asked), output, usage };
  if (body.stream !== true) return { form: 'json', body: whole };
  const begun = { ...head, status: 'in_progress', incomplete_details: null, output: [], usage: null };
  return stream(begun, whole, output);
}

type Event = { readonly type: string; readonly [key: string]: unknown };

function stream(begun: object, whole: { readonly status: string }, output: readonly OutputItem[]): Answer {
  const events: Event[] = [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    ...output.flatMap((item, index) => eventsOf(item, index)),
    { type: `response.${whole.status}`, response: whole },
  ];
  const chunk = (event: Event, no: number): string =>
    `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number: no })}\n\n`;
  return {
    form: 'stream',
    chunks: events.map(chunk),
    errorEvent: (sent) =>
      chunk({ type: 'error', code: 'server_error', message: 'The server had an error.', param: null }, sent),
  };
}

function eventsOf(item: OutputItem, index: number): readonly Event[] {
  const place = { item_id: item.id, output_index: index };
  const added = (empty: object): Event => ({ type: 'response.output_item.added', output_index: index, item: empty });
  const done: Event = { type: 'response.output_item.done', output_index: index, item };
  switch (item.type) {
    case 'reasoning':
      return [
        added({ ...item, summary: [] }),
        ...item.summary.flatMap(({ text }, at) => summaryEvents(text, { ...place, summary_index: at })),
        done,
      ];
    case 'message':
      return [
        added({ ...item, status: 'in_progress', content: [] }),
        ...item.content.flatMap((part, at) => partEvents(part, { ...place, content_index: at })),
        done,
      ];
    case 'function_call':
      return [
        added({ ...item, status: 'in_progress', arguments: '' }),
        ...splitText(item.arguments).map((delta) => ({
          type: 'response.function_call_arguments.delta',
          ...place,
          delta,
        })),
        { type: 'response.function_call_arguments.done', ...place, arguments: item.arguments },
        done,
      ];
  }
}

function summaryEvents(text: string, place: object): readonly Event[] {
  return [
    { type: 'response.reasoning_summary_part.added', ...place, part: { type: 'summary_text', text: '' } },
    ...splitText(text).map((delta) => ({ type: 'response.reasoning_summary_text.delta', ...place, delta })),
    { type: 'response.reasoning_summary_text.done', ...place, text },
    { type: 'response.reasoning_summary_part.done', ...place, part: { type: 'summary_text', text } },
  ];
}

function partEvents(part: OutputPart, place: object): readonly Event[] {
  if (part.type === 'refusal') {
    return [
      { type: 'response.content_part.added', ...place, part: { type: 'refusal', refusal: '' } },
      ...splitText(part.refusal).map((delta) => ({ type: 'response.refusal.delta', ...place, delta })),
      { type: 'response.refusal.done', ...place, refusal: part.refusal },
      { type: 'response.content_part.done', ...place, part },
    ];
  }
  return [
    { type: 'response.content_part.added', ...place, part: { ...part, text: '' } },
    ...splitText(part.text).map((delta) => ({ type: 'response.output_text.delta', ...place, delta, logprobs: [] })),
    { type: 'response.output_text.done', ...place, text: part.text, logprobs: [] },
    { type: 'response.content_part.done', ...place, part },
  ];
}
