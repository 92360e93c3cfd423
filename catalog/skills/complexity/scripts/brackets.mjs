// Which bracket closes which, over the tokens of one file.

import { punctuation } from './lib/token-kinds.mjs';

const openers = new Map([
  [40, 41],
  [91, 93],
  [123, 125],
]);
const closers = new Set(openers.values());

/** For each token that is a bracket the index of its partner, else -1. A bracket without partner has -1 too. */
export function matchBrackets(scanner) {
  const match = new Int32Array(scanner.count).fill(-1);
  const open = [];
  for (let index = 0; index < scanner.count; index++) {
    if (scanner.kinds[index] !== punctuation) continue;
    const code = scanner.codeOf(index);
    if (openers.has(code)) open.push(index);
    else if (closers.has(code)) close(index, code);
  }
  return match;

  /** A stray closer is left alone; an opener that is never closed gives way to the one outside it. */
  function close(index, code) {
    for (let depth = open.length - 1; depth >= 0 && depth > open.length - 8; depth--) {
      if (openers.get(scanner.codeOf(open[depth])) !== code) continue;
      match[open[depth]] = index;
      match[index] = open[depth];
      open.length = depth;
      return;
    }
  }
}

/** Small questions about the tokens of one file. */
export class TokenView {
  constructor(scanner) {
    this.scanner = scanner;
    this.match = matchBrackets(scanner);
    this.count = scanner.count;
  }

  text(index) {
    return index < 0 || index >= this.count ? '' : this.scanner.textOf(index);
  }

  is(index, text) {
    return (
      index >= 0 &&
      index < this.count &&
      this.scanner.ends[index] - this.scanner.starts[index] === text.length &&
      this.scanner.text.startsWith(text, this.scanner.starts[index])
    );
  }

  kind(index) {
    return index < 0 || index >= this.count ? 0 : this.scanner.kinds[index];
  }

  line(index) {
    return this.scanner.lines[Math.min(Math.max(index, 0), this.count - 1)] ?? 1;
  }

  /** The index behind a bracket's partner; the next index for anything else. */
  behind(index) {
    const partner = this.match[index] ?? -1;
    return partner > index ? partner + 1 : index + 1;
  }
}
