// Counts the paths and the reading effort of a function whose body stands in braces.
//
// Cyclomatic: one, and one for each place where the path may part. Cognitive: after G. Ann Campbell's measure, one for each break
// in the flow, and one more for each level of nesting it stands in; sequences of one boolean operator count once.

import { punctuation, word } from './lib/token-kinds.mjs';

/** For each word: whether it parts the path, whether it nests, and how it finds its block. */
const plain = { paths: 1, nests: true };
const words = {
  if: plain,
  for: plain,
  foreach: plain,
  while: plain,
  catch: plain,
  until: plain,
  loop: plain,
  guard: plain,
  elseif: { ...plain, flat: true },
  switch: { paths: 0, nests: true },
  select: { paths: 0, nests: true },
  match: { paths: 0, nests: true, arms: '=>' },
  when: { paths: 0, nests: true, arms: '->' },
  case: { paths: 1, quiet: true },
  goto: { paths: 0, jump: true },
};
const spoken = {
  javascript: ['if', 'for', 'while', 'catch', 'switch', 'case'],
  java: ['if', 'for', 'while', 'catch', 'switch', 'case'],
  csharp: ['if', 'for', 'foreach', 'while', 'catch', 'switch', 'case', 'goto'],
  c: ['if', 'for', 'while', 'catch', 'switch', 'case', 'goto'],
  go: ['if', 'for', 'switch', 'select', 'case', 'goto'],
  rust: ['if', 'for', 'while', 'loop', 'match'],
  kotlin: ['if', 'for', 'while', 'catch', 'when'],
  swift: ['if', 'for', 'while', 'catch', 'switch', 'case', 'guard'],
  php: ['if', 'for', 'foreach', 'while', 'catch', 'switch', 'case', 'elseif', 'match'],
};
const macroLoop = /^(?:\w*for_?each\w*|BOOST_FOREACH|Q_FOREACH|foreach)$/i;
const withoutParentheses = new Set(['go', 'rust', 'swift']);

/** `{ cyclomatic, cognitive, nesting }`. `inner` are the functions inside, which are counted for themselves. */
export function measureBraces(view, found, { family, inner }) {
  return new BraceMeasure(view, family).run(found, inner);
}

class BraceMeasure {
  constructor(view, family) {
    this.view = view;
    this.family = family;
    this.words = new Map(spoken[family].map((name) => [name, words[name]]));
    this.cyclomatic = 1;
    this.cognitive = 0;
    this.nesting = 0;
    this.deepest = 0;
    this.operator = '';
    /** Open braces that nest, with what counts as an arm in them. */
    this.blocks = new Map();
    this.armSigns = [];
  }

  run({ open, close }, inner) {
    const skips = new Map(inner.map((item) => [item.start, item.close]));
    for (let index = open + 1; index < close; index++) {
      const end = skips.get(index);
      if (end !== undefined && end > index) index = end;
      else if (this.view.kind(index) === word) this.onWord(index);
      else if (this.view.kind(index) === punctuation) this.onPunctuation(index);
    }
    return { cyclomatic: this.cyclomatic, cognitive: this.cognitive, nesting: this.deepest };
  }

  onWord(index) {
    const { view } = this;
    const text = view.text(index);
    const meaning = this.words.get(text);
    if (meaning === undefined) {
      if (text === 'else') this.onElse(index);
      else if (text === 'do' && view.is(index + 1, '{')) this.nest(index + 1);
      else if (this.family === 'c' && macroLoop.test(text) && view.is(index + 1, '(')) this.branch(index, plain);
      return;
    }
    // A property of that name, or a key of an object.
    if (view.is(index - 1, '.') || view.is(index - 1, '?.') || view.is(index - 1, '->') || view.is(index + 1, ':'))
      return;
    if (meaning.jump) this.cognitive++;
    else if (meaning.quiet) this.cyclomatic += meaning.paths;
    else this.branch(index, meaning);
  }

  branch(index, meaning) {
    const isElseIf = meaning.flat || this.view.is(index - 1, 'else');
    this.cyclomatic += meaning.paths;
    // The `else` before an `else if` has been counted.
    if (!isElseIf) this.cognitive += 1 + this.nesting;
    else if (meaning.flat) this.cognitive++;
    this.deepest = Math.max(this.deepest, this.nesting + 1);
    const open = this.blockOf(index);
    if (open !== -1) this.nest(open, meaning.arms);
  }

  onElse(index) {
    this.cognitive++;
    if (this.view.is(index + 1, '{')) this.nest(index + 1);
  }

  blockOf(index) {
    const { view } = this;
    if (!withoutParentheses.has(this.family)) {
      const paren = view.is(index + 1, '(') ? index + 1 : view.is(index + 2, '(') ? index + 2 : -1;
      if (paren === -1) return view.is(index + 1, '{') ? index + 1 : -1;
      const next = view.match[paren] + 1;
      return view.match[paren] !== -1 && view.is(next, '{') ? next : -1;
    }
    let at = index + 1;
    for (let step = 0; step < 200 && at < view.count; step++) {
      if (view.is(at, '{')) return at;
      if (view.is(at, '}')) return -1;
      at = view.behind(at);
    }
    return -1;
  }

  nest(open, arms) {
    const close = this.view.match[open];
    if (close !== -1) this.blocks.set(open, { close, arms });
  }

  onPunctuation(index) {
    const code = this.view.scanner.codeOf(index);
    if (code === 123) this.openBrace(index);
    else if (code === 125) this.closeBrace(index);
    else if (code === 59) this.operator = '';
    else if (code === 38 || code === 124 || code === 63) this.onOperator(index);
    else if (this.armSigns.at(-1) !== undefined && this.view.is(index, this.armSigns.at(-1))) this.cyclomatic++;
  }

  openBrace(index) {
    this.operator = '';
    const block = this.blocks.get(index);
    this.armSigns.push(block?.arms);
    if (block === undefined) return;
    // A choice of n arms parts the path n - 1 times.
    if (block.arms !== undefined) this.cyclomatic--;
    this.nesting++;
    if (this.nesting > this.deepest) this.deepest = this.nesting;
  }

  closeBrace(index) {
    this.operator = '';
    this.armSigns.pop();
    if (this.blocks.has(this.view.match[index])) this.nesting--;
  }

  onOperator(index) {
    const text = this.view.text(index);
    if (text === '&&' || text === '||' || text === '??') {
      this.cyclomatic++;
      if (text !== this.operator) this.cognitive++;
      this.operator = text;
    } else if (text === '?' && this.isTernary(index)) {
      this.cyclomatic++;
      this.cognitive += 1 + this.nesting;
    }
  }

  /** Optional marks and error propagation stand close to what they belong to; the operator stands between spaces. */
  isTernary(index) {
    const { text, starts } = this.view.scanner;
    return (
      /\s/.test(text[starts[index] - 1] ?? '') && /[\s(]/.test(text[starts[index] + 1] ?? '') && this.family !== 'rust'
    );
  }
}
