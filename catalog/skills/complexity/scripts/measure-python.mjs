// Functions of Python: their extent is told by indentation. Measured as the others are.

import { word } from './lib/token-kinds.mjs';

const compound = new Set(['if', 'for', 'while', 'except', 'match', 'case', 'elif', 'else', 'with', 'try', 'finally']);
const nesting = new Set(['if', 'for', 'while', 'except', 'match']);

/** `[{ name, line, endLine, parameters, cyclomatic, cognitive, nesting }]` */
export function measurePython(view) {
  const lines = logicalLines(view);
  const found = [];
  const open = [];
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index];
    while (open.length > 0 && line.indent <= open.at(-1).indent) found.push(finish(open.pop(), lines[index - 1], view));
    const def = defAt(view, line.first);
    if (def !== -1) open.push(startFunction(view, line, def));
    else if (open.length > 0) takeLine(view, line, open.at(-1));
  }
  while (open.length > 0) found.push(finish(open.pop(), lines.at(-1), view));
  return found.sort((a, b) => a.line - b.line);
}

/** Lines as Python sees them: brackets join them, and only the first token's column counts. */
function logicalLines(view) {
  const { scanner } = view;
  const lines = [];
  let depth = 0;
  for (let index = 0; index < view.count; index++) {
    const isFresh = index === 0 || scanner.lines[index] !== scanner.lines[index - 1] + newlinesIn(scanner, index - 1);
    const continued = index > 0 && scanner.text.slice(scanner.ends[index - 1], scanner.starts[index]).includes('\\\n');
    if (depth === 0 && isFresh && !continued)
      lines.push({ first: index, end: index, indent: columnOf(scanner, index) });
    const text = scanner.ends[index] - scanner.starts[index] === 1 ? scanner.text[scanner.starts[index]] : '';
    if (text === '(' || text === '[' || text === '{') depth++;
    else if (text === ')' || text === ']' || text === '}') depth = Math.max(0, depth - 1);
    if (lines.length > 0) lines.at(-1).end = index;
  }
  return lines;
}

function newlinesIn(scanner, index) {
  let count = 0;
  for (
    let at = scanner.text.indexOf('\n', scanner.starts[index]);
    at !== -1 && at < scanner.ends[index];
    at = scanner.text.indexOf('\n', at + 1)
  )
    count++;
  return count;
}

function columnOf(scanner, index) {
  const start = scanner.starts[index];
  const lineStart = scanner.text.lastIndexOf('\n', start - 1) + 1;
  let column = 0;
  for (let at = lineStart; at < start; at++)
    column = scanner.text[at] === '\t' ? (Math.floor(column / 8) + 1) * 8 : column + 1;
  return column;
}

function defAt(view, first) {
  if (view.is(first, 'def')) return first;
  return view.is(first, 'async') && view.is(first + 1, 'def') ? first + 1 : -1;
}

function startFunction(view, line, def) {
  const paren = view.is(def + 2, '(') ? def + 2 : -1;
  return {
    name: view.text(def + 1),
    indent: line.indent,
    line: view.line(line.first),
    params: paren,
    cyclomatic: 1,
    cognitive: 0,
    deepest: 0,
    controls: [],
  };
}

function takeLine(view, line, target) {
  while (target.controls.length > 0 && line.indent <= target.controls.at(-1)) target.controls.pop();
  const first = view.text(line.first) === 'async' ? line.first + 1 : line.first;
  const head = view.text(first);
  const isCompound = compound.has(head) && endsWithColon(view, line, first);
  if (isCompound) takeCompound(head, line, target);
  takeInside(view, { from: isCompound ? first + 1 : line.first, to: line.end }, target);
}

/** `match` and `case` are names too; as statements they open a block. */
function endsWithColon(view, line, first) {
  const head = view.text(first);
  return (
    (head !== 'match' && head !== 'case') ||
    (view.is(line.end, ':') && !view.is(first + 1, '=') && !view.is(first + 1, '.'))
  );
}

function takeCompound(head, line, target) {
  if (head === 'elif' || head === 'case') target.cyclomatic++;
  if (head === 'elif' || head === 'else') {
    target.cognitive++;
    target.controls.push(line.indent);
  }
  if (!nesting.has(head)) return;
  if (head !== 'match') target.cyclomatic++;
  target.cognitive += 1 + target.controls.length;
  target.controls.push(line.indent);
  target.deepest = Math.max(target.deepest, target.controls.length);
}

/** Inside a line: boolean operators, conditional expressions and comprehensions. */
function takeInside(view, { from, to }, target) {
  let operator = '';
  for (let index = from; index <= to; index++) {
    if (view.kind(index) !== word) continue;
    const text = view.text(index);
    if (text === 'and' || text === 'or') {
      target.cyclomatic++;
      if (text !== operator) target.cognitive++;
      operator = text;
    } else if (text === 'if' || text === 'for') {
      target.cyclomatic++;
      if (text === 'if') target.cognitive += 1 + target.controls.length;
    }
  }
}

function finish(target, lastLine, view) {
  const endLine = view.line(lastLine.end) + newlinesIn(view.scanner, lastLine.end);
  return {
    name: target.name,
    line: target.line,
    endLine: Math.max(endLine, target.line),
    params: target.params,
    cyclomatic: target.cyclomatic,
    cognitive: target.cognitive,
    nesting: target.deepest,
  };
}
