// Puts values back where their placeholders stand: in a whole text, or in one that comes in pieces cut anywhere.

import { placeholderLead, type Placeholders } from './placeholders.ts';

/** `json`: the text is the source of JSON, so a value is written as it stands inside a JSON string. */
export type RestoredForm = 'text' | 'json';

export interface PlaceholderRestorer {
  /** What can be said now. Holds back only what may be the beginning of a placeholder. */
  push(delta: string): string;
  /** What was held back: no placeholder after all. */
  end(): string;
}

export function createPlaceholderRestorer(
  placeholders: Placeholders,
  form: RestoredForm = 'text',
): PlaceholderRestorer {
  let held = '';
  return {
    push(delta) {
      const { done, open } = restoreUntilOpen(placeholders, held + delta, form);
      held = open;
      return done;
    },
    end() {
      const rest = held;
      held = '';
      return rest;
    },
  };
}

export function restoreText(placeholders: Placeholders, text: string, form: RestoredForm = 'text'): string {
  if (placeholders.count === 0) return text;
  const { done, open } = restoreUntilOpen(placeholders, text, form);
  return done + open;
}

function restoreUntilOpen(
  placeholders: Placeholders,
  text: string,
  form: RestoredForm,
): { done: string; open: string } {
  if (placeholders.count === 0) return { done: text, open: '' };
  let done = '';
  let from = 0;
  for (let at = findLead(text, 0); at !== -1; at = findLead(text, at)) {
    const found = placeholders.match(text, at);
    if (found === 'open') return { done: done + text.slice(from, at), open: text.slice(at) };
    if (found === undefined) {
      at++;
      continue;
    }
    done += text.slice(from, at) + writeValue(found.value, form);
    at += found.length;
    from = at;
  }
  return { done: done + text.slice(from), open: '' };
}

/** Where a placeholder begins, or may begin at the end of the text. */
function findLead(text: string, from: number): number {
  const whole = text.indexOf(placeholderLead, from);
  if (whole !== -1) return whole;
  for (let at = Math.max(from, text.length - placeholderLead.length + 1); at < text.length; at++) {
    if (placeholderLead.startsWith(text.slice(at))) return at;
  }
  return -1;
}

const writeValue = (value: string, form: RestoredForm): string =>
  form === 'json' ? JSON.stringify(value).slice(1, -1) : value;
