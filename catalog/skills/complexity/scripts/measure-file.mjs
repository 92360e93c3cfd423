// All functions of one file, measured.

import { TokenView } from './brackets.mjs';
import { findBraceFunctions } from './brace-functions.mjs';
import { measureBraces } from './measure-braces.mjs';
import { measurePython } from './measure-python.mjs';
import { measureRuby } from './measure-ruby.mjs';
import { measureShell } from './measure-shell.mjs';

const indented = { python: measurePython, ruby: measureRuby, shell: measureShell };

/** `[{ name, line, endLine, lines, parameters, cyclomatic, cognitive, nesting }]` for the text the scanner has just cut. */
export function measureFile(scanner, family) {
  const view = new TokenView(scanner);
  const measured = Object.hasOwn(indented, family) ? indented[family](view) : measureAll(view, family);
  return measured.map(({ params, ...item }) => ({
    ...item,
    lines: item.endLine - item.line + 1,
    parameters: countParameters(view, params),
  }));
}

function measureAll(view, family) {
  const functions = findBraceFunctions(view, family);
  const enclosing = [];
  const innerOf = new Map(functions.map((item) => [item, []]));
  for (const item of functions) {
    while (enclosing.length > 0 && enclosing.at(-1).close < item.start) enclosing.pop();
    const outer = enclosing.at(-1);
    if (outer !== undefined && item.start > outer.open) innerOf.get(outer).push(item);
    item.label =
      item.name !== ''
        ? item.name
        : outer === undefined
          ? '(anonymous)'
          : `(callback in ${outer.label})`.replace(/^\(callback in \(callback in (.*)\)\)$/, '(callback in $1)');
    enclosing.push(item);
  }
  return functions.map((item) => ({
    name: item.label,
    line: view.line(item.start),
    endLine: view.line(item.close),
    params: item.params,
    ...measureBraces(view, item, { family, inner: innerOf.get(item) }),
  }));
}

/** Commas between the parentheses themselves, not in what is nested in them. Receivers (`self`, `cls`, `this`) are not counted. */
function countParameters(view, open) {
  if (open === -1 || view.match[open] === -1) return 0;
  const close = view.match[open];
  let count = 0;
  let angle = 0;
  let isEmpty = true;
  for (let index = open + 1; index < close; index++) {
    if (view.is(index, '<')) angle++;
    else if (view.is(index, '>')) angle = Math.max(0, angle - 1);
    else if (view.is(index, ',') && angle === 0) {
      if (!isEmpty) count++;
      isEmpty = true;
      continue;
    }
    if (!/^(?:self|cls|void|&|mut|\*|\/)$/.test(view.text(index))) isEmpty = false;
    if (view.match[index] > index) index = view.match[index];
  }
  return isEmpty ? count : count + 1;
}
