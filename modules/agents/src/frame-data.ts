// Puts what comes from outside between marks that it cannot end by itself, and cuts it to size.

export interface Framing {
  /** Where it comes from, e.g. a tool's name. */
  readonly from: string;
  /** Characters of the text that are shown. */
  readonly lengthMax: number;
  /** How the rest can be had, when the text is cut. */
  readonly rest?: string;
}

/** The marks are always whole, and the text holds none: a `<data` or `</data` in it loses its first character's meaning. */
export function frameData(text: string, { from, lengthMax, rest }: Framing): string {
  const shown = cutText(text, lengthMax);
  const hidden = text.length - shown.length;
  const safe = shown.replaceAll(/<(?=\/?data\b)/gi, '&lt;');
  const cut = hidden === 0 ? '' : `\n[${hidden} more characters are not shown${rest === undefined ? '' : `; ${rest}`}]`;
  return `<data from=${JSON.stringify(from.replaceAll(/[<>]/g, ''))}>\n${safe}\n</data>${cut}`;
}

/** The first `lengthMax` characters; never half of a pair of surrogates. */
export function cutText(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  const last = text.charCodeAt(lengthMax - 1);
  const isHalf = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, isHalf ? lengthMax - 1 : lengthMax);
}
