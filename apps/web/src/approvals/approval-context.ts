// What each kind of question shows, and how a person's answer is written and read.
import type { Approval, Json } from '@chorale/lib-client';
import { parseJson } from '../goals/goal-inputs.ts';

export type Fields = { readonly [key: string]: Json | undefined };

export function fieldsOf(value: Json | undefined): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function textOf(value: Json | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function isEmpty(value: Json): boolean {
  return value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
}

interface AnswerForm {
  /** On the button that opens the editor. */
  readonly offer: string;
  readonly label: string;
  readonly hint: string;
  readonly code: boolean;
  readonly first: (context: Json) => string;
  readonly read: (text: string) => ReadAnswer;
}

export type ReadAnswer = { readonly value: Json } | { readonly error: string };

const asJson: AnswerForm = {
  offer: 'Edit the answer…',
  label: 'Answer',
  hint: "JSON; becomes the task's output.",
  code: true,
  first: (context) => (isEmpty(context) ? '' : indented(context)),
  read: parseJson,
};

/** An answer that was not touched is not sent: what was proposed holds. */
export const answerForms: Readonly<Record<Approval['kind'], AnswerForm>> = {
  task: asJson,
  'uncertain-step': asJson,
  question: {
    offer: 'Write an answer…',
    label: 'Answer',
    hint: 'Goes back to the agent.',
    code: false,
    first: () => '',
    read: (text) => ({ value: text.trim() }),
  },
  'tool-call': {
    offer: 'Edit the arguments…',
    label: 'Arguments',
    hint: 'JSON; what the tool is called with.',
    code: true,
    first: (context) => indented(fieldsOf(context)['arguments'] ?? {}),
    read: (text) => {
      const read = parseJson(text);
      return 'value' in read ? { value: { arguments: read.value } } : read;
    },
  },
  plan: {
    offer: 'Edit the plan…',
    label: 'Plan',
    hint: 'JSON with tasks and outputs; one that cannot run is shown again with its mistakes.',
    code: true,
    first: (context) => {
      const { tasks = [], outputs = {} } = fieldsOf(fieldsOf(context)['plan']);
      return indented({ tasks, outputs });
    },
    read: (text) => {
      const read = parseJson(text);
      if ('error' in read || Array.isArray(fieldsOf(read.value)['tasks'])) return read;
      return { error: 'A plan has a list of “tasks”.' };
    },
  },
};

function indented(value: Json): string {
  return JSON.stringify(value, undefined, 2);
}
