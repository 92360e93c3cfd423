// CEL's macros: has(a.b), and map, filter, all, exists, exists_one over a list or over the keys of an object.
import type { ASTNode } from '@marcbachmann/cel-js';
import { textOf, type Code, type Frame, type NodeCompiler } from './expression-node.ts';
import { ExpressionFault, findField, isList, isObject, show, sortedKeys, type Fuel } from './expression-values.ts';
import type { Json } from './json.ts';

interface MacroCall {
  readonly node: ASTNode;
  readonly name: string;
  /** For a method the first is what stands before the dot. */
  readonly args: readonly ASTNode[];
}

const methodMacros = ['map', 'filter', 'all', 'exists', 'exists_one'];

export function isMacro(name: string, kind: 'function' | 'method'): boolean {
  return kind === 'function' ? name === 'has' : methodMacros.includes(name);
}

export function compileMacro(compiler: NodeCompiler, call: MacroCall): Code {
  if (call.name === 'has') return compileHas(compiler, call);
  const [range, variable, ...bodies] = call.args;
  const bodiesMax = call.name === 'map' ? 2 : 1;
  if (range === undefined || variable === undefined || bodies.length === 0 || bodies.length > bodiesMax) {
    throw new ExpressionFault(
      `\`${call.name}\` is written list.${call.name}(x, ...), with a variable and an expression`,
      call.node,
    );
  }
  const items = compiler.compile(range);
  const elements = (frame: Frame) => elementsOf(items(frame), range);
  if (call.name === 'map') return compileMap(compiler, [variable, ...bodies], elements);
  const { compiled, slot } = compiler.withLocal(variable, () => compiler.condition(bodies[0] as ASTNode));
  return compileTest(call.name, forItem(compiled, slot), elements);
}

function compileHas(compiler: NodeCompiler, { node, args }: MacroCall): Code {
  const [access] = args;
  if (args.length !== 1 || access?.op !== '.') {
    throw new ExpressionFault('`has` takes one argument of the form a.b', node);
  }
  const [of, name] = access.args;
  const object = compiler.objectOf(of, name);
  return (frame) => findField(object(frame), name) !== undefined;
}

function elementsOf(value: Json, node: ASTNode): readonly Json[] {
  if (isList(value)) return value;
  if (isObject(value)) return sortedKeys(value);
  throw new ExpressionFault(`\`${textOf(node)}\` must be a list or an object, found ${show(value)}`, node);
}

type Elements = (frame: Frame) => readonly Json[];

/** Runs `body` with the variable set to the item. */
function forItem<Value>(body: (frame: Frame) => Value, slot: number): (frame: Frame, item: Json) => Value {
  return (frame, item) => {
    frame.locals[slot] = item;
    return body(frame);
  };
}

function compileMap(compiler: NodeCompiler, [variable, ...bodies]: readonly ASTNode[], elements: Elements): Code {
  const { compiled, slot } = compiler.withLocal(variable as ASTNode, () => ({
    test: bodies.length === 1 ? (): boolean => true : compiler.condition(bodies[0] as ASTNode),
    value: compiler.compile(bodies.at(-1) as ASTNode),
  }));
  const passes = forItem(compiled.test, slot);
  return (frame) => {
    const results: Json[] = [];
    for (const item of elements(frame)) if (passes(frame, item)) results.push(compiled.value(frame));
    return results;
  };
}

function compileTest(name: string, test: (frame: Frame, item: Json) => boolean, elements: Elements): Code {
  switch (name) {
    case 'filter':
      return (frame) => elements(frame).filter((item) => test(frame, item));
    case 'exists_one':
      return (frame) => elements(frame).filter((item) => test(frame, item)).length === 1;
    case 'exists':
      return (frame) => finds(elements(frame), (item) => test(frame, item), frame.fuel);
    default:
      return (frame) => !finds(elements(frame), (item) => !test(frame, item), frame.fuel);
  }
}

/** Whether an item passes. As in CEL, an item that fails is forgiven when another decides. */
function finds(items: readonly Json[], passes: (item: Json) => boolean, fuel: Fuel): boolean {
  let fault: ExpressionFault | undefined;
  for (const item of items) {
    try {
      if (passes(item)) return true;
    } catch (error) {
      if (!(error instanceof ExpressionFault)) throw error;
      fuel.spendOnFault();
      fault ??= error;
    }
  }
  if (fault !== undefined) throw fault;
  return false;
}
