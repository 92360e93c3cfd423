// Turns the syntax tree of an expression into a function, and names every mistake that can be seen without running it.
//
// Owns:       CEL's operators and name resolution over JSON. The parser is a library's.
// Invariants: EC1 a name that is not in the scope, a function that does not exist and a task that is not named by a
//                 text literal are mistakes of the text: they never wait for an evaluation to be found.
//             EC2 compiled code reads the scope and its own local variables, nothing else, and changes nothing.
import type { ASTNode } from '@marcbachmann/cel-js';
import { didYouMean } from './closest-name.ts';
import {
  argumentCounts,
  BadArgument,
  callFunction,
  functions,
  methods,
  type ExpressionFunction,
} from './expression-functions.ts';
import { compileMacro, isMacro } from './expression-macros.ts';
import { textOf, type Code, type Condition, type NodeCompiler } from './expression-node.ts';
import { applyOperator, isOperator, negate } from './expression-operators.ts';
import { ExpressionFault, findField, isList, isObject, show, showNames, type JsonObject } from './expression-values.ts';
import type { Json } from './json.ts';

export const scopeNames = ['inputs', 'tasks', 'item', 'index', 'goal'] as const;
export type ScopeName = (typeof scopeNames)[number];
const taskFields = ['state', 'output', 'failure'];
const goalFields = ['id', 'title', 'priority'];

/** What an expression refers to, found in its tree. */
export interface References {
  readonly names: Set<ScopeName>;
  readonly tasks: Set<string>;
  /** Inputs named by a literal; an expression may also use `inputs` as a whole. */
  readonly inputs: Set<string>;
}

export class Compiler implements NodeCompiler {
  readonly references: References = { names: new Set(), tasks: new Set(), inputs: new Set() };
  readonly #locals: string[] = [];

  compile(node: ASTNode): Code {
    const code = this.#compile(node);
    return (frame) => {
      frame.fuel.spend(1);
      return code(frame);
    };
  }

  #compile(node: ASTNode): Code {
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- operators are a table of their own: isOperator
    switch (node.op) {
      case 'value':
        return constant(literal(node.args, node));
      case 'id':
        return this.#name(node, node.args);
      case '.':
        return this.#field(node, node.args[0], node.args[1]);
      case '[]':
        return this.#index(node, node.args[0], node.args[1]);
      case 'call':
        return this.#call(node, node.args[0], node.args[1]);
      case 'rcall':
        return this.#method(node, node.args[0], [node.args[1], ...node.args[2]]);
      case 'list': {
        const items = node.args.map((item) => this.compile(item));
        return (frame) => items.map((item) => item(frame));
      }
      case 'map':
        return this.#object(node.args);
      case '?:':
        return this.#choice(node.args);
      case '&&':
      case '||':
        return this.#logic(node.args, node.op === '||');
      case '!_': {
        const code = this.condition(node.args);
        return (frame) => !code(frame);
      }
      case '-_':
        return negate(this, node.args);
      default:
        if (isOperator(node)) return applyOperator(this, node);
        throw new ExpressionFault(`\`${node.op}\` cannot be used here`, node);
    }
  }

  condition(node: ASTNode): Condition {
    const code = this.compile(node);
    return (frame) => {
      const value = code(frame);
      if (typeof value === 'boolean') return value;
      throw new ExpressionFault(`\`${textOf(node)}\` must be true or false, found ${show(value)}`, node);
    };
  }

  withLocal<Compiled>(name: ASTNode, compile: () => Compiled): { readonly compiled: Compiled; readonly slot: number } {
    const text = name.op === 'id' ? name.args : textOf(name);
    if ((scopeNames as readonly string[]).includes(text) || this.#locals.includes(text)) {
      throw new ExpressionFault(`the variable \`${text}\` hides another of that name; give it a name of its own`, name);
    }
    const slot = this.#locals.push(text) - 1;
    const compiled = compile();
    this.#locals.pop();
    return { compiled, slot };
  }

  #name(node: ASTNode, name: string): Code {
    const slot = this.#locals.indexOf(name);
    if (slot !== -1) return ({ locals }) => locals[slot] as Json;
    const known = scopeNames.find((scopeName) => scopeName === name);
    if (known === undefined) {
      const hint = didYouMean(name, [...scopeNames, ...this.#locals]);
      const advice = hint === '' ? '; a key with a hyphen is written tasks["my-key"], a text in quotes' : hint;
      throw new ExpressionFault(
        `there is no \`${name}\`; known are ${[...scopeNames, ...this.#locals].join(', ')}${advice}`,
        node,
      );
    }
    if (known === 'tasks') {
      throw new ExpressionFault(
        '`tasks` must be followed by the key of a task, as in tasks.build or tasks["build"]',
        node,
      );
    }
    this.references.names.add(known);
    return ({ scope }) => {
      const value = scope[known];
      if (value !== undefined) return value as Json;
      const why = known === 'item' || known === 'index' ? '; only a task with for_each has one' : '';
      throw new ExpressionFault(`there is no \`${known}\` here${why}`, node);
    };
  }

  objectOf(of: ASTNode, name: string): Code {
    if (this.#isScope(of, 'tasks')) {
      this.references.names.add('tasks');
      this.references.tasks.add(name);
      return ({ scope }) => scope['tasks'] as Json;
    }
    if (this.#isScope(of, 'inputs')) this.references.inputs.add(name);
    const known = this.#isTask(of) ? taskFields : this.#isScope(of, 'goal') ? goalFields : [name];
    if (!known.includes(name)) {
      const hint = didYouMean(name, known);
      throw new ExpressionFault(`\`${textOf(of)}\` has no "${name}", it has ${known.join(', ')}${hint}`, of);
    }
    return this.compile(of);
  }

  #field(node: ASTNode, of: ASTNode, name: string): Code {
    const object = this.objectOf(of, name);
    return (frame) => readField(object(frame), name, { node, of });
  }

  #index(node: ASTNode, of: ASTNode, index: ASTNode): Code {
    if (index.op === 'value' && typeof index.args === 'string') return this.#field(node, of, index.args);
    if (this.#isScope(of, 'tasks')) {
      const message =
        'a task is named by a text in quotes, as in tasks["build"]: which tasks are needed is known first';
      throw new ExpressionFault(message, node);
    }
    const list = this.compile(of);
    const at = this.compile(index);
    return (frame) => readIndex(list(frame), at(frame), { node, of });
  }

  #isScope(node: ASTNode, name: ScopeName): boolean {
    return node.op === 'id' && node.args === name && !this.#locals.includes(name);
  }

  #isTask(node: ASTNode): boolean {
    if (node.op === '.') return this.#isScope(node.args[0], 'tasks');
    return node.op === '[]' && this.#isScope(node.args[0], 'tasks');
  }

  #call(node: ASTNode, name: string, args: readonly ASTNode[]): Code {
    if (isMacro(name, 'function')) return compileMacro(this, { node, name, args });
    return this.#function(node, { name, args, table: functions, noun: 'function' });
  }

  #method(node: ASTNode, name: string, args: readonly ASTNode[]): Code {
    const [receiver, ...rest] = args;
    if (receiver?.op === 'id' && functions.has(`${receiver.args}.${name}`)) {
      return this.#function(node, { name: `${receiver.args}.${name}`, args: rest, table: functions, noun: 'function' });
    }
    if (isMacro(name, 'method')) return compileMacro(this, { node, name, args });
    if (name === 'matches') {
      const message =
        '`matches` is not available, because a pattern can take endless time; use contains, startsWith, endsWith or split';
      throw new ExpressionFault(message, node);
    }
    return this.#function(node, { name, args, table: methods, noun: 'method' });
  }

  #function(node: ASTNode, call: Call): Code {
    const called = call.table.get(call.name);
    if (called === undefined) {
      const names = [...call.table.keys()];
      throw new ExpressionFault(`there is no ${call.noun} \`${call.name}\`${didYouMean(call.name, names)}`, node);
    }
    const hidden = call.noun === 'method' ? 1 : 0;
    const { min, max } = argumentCounts(called);
    if (call.args.length < min || call.args.length > max) {
      const wanted = min === max ? `${min - hidden}` : `${min - hidden} to ${max - hidden}`;
      throw new ExpressionFault(`\`${call.name}\` takes ${wanted} arguments, found ${call.args.length - hidden}`, node);
    }
    const args = call.args.map((argument) => this.compile(argument));
    return (frame) => {
      const values = args.map((argument) => argument(frame));
      try {
        return callFunction(called, values, frame.fuel);
      } catch (error) {
        if (error instanceof BadArgument) throw new ExpressionFault(`\`${call.name}\` ${error.message}`, node);
        throw error;
      }
    };
  }

  #object(entries: readonly (readonly [ASTNode, ASTNode])[]): Code {
    const codes = entries.map(([key, value]) => ({ node: key, key: this.compile(key), value: this.compile(value) }));
    return (frame) => {
      const pairs = codes.map(({ node, key, value }): [string, Json] => {
        const name = key(frame);
        if (typeof name !== 'string') throw new ExpressionFault(`a key must be a text, found ${show(name)}`, node);
        return [name, value(frame)];
      });
      return Object.fromEntries(pairs);
    };
  }

  #choice([condition, left, right]: readonly [ASTNode, ASTNode, ASTNode]): Code {
    const [test, whenTrue, whenFalse] = [this.condition(condition), this.compile(left), this.compile(right)];
    return (frame) => (test(frame) ? whenTrue(frame) : whenFalse(frame));
  }

  /** As in CEL, a side that fails is forgiven when the other side alone decides. */
  #logic([left, right]: readonly [ASTNode, ASTNode], decides: boolean): Code {
    const [first, second] = [this.condition(left), this.condition(right)];
    return (frame) => {
      let fault: ExpressionFault;
      try {
        return first(frame) === decides ? decides : second(frame);
      } catch (error) {
        if (!(error instanceof ExpressionFault)) throw error;
        frame.fuel.spendOnFault();
        fault = error;
      }
      if (second(frame) === decides) return decides;
      throw fault;
    };
  }
}

interface Call {
  readonly name: string;
  readonly args: readonly ASTNode[];
  readonly table: ReadonlyMap<string, ExpressionFunction>;
  readonly noun: 'function' | 'method';
}

interface Access {
  readonly node: ASTNode;
  readonly of: ASTNode;
}

function constant(value: Json): Code {
  return () => value;
}

function literal(value: unknown, node: ASTNode): Json {
  if (typeof value === 'bigint') {
    if (Number.isSafeInteger(Number(value))) return Number(value);
    throw new ExpressionFault(`${value} is too large to be exact; write it as a text`, node);
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new ExpressionFault(`\`${textOf(node)}\` is too large for a number`, node);
  }
  if (typeof value === 'object' && value !== null) {
    throw new ExpressionFault(`\`${textOf(node)}\` is not JSON: bytes and unsigned numbers have no place here`, node);
  }
  return value as Json;
}

function readField(value: Json, name: string, { node, of }: Access): Json {
  const found = findField(value, name);
  if (found !== undefined) return found;
  const path = textOf(node);
  if (isObject(value)) {
    throw new ExpressionFault(
      `\`${path}\`: there is no "${name}"; found ${showNames(presentKeys(value), 'key')}`,
      node,
    );
  }
  throw new ExpressionFault(`\`${path}\`: \`${textOf(of)}\` is ${show(value)} and has no "${name}"`, node);
}

function presentKeys(value: JsonObject): string[] {
  return Object.keys(value).filter((key) => value[key] !== undefined);
}

function readIndex(value: Json, index: Json, access: Access): Json {
  if (isObject(value) && typeof index === 'string') return readField(value, index, access);
  const path = textOf(access.node);
  if (!isList(value) || typeof index !== 'number') {
    throw new ExpressionFault(`\`${path}\`: ${show(value)} cannot be read at ${show(index)}`, access.node);
  }
  const item = value[index];
  if (item !== undefined) return item;
  throw new ExpressionFault(`\`${path}\`: there is no item ${index}; the list holds ${value.length}`, access.node);
}
