// Arithmetic, comparison and membership over JSON values.
//
// A number is a JSON number, so 7 / 2 is 3.5 and `1 + inputs.n` works for 2 and for 2.5 alike; CEL's separate integers
// would make the same expression mean two things, depending on how a number happened to be written in the data.
import type { ASTNode, BinaryOperator } from '@marcbachmann/cel-js';
import { textOf, type Code, type NodeCompiler } from './expression-node.ts';
import {
  equalValues,
  ExpressionFault,
  isList,
  isObject,
  orderValues,
  show,
  textLengthMax,
  type Fuel,
} from './expression-values.ts';
import type { Json } from './json.ts';

type BinaryNode = Extract<ASTNode, { op: BinaryOperator }>;
type Operate = (left: Json, right: Json, context: { readonly node: BinaryNode; readonly fuel: Fuel }) => Json;

const operators: Readonly<Record<BinaryOperator, Operate>> = {
  '==': (left, right, { fuel }) => equalValues(left, right, fuel),
  '!=': (left, right, { fuel }) => !equalValues(left, right, fuel),
  in: (left, right, { node, fuel }) => {
    if (isList(right)) return right.some((item) => equalValues(left, item, fuel));
    if (isObject(right) && typeof left === 'string') return Object.hasOwn(right, left);
    throw mismatch(node, [left, right]);
  },
  '<': (left, right, { node }) => compare(node, left, right) < 0,
  '<=': (left, right, { node }) => compare(node, left, right) <= 0,
  '>': (left, right, { node }) => compare(node, left, right) > 0,
  '>=': (left, right, { node }) => compare(node, left, right) >= 0,
  '+': add,
  '-': (left, right, { node }) => calculate(node, [left, right], (a, b) => a - b),
  '*': (left, right, { node }) => calculate(node, [left, right], (a, b) => a * b),
  '/': (left, right, { node }) => {
    if (right === 0) throw new ExpressionFault(`\`${textOf(node)}\` divides by zero`, node);
    return calculate(node, [left, right], (a, b) => a / b);
  },
  '%': (left, right, { node }) => {
    if (right === 0) throw new ExpressionFault(`\`${textOf(node)}\` divides by zero`, node);
    return calculate(node, [left, right], (a, b) => a % b);
  },
};

export function isOperator(node: ASTNode): node is BinaryNode {
  return Object.hasOwn(operators, node.op);
}

export function applyOperator(compiler: NodeCompiler, node: BinaryNode): Code {
  const operate = operators[node.op];
  const [left, right] = node.args.map((operand) => compiler.compile(operand)) as [Code, Code];
  return (frame) => operate(left(frame), right(frame), { node, fuel: frame.fuel });
}

export function negate(compiler: NodeCompiler, operand: ASTNode): Code {
  const code = compiler.compile(operand);
  return (frame) => {
    const value = code(frame);
    // Subtracted, so that there is no negative zero: JSON cannot write one.
    if (typeof value === 'number') return 0 - value;
    throw new ExpressionFault(`\`-${textOf(operand)}\` needs a number, found ${show(value)}`, operand);
  };
}

function add(left: Json, right: Json, { node, fuel }: { node: BinaryNode; fuel: Fuel }): Json {
  if (typeof left === 'string' && typeof right === 'string') {
    const length = left.length + right.length;
    fuel.spendOnText(length);
    if (length > textLengthMax) {
      throw new ExpressionFault(`\`${textOf(node)}\` gives a text of more than ${textLengthMax} characters`, node);
    }
    return left + right;
  }
  if (isList(left) && isList(right)) {
    fuel.spend(left.length + right.length);
    return [...left, ...right];
  }
  if (typeof left === 'string' || typeof right === 'string') {
    throw mismatch(node, [left, right], '; put string(...) around what is not a text');
  }
  return calculate(node, [left, right], (a, b) => a + b);
}

function calculate(node: BinaryNode, [left, right]: [Json, Json], operate: (a: number, b: number) => number): number {
  if (typeof left !== 'number' || typeof right !== 'number') throw mismatch(node, [left, right]);
  const result = operate(left, right) + 0;
  const whole = Number.isInteger(left) && Number.isInteger(right) && Number.isInteger(result);
  if (!Number.isFinite(result) || (whole && !Number.isSafeInteger(result))) {
    throw new ExpressionFault(`\`${textOf(node)}\` is too large for an exact number`, node);
  }
  return result;
}

function compare(node: BinaryNode, left: Json, right: Json): number {
  const order = orderValues(left, right);
  if (order === undefined) throw mismatch(node, [left, right]);
  return order;
}

function mismatch(node: BinaryNode, [left, right]: [Json, Json], advice = ''): ExpressionFault {
  const message = `\`${textOf(node)}\`: \`${node.op}\` does not work between ${show(left)} and ${show(right)}${advice}`;
  return new ExpressionFault(message, node);
}
