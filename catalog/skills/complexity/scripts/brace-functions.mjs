// Finds functions in languages whose bodies stand in braces. Each is `{ name, start, open, close, params }`: token indexes of
// its first token, of the braces of its body, and of the parenthesis that opens its parameters (-1 when unknown).

import { notFunctionNames } from './function-names.mjs';
import { punctuation, word } from './lib/token-kinds.mjs';

const headLengthMax = 120;

export function findBraceFunctions(view, family) {
  if (family === 'javascript') return findJavascript(view);
  if (family === 'go') return findLed(view, 'func', goName);
  if (family === 'rust') return findLed(view, 'fn', plainName);
  if (family === 'kotlin') return findLed(view, 'fun', kotlinName);
  if (family === 'swift')
    return [...findLed(view, 'func', plainName), ...findLed(view, 'init', initName)].sort(byStart);
  if (family === 'php') return findLed(view, 'function', phpName);
  return findByParenthesis(view, family);
}

const byStart = (a, b) => a.start - b.start;

/** Languages where a word announces the function. */
function findLed(view, leader, nameAfter) {
  const found = [];
  for (let index = 0; index < view.count; index++) {
    if (view.kind(index) !== word || !view.is(index, leader) || view.is(index - 1, '.')) continue;
    const named = nameAfter(view, index);
    if (named === undefined) continue;
    const params = findParams(view, named.at);
    if (params === -1) continue;
    const open = findBlock(view, view.match[params] + 1);
    if (open !== -1) found.push({ name: named.name, start: index, open, close: view.match[open], params });
  }
  return found;
}

function plainName(view, index) {
  return view.kind(index + 1) === word ? { name: view.text(index + 1), at: index + 2 } : undefined;
}

/** `func (r *Receiver) Name(`; a literal without a name belongs to the function around it. */
function goName(view, index) {
  if (!view.is(index + 1, '(')) return plainName(view, index);
  const close = view.match[index + 1];
  if (close === -1 || view.kind(close + 1) !== word || !(view.is(close + 2, '(') || view.is(close + 2, '[')))
    return undefined;
  let receiver = '';
  for (let at = index + 2; at < close && receiver === ''; at++)
    if (view.kind(at) === word && view.kind(at + 1) !== word && !view.is(at + 1, '*')) receiver = view.text(at);
  return { name: receiver === '' ? view.text(close + 1) : `${receiver}.${view.text(close + 1)}`, at: close + 2 };
}

/** `fun <T> Receiver.name(`. */
function kotlinName(view, index) {
  let at = index + 1;
  while (at < view.count && at < index + headLengthMax && !view.is(at, '(')) {
    if (view.is(at, '{') || view.is(at, '=')) return undefined;
    at++;
  }
  return view.kind(at - 1) === word ? { name: view.text(at - 1), at } : undefined;
}

function initName(view, index) {
  return view.is(index + 1, '(') || view.is(index + 1, '<') ? { name: 'init', at: index + 1 } : undefined;
}

function phpName(view, index) {
  const at = view.is(index + 1, '&') ? index + 2 : index + 1;
  return view.kind(at) === word ? { name: view.text(at), at: at + 1 } : undefined;
}

function findParams(view, from) {
  for (let at = from; at < view.count && at < from + headLengthMax; at++) {
    if (view.is(at, '(')) return view.match[at] === -1 ? -1 : at;
    if (view.is(at, '{') || view.is(at, ';')) return -1;
    if (view.is(at, '[')) at = view.behind(at) - 1;
  }
  return -1;
}

/** The brace that opens the body: behind result types, which may hold brackets and braces of their own. */
function findBlock(view, from) {
  let at = from;
  const line = view.line(from - 1);
  for (let step = 0; step < headLengthMax && at < view.count; step++) {
    if (view.is(at, '{')) {
      const isType = view.is(at - 1, 'interface') || view.is(at - 1, 'struct');
      if (!isType) return view.match[at] === -1 ? -1 : at;
    }
    if (view.is(at, ';') || view.is(at, '}') || view.is(at, '=')) return -1;
    // Declarations without a body end with their line, where nothing goes on to the next.
    if (view.kind(at) === word && view.line(at) > line + 8) return -1;
    at = view.behind(at);
  }
  return -1;
}

/** C, C++, Java and C#: a name, parameters, and then a body. */
function findByParenthesis(view, family) {
  const found = [];
  for (let index = 1; index < view.count; index++) {
    if (view.kind(index) !== punctuation || !view.is(index, '(') || view.match[index] === -1) continue;
    const nameAt = nameBefore(view, index);
    if (nameAt === -1 || !mayBeDefinition(view, nameAt)) continue;
    const open = family === 'c' ? bodyOfC(view, view.match[index] + 1) : bodyOfJava(view, view.match[index] + 1);
    if (open === -1 || view.match[open] === -1) continue;
    found.push({ name: qualifiedName(view, nameAt), start: nameAt, open, close: view.match[open], params: index });
    // C has no functions inside functions; what looks like one there is a macro with a block.
    if (family === 'c') index = view.match[open];
  }
  return found;
}

function nameBefore(view, paren) {
  let at = paren - 1;
  if (view.is(at, '>')) at = beforeAngles(view, at);
  if (view.kind(at) === word) return notFunctionNames.has(view.text(at)) ? -1 : at;
  if (view.kind(at) === punctuation)
    for (let back = at; back > at - 3; back--) if (view.is(back - 1, 'operator')) return back - 1;
  return -1;
}

function beforeAngles(view, from) {
  let depth = 0;
  for (let at = from; at > from - 60 && at >= 0; at--) {
    if (view.is(at, '>')) depth++;
    else if (view.is(at, '<') && --depth === 0) return at - 1;
    else if (view.match[at] !== -1 && view.match[at] < at) at = view.match[at];
    else if (view.is(at, ';') || view.is(at, '{')) return -1;
  }
  return -1;
}

/** Not a call: nothing before it that only expressions have. */
function mayBeDefinition(view, nameAt) {
  let at = nameAt - 1;
  while (view.is(at, '::') || view.is(at, '~') || (view.is(at, '.') && view.kind(at - 1) === word))
    at -= view.is(at, '~') ? 1 : 2;
  if (at < 0) return true;
  if (view.kind(at) === word)
    return !['new', 'return', 'throw', 'else', 'case', 'await', 'goto', 'in', 'and', 'or', 'not'].includes(
      view.text(at),
    );
  return ['*', '&', '>', '}', ';', '{', ')', ']', '?', ':', '@', '&&'].includes(view.text(at));
}

function qualifiedName(view, nameAt) {
  if (view.is(nameAt, 'operator')) return `operator${view.text(nameAt + 1)}`;
  const tilde = view.is(nameAt - 1, '~') ? '~' : '';
  const at = nameAt - tilde.length;
  return view.is(at - 1, '::') && view.kind(at - 2) === word
    ? `${view.text(at - 2)}::${tilde}${view.text(nameAt)}`
    : `${tilde}${view.text(nameAt)}`;
}

/** Behind the parameters of C and C++: qualifiers, attributes, a result type, member initialisers. */
function bodyOfC(view, from) {
  let at = from;
  let inInitialisers = false;
  for (let step = 0; step < headLengthMax && at < view.count; step++) {
    if (view.is(at, '{')) {
      const next = view.match[at] + 1;
      const isMember = inInitialisers && (view.is(next, ',') || view.is(next, '{')) && view.kind(at - 1) === word;
      if (!isMember) return at;
    } else if (view.is(at, ':')) inInitialisers = true;
    else if (view.is(at, ';') || view.is(at, '=') || view.is(at, '}') || (view.is(at, ',') && !inInitialisers))
      return -1;
    else if (
      view.kind(at) === punctuation &&
      !inInitialisers &&
      !['(', '[', '->', '::', '<', '>', '*', '&', '&&'].includes(view.text(at))
    )
      return -1;
    at = view.behind(at);
  }
  return -1;
}

/** Behind the parameters in Java (`throws A, B`) and C# (`where T : X`, `: base(x)`). */
function bodyOfJava(view, from) {
  let at = from;
  for (let step = 0; step < headLengthMax && at < view.count; step++) {
    if (view.is(at, '{')) return at;
    const passes =
      view.kind(at) === word
        ? at > from || ['throws', 'where', 'default'].includes(view.text(at))
        : [',', '.', ':', '<', '>', '(', '[', '@', '?'].includes(view.text(at));
    if (!passes) return -1;
    at = view.behind(at);
  }
  return -1;
}

/** Function declarations and expressions, methods, and arrows with a block. */
function findJavascript(view) {
  const found = [];
  for (let index = 0; index < view.count; index++) {
    if (view.is(index, '=>') && view.is(index + 1, '{') && view.match[index + 1] !== -1)
      found.push(arrowAt(view, index));
    if (!view.is(index, '(') || view.match[index] === -1) continue;
    const named = javascriptName(view, index);
    if (named === undefined) continue;
    const open = bodyOfJavascript(view, view.match[index] + 1);
    if (open !== -1) found.push({ ...named, open, close: view.match[open], params: index });
  }
  return found.sort(byStart);
}

function arrowAt(view, arrow) {
  const open = arrow + 1;
  const close = parametersEnd(view, arrow);
  const params = close === -1 ? -1 : view.match[close];
  let before = params === -1 ? arrow - 2 : params - 1;
  if (view.is(before, '>')) before = beforeAngles(view, before);
  if (view.is(before, 'async')) before--;
  return {
    name: assignedName(view, before),
    start: params === -1 ? arrow : params,
    open,
    close: view.match[open],
    params,
  };
}

/** The parenthesis that closes the parameters of an arrow: just before it, or before the type of its result. */
function parametersEnd(view, arrow) {
  if (view.is(arrow - 1, ')')) return view.match[arrow - 1] === -1 ? -1 : arrow - 1;
  for (let at = arrow - 1, step = 0; at > 0 && step < headLengthMax; step++) {
    if (view.is(at, ':') && view.is(at - 1, ')') && view.match[at - 1] !== -1) return at - 1;
    if (view.is(at, ';') || view.is(at, '=') || view.is(at, '{') || view.is(at, '(') || view.is(at, ',')) return -1;
    at = view.match[at] !== -1 && view.match[at] < at ? view.match[at] - 1 : at - 1;
  }
  return -1;
}

function assignedName(view, at) {
  const sign = view.is(at, '=') || view.is(at, ':');
  return sign && view.kind(at - 1) === word ? view.text(at - 1) : '';
}

function javascriptName(view, paren) {
  let at = paren - 1;
  if (view.is(at, '>')) at = beforeAngles(view, at);
  if (view.is(at, '*')) at--;
  if (view.is(at, 'function'))
    return { name: assignedName(view, view.is(at - 1, 'async') ? at - 2 : at - 1), start: at };
  if (view.kind(at) !== word || notFunctionNames.has(view.text(at))) return undefined;
  const before = view.is(at - 1, '*') ? at - 2 : at - 1;
  if (view.is(before, 'function')) return { name: view.text(at), start: at };
  if (view.is(before, '.') || view.is(before, '?.') || view.is(before, 'new')) return undefined;
  return { name: view.text(at), start: at };
}

/** The brace behind `)` or behind a type of the result, which may itself hold braces. */
function bodyOfJavascript(view, from) {
  if (view.is(from, '{')) return view.match[from] === -1 ? -1 : from;
  if (!view.is(from, ':')) return -1;
  let at = from + 1;
  let needsType = true;
  for (let step = 0; step < headLengthMax && at < view.count; step++) {
    if (view.is(at, '{') && !needsType) return view.match[at] === -1 ? -1 : at;
    if (view.is(at, ';') || view.is(at, '}') || view.is(at, '=') || view.is(at, ')')) return -1;
    if (view.is(at, ',') && !needsType) return -1;
    if (view.is(at, '<')) {
      at = behindAngles(view, at);
      needsType = false;
      continue;
    }
    needsType = ['|', '&', '=>', '.', 'keyof', 'is', 'asserts', 'typeof', 'extends', '?', ':'].includes(view.text(at));
    at = view.behind(at);
  }
  return -1;
}

function behindAngles(view, from) {
  let depth = 0;
  for (let at = from; at < view.count && at < from + headLengthMax;) {
    if (view.is(at, '<')) depth++;
    else if (view.is(at, '>') && --depth === 0) return at + 1;
    at = view.is(at, '(') || view.is(at, '{') || view.is(at, '[') ? view.behind(at) : at + 1;
  }
  return from + 1;
}
