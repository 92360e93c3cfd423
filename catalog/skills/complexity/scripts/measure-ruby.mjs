// Methods of Ruby, from `def` to its `end`.

import { word } from './lib/token-kinds.mjs';

const openers = new Set(['def', 'class', 'module', 'begin', 'case', 'do']);
const conditional = new Set(['if', 'unless', 'while', 'until', 'for']);
const beforeExpression = new Set([
  '=',
  '(',
  '[',
  ',',
  '&&',
  '||',
  'then',
  'else',
  '{',
  '|',
  '+=',
  '=>',
  'and',
  'or',
  'not',
  '!',
  ':',
  '?',
  ';',
  '<<',
]);

/** `[{ name, line, endLine, params, cyclomatic, cognitive, nesting }]` */
export function measureRuby(view) {
  const found = [];
  const open = [];
  for (let index = 0; index < view.count; index++) {
    if (view.kind(index) !== word || isName(view, index)) continue;
    takeWord(view, index, { open, found });
  }
  return found.sort((a, b) => a.line - b.line);
}

/** `.class`, `:if`, `end:` and `def if` are names. */
function isName(view, index) {
  const { text, starts, ends } = view.scanner;
  const before = text[starts[index] - 1];
  return (
    before === '.' ||
    before === ':' ||
    before === '@' ||
    (text[ends[index]] === ':' && text[ends[index] + 1] !== ':') ||
    view.is(index - 1, 'def')
  );
}

function takeWord(view, index, { open, found }) {
  const text = view.text(index);
  const method = open.findLast((item) => item.method !== undefined)?.method;
  if (text === 'end') close(view, index, { open, found });
  else if (text === 'def') open.push({ method: startMethod(view, index) });
  else if (text === 'do' && closesLoopHead(view, index)) return;
  else if (openers.has(text)) open.push({ nests: text === 'case' });
  else if (conditional.has(text)) {
    const isBlock = isStatement(view, index);
    if (method !== undefined) branch(method, open, { isBlock, paths: 1 });
    if (isBlock) open.push({ nests: true });
  }
  if (method === undefined) return;
  if (text === 'elsif' || text === 'when' || text === 'in' || text === 'rescue') {
    if (text !== 'in' || isFirstOnLine(view, index)) method.cyclomatic++;
    if (text === 'elsif' || text === 'rescue') method.cognitive++;
  } else if (text === 'else') method.cognitive++;
  else if (text === 'case') branch(method, open, { isBlock: true, paths: 0 });
  countOperators(view, index, method);
}

function startMethod(view, index) {
  let at = index + 1;
  while (view.is(at + 1, '.')) at += 2;
  // `def name = expression` has no `end`.
  const params = view.is(at + 1, '(') ? at + 1 : -1;
  return { name: view.text(at), line: view.line(index), params, cyclomatic: 1, cognitive: 0, deepest: 0 };
}

function branch(method, open, { isBlock, paths }) {
  const start = open.findLastIndex((item) => item.method !== undefined);
  const depth = open.slice(start + 1).filter((item) => item.nests).length - (paths === 0 ? 1 : 0);
  method.cyclomatic += paths;
  method.cognitive += 1 + (isBlock ? depth : 0);
  if (isBlock) method.deepest = Math.max(method.deepest, depth + 1);
}

/** Behind a statement `if` modifies it; at its start it opens a block. */
function isStatement(view, index) {
  return isFirstOnLine(view, index) || beforeExpression.has(view.text(index - 1));
}

function isFirstOnLine(view, index) {
  return index === 0 || view.line(index - 1) !== view.line(index);
}

function closesLoopHead(view, index) {
  for (let at = index - 1; at >= 0 && view.line(at) === view.line(index); at--) {
    if (view.kind(at) === word && ['while', 'until', 'for'].includes(view.text(at))) return isStatement(view, at);
  }
  return false;
}

/** `&&` and `||` are punctuation; they are counted with the word that follows them. */
function countOperators(view, index, method) {
  const before = view.text(index - 1);
  const text = view.text(index);
  if (before === '&&' || before === '||' || text === 'and' || text === 'or') {
    method.cyclomatic++;
    method.cognitive++;
  }
}

function close(view, index, { open, found }) {
  const { method } = open.pop() ?? {};
  if (method === undefined) return;
  const { name, line, params, cyclomatic, cognitive, deepest } = method;
  found.push({ name, line, endLine: view.line(index), params, cyclomatic, cognitive, nesting: deepest });
}
