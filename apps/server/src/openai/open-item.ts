// An item of a streamed answer: what is told when it is opened, as it is filled and when it is closed.
import { callItem, contentOf, type Item, messageItem, reasoningItem } from './write-responses-answer.ts';

export type OpenItem =
  | { readonly kind: 'text' | 'refusal'; readonly id: string; text: string }
  | { readonly kind: 'reasoning'; readonly id: string; text: string; signature: string | undefined }
  | {
      readonly kind: 'call';
      readonly id: string;
      readonly callId: string;
      name: string;
      text: string;
    };

export const deltaTypes = {
  text: 'response.output_text.delta',
  refusal: 'response.refusal.delta',
  reasoning: 'response.reasoning_summary_text.delta',
} as const;

export function placeIn(kind: 'text' | 'refusal' | 'reasoning'): object {
  if (kind === 'reasoning') return { summary_index: 0 };
  return kind === 'text' ? { content_index: 0, logprobs: [] } : { content_index: 0 };
}

export function wholeItem(item: Exclude<OpenItem, { kind: 'reasoning' }>, status = 'completed'): Item {
  if (item.kind === 'call') return callItem(item.id, item, status);
  return messageItem(item.id, [contentOf({ type: item.kind, text: item.text })], status);
}

type Told = readonly (readonly [string, object])[];

export function beginning(item: OpenItem): Told {
  if (item.kind === 'reasoning')
    return [
      ['response.output_item.added', { item: reasoningItem(item.id, { text: '', wrapped: undefined }) }],
      [
        'response.reasoning_summary_part.added',
        { item_id: item.id, summary_index: 0, part: { type: 'summary_text', text: '' } },
      ],
    ];
  if (item.kind === 'call') return [['response.output_item.added', { item: wholeItem(item, 'in_progress') }]];
  return [
    ['response.output_item.added', { item: messageItem(item.id, [], 'in_progress') }],
    [
      'response.content_part.added',
      { item_id: item.id, content_index: 0, part: contentOf({ type: item.kind, text: '' }) },
    ],
  ];
}

export function ending(item: OpenItem): Told {
  const { id: item_id, text } = item;
  if (item.kind === 'reasoning')
    return [
      ['response.reasoning_summary_text.done', { item_id, summary_index: 0, text }],
      ['response.reasoning_summary_part.done', { item_id, summary_index: 0, part: { type: 'summary_text', text } }],
      ['response.output_item.done', { item: reasoningItem(item_id, { text, wrapped: undefined }) }],
    ];
  const done = ['response.output_item.done', { item: wholeItem(item) }] as const;
  if (item.kind === 'call')
    return [['response.function_call_arguments.done', { item_id, name: item.name, arguments: text }], done];
  return [
    item.kind === 'text'
      ? ['response.output_text.done', { item_id, content_index: 0, text, logprobs: [] }]
      : ['response.refusal.done', { item_id, content_index: 0, refusal: text }],
    ['response.content_part.done', { item_id, content_index: 0, part: contentOf({ type: item.kind, text }) }],
    done,
  ];
}
