// What counts as the same token: words and punctuation by their text, literals by their kind, so that copies with other numbers
// or messages are still copies. Import lists are left out: they are alike everywhere and say nothing.

import { number, punctuation, string, word } from './lib/token-kinds.mjs';

const importWord = /^(?:import|from|using|use|package|require|require_relative|include|namespace|extern)$/;
const literalCodes = { [number]: 0x11, [string]: 0x22 };

/** Fills `target` with codes and `lines` with lines; returns how many. Both grow as needed through `target.reserve`. */
export function encodeTokens(scanner, target) {
  target.reserve(scanner.count);
  const { codes, lines } = target;
  let count = 0;
  let skippedLine = 0;
  for (let index = 0; index < scanner.count; index++) {
    const line = scanner.lines[index];
    if (line === skippedLine) continue;
    if (startsImport(scanner, index)) {
      skippedLine = line;
      continue;
    }
    codes[count] = codeOf(scanner, index);
    lines[count] = line;
    count++;
  }
  return count;
}

/** Room for the tokens of one file, used again for the next. */
export class CodeBuffer {
  constructor() {
    this.codes = new Uint32Array(0);
    this.lines = new Uint32Array(0);
  }

  reserve(length) {
    if (this.codes.length >= length) return;
    this.codes = new Uint32Array(length * 2);
    this.lines = new Uint32Array(length * 2);
  }
}

function startsImport(scanner, index) {
  if (scanner.kinds[index] !== word || (index > 0 && scanner.lines[index - 1] === scanner.lines[index])) return false;
  const length = scanner.ends[index] - scanner.starts[index];
  return length >= 3 && length <= 16 && importWord.test(scanner.textOf(index));
}

function codeOf(scanner, index) {
  const kind = scanner.kinds[index];
  if (kind !== word && kind !== punctuation) return literalCodes[kind];
  const { text, starts, ends } = scanner;
  let hash = 0x811c9dc5;
  for (let at = starts[index]; at < ends[index]; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
