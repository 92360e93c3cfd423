// What the parts of the expression compiler share: the shape of compiled code and of the compiler itself.
import type { ASTNode } from '@marcbachmann/cel-js';
import type { Fuel } from './expression-values.ts';
import type { Json } from './json.ts';

export interface Frame {
  readonly scope: { readonly [name: string]: unknown };
  /** Variables of `map`, `filter` and their kind, outermost first. */
  readonly locals: Json[];
  readonly fuel: Fuel;
}

export type Code = (frame: Frame) => Json;
export type Condition = (frame: Frame) => boolean;

export interface NodeCompiler {
  compile(node: ASTNode): Code;
  /** Code whose value must be true or false. */
  condition(node: ASTNode): Condition;
  /** The object a field is read from, after the mistakes and references of the whole access were noted. */
  objectOf(of: ASTNode, name: string): Code;
  /** Compiles with one more local variable; gives the code and the variable's place in the frame. */
  withLocal<Compiled>(name: ASTNode, compile: () => Compiled): { readonly compiled: Compiled; readonly slot: number };
}

const textShownMax = 80;

/** The node as it was written, shortened for a message. */
export function textOf(node: ASTNode): string {
  const text = node.input.slice(node.start, node.end).replaceAll(/\s+/g, ' ');
  return text.length > textShownMax ? `${text.slice(0, textShownMax)}...` : text;
}
