// Finds `${{ expression }}` inside a text.

/** A piece of a text: as it stands, or an expression with the offset of its first character in the text. */
export type TextPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'expression'; readonly text: string; readonly offset: number };

export interface SplitText {
  readonly parts: readonly TextPart[];
  /** Offset of a `${{` that is never closed. */
  readonly unclosedAt: number | undefined;
}

const opening = '${{';
const escaped = '$${{';

export function splitText(text: string): SplitText {
  const parts: TextPart[] = [];
  let literal = '';
  let at = 0;
  for (;;) {
    const start = text.indexOf(opening, at);
    if (start === -1) break;
    if (start > at && text.startsWith(escaped, start - 1)) {
      literal += text.slice(at, start - 1) + opening;
      at = start + opening.length;
      continue;
    }
    literal += text.slice(at, start);
    const end = findEnd(text, start + opening.length);
    if (end === undefined) return { parts, unclosedAt: start };
    if (literal !== '') parts.push({ kind: 'text', text: literal });
    literal = '';
    parts.push(expressionPart(text.slice(start + opening.length, end), start + opening.length));
    at = end + 2;
  }
  literal += text.slice(at);
  if (literal !== '') parts.push({ kind: 'text', text: literal });
  return { parts, unclosedAt: undefined };
}

function expressionPart(raw: string, offset: number): TextPart {
  const spaces = raw.length - raw.trimStart().length;
  return { kind: 'expression', text: raw.trim(), offset: offset + spaces };
}

/** Where the `}}` stands that closes the expression: not inside quotes, and not the end of an object in the expression. */
function findEnd(text: string, from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character === '"' || character === "'") at = endOfQuoted(text, at);
    else if (character === '{') depth++;
    else if (character === '}' && depth > 0) depth--;
    else if (text.startsWith('}}', at)) return at;
  }
  return undefined;
}

/** Offset of the closing quote, or the end of the text. Knows triple quotes and escapes; the parser reads `\\"` alike in raw texts. */
function endOfQuoted(text: string, start: number): number {
  const quote = text[start] as string;
  const closing = text.startsWith(quote.repeat(3), start) ? quote.repeat(3) : quote;
  for (let at = start + closing.length; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text.startsWith(closing, at)) return at + closing.length - 1;
  }
  return text.length;
}
