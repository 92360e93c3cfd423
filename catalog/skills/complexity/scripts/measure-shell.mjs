// Functions of shell scripts, and the script itself as one.

import { word } from './lib/token-kinds.mjs';

const blocks = { if: 'fi', for: 'done', while: 'done', until: 'done', select: 'done', case: 'esac' };
const ends = new Set(Object.values(blocks));

/** `[{ name, line, endLine, params, cyclomatic, cognitive, nesting }]`; the script's own commands are `(script)`. */
export function measureShell(view) {
  const script = start('(script)', 1, -1);
  const found = [];
  const open = [];
  for (let index = 0; index < view.count; index++) {
    const opened = functionAt(view, index);
    if (opened !== undefined) {
      open.push(start(opened.name, view.line(index), view.match[opened.brace]));
      index = opened.brace;
      continue;
    }
    while (open.length > 0 && open.at(-1).close !== -1 && index > open.at(-1).close)
      found.push(finish(open.pop(), view, index - 1));
    take(view, index, open.at(-1) ?? script);
  }
  while (open.length > 0) found.push(finish(open.pop(), view, view.count - 1));
  if (view.count > 0) found.push(finish(script, view, view.count - 1));
  return found.sort((a, b) => a.line - b.line || (a.name < b.name ? -1 : 1));
}

function start(name, line, close) {
  return { name, line, close, cyclomatic: 1, cognitive: 0, deepest: 0, depth: 0, operator: '' };
}

/** `name() {` or `function name {`. */
function functionAt(view, index) {
  if (view.kind(index) !== word) return undefined;
  const leader = view.is(index, 'function') ? index + 1 : index;
  if (view.kind(leader) !== word || view.line(leader) !== view.line(index)) return undefined;
  const hasParens = view.is(leader + 1, '(') && view.is(leader + 2, ')');
  if (!hasParens && leader === index) return undefined;
  const brace = leader + (hasParens ? 3 : 1);
  return view.is(brace, '{') && view.match[brace] !== -1 ? { name: view.text(leader), brace } : undefined;
}

function take(view, index, target) {
  const text = view.text(index);
  if (text === '&&' || text === '||') {
    target.cyclomatic++;
    if (text !== target.operator) target.cognitive++;
    target.operator = text;
    return;
  }
  if (view.kind(index) !== word) return;
  if (index === 0 || view.line(index) !== view.line(index - 1)) target.operator = '';
  if (!startsCommand(view, index)) return;
  if (blocks[text] !== undefined) {
    target.cognitive += 1 + target.depth;
    target.depth++;
    target.deepest = Math.max(target.deepest, target.depth);
    if (text !== 'case') target.cyclomatic++;
  } else if (ends.has(text)) target.depth = Math.max(0, target.depth - 1);
  else if (text === 'elif') {
    target.cyclomatic++;
    target.cognitive++;
  } else if (text === 'else') target.cognitive++;
  if (view.is(index - 1, ';') && view.is(index - 2, ';')) target.cyclomatic++;
}

/** Reserved words are such only where a command may begin. */
function startsCommand(view, index) {
  if (index === 0 || view.line(index - 1) !== view.line(index)) return true;
  return [
    ';',
    '|',
    '&',
    '&&',
    '||',
    '(',
    '{',
    '!',
    'then',
    'do',
    'else',
    'if',
    'while',
    'until',
    ')',
    'elif',
    '`',
  ].includes(view.text(index - 1));
}

function finish(target, view, last) {
  const { name, line, cyclomatic, cognitive, deepest } = target;
  return { name, line, endLine: Math.max(line, view.line(last)), params: -1, cyclomatic, cognitive, nesting: deepest };
}
