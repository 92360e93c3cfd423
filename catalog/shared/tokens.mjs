// Cuts source text into words, numbers, strings and punctuation, leaving out comments, and skipping what only looks like code.
// It knows how languages write literals, not their grammar: good enough to count and compare, at some 50 MB/s.
//
// Invariants: T1 the scan always ends, moves forward at every step, and never throws, whatever the text is.
//             T2 tokens are in order and do not overlap; a string or comment that is never closed ends with its line or the text.
//             T3 the buffer belongs to the scanner and is used again for the next text.

import { LiteralScanner } from './literals.mjs';
import { number, punctuation, string, word } from './token-kinds.mjs';

// Longer tokens first; only those that mean something to a reader of structure.
const pairs = ['&&', '||', '??', '?.', '=>', '->', '::', '==', '!=', '<=', '>=', '++', '--', '+=', '-=', '<<'];
const pairTable = new Uint8Array(1 << 14);
for (const pair of pairs) pairTable[(pair.charCodeAt(0) << 7) | pair.charCodeAt(1)] = 1;
const wordCharacter = new Uint8Array(128);
for (let code = 0; code < 128; code++) wordCharacter[code] = /[A-Za-z0-9_$]/.test(String.fromCharCode(code)) ? 1 : 0;

export class TokenScanner {
  constructor() {
    this.capacity = 1 << 16;
    this.kinds = new Uint8Array(this.capacity);
    this.starts = new Int32Array(this.capacity);
    this.ends = new Int32Array(this.capacity);
    this.lines = new Int32Array(this.capacity);
    this.count = 0;
    this.literals = new LiteralScanner();
  }

  /** Fills the arrays `kinds`, `starts`, `ends`, `lines` up to `count`. */
  scan(text, profile) {
    this.text = text;
    this.profile = profile;
    this.count = 0;
    this.at = 0;
    this.line = 1;
    this.lineFresh = true;
    this.literals.start(this, text, profile);
    if (profile.inTags) this.literals.skipToTag();
    while (this.at < text.length) this.step();
  }

  textOf(index) {
    return this.text.slice(this.starts[index], this.ends[index]);
  }

  /** The character code at the start of a token; 0 before the first. */
  codeOf(index) {
    return index < 0 ? 0 : this.text.charCodeAt(this.starts[index]);
  }

  step() {
    const code = this.text.charCodeAt(this.at);
    if (code === 10) {
      this.line++;
      this.at++;
      this.lineFresh = true;
      this.literals.afterLineEnd();
    } else if (code <= 32) this.at++;
    else if (this.literals.take(code)) this.lineFresh = false;
    else if (code >= 128 || wordCharacter[code] === 1) this.takeWord(code);
    else this.takePunctuation(code);
  }

  takeWord(first) {
    const { text } = this;
    const start = this.at;
    let end = start + 1;
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (
        code < 128 ? wordCharacter[code] === 0 : code === 0xfeff || code === 0xa0 || code === 0x2028 || code === 0x2029
      )
        break;
    }
    if (first >= 48 && first <= 57) {
      // A fraction, an exponent's sign and digit separators belong to the number.
      while (
        end < text.length &&
        /[\w.']/.test(text[end]) &&
        (text[end] !== "'" || /[0-9a-fA-F]/.test(text[end + 1] ?? '')) &&
        text[end] !== '\n'
      ) {
        if (text[end] === '.' && text[end + 1] === '.') break;
        end++;
      }
      this.push(number, start, end);
    } else this.push(word, start, end);
    this.lineFresh = false;
  }

  takePunctuation(first) {
    const second = this.text.charCodeAt(this.at + 1);
    const isPair = second < 128 && pairTable[(first << 7) | second] === 1;
    this.push(punctuation, this.at, this.at + (isPair ? 2 : 1));
    this.lineFresh = false;
  }

  /** Appends a token and moves behind it; counts the line ends inside. */
  push(kind, start, end) {
    if (this.count === this.capacity) this.grow();
    this.kinds[this.count] = kind;
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.lines[this.count] = this.line;
    this.count++;
    if (kind === string) this.countLines(start, end);
    this.at = end;
  }

  /** Moves to `end`, counting the line ends on the way. */
  skipTo(end) {
    this.countLines(this.at, end);
    this.at = end;
  }

  countLines(start, end) {
    for (let at = this.text.indexOf('\n', start); at !== -1 && at < end; at = this.text.indexOf('\n', at + 1))
      this.line++;
  }

  grow() {
    this.capacity *= 2;
    for (const name of ['kinds', 'starts', 'ends', 'lines']) {
      const larger = new this[name].constructor(this.capacity);
      larger.set(this[name]);
      this[name] = larger;
    }
  }
}
