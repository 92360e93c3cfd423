// Expressions: the small safe language of `when`, `for_each` and `${{ }}`. CEL's syntax (https://cel.dev) over JSON.
//
// Owns:       checking, evaluating and resolving templates. Rules EX1 to EX12 stand in modules/catalog/SPEC.md.
// Invariants: E1 evaluation is pure, ends within bounded work and memory, and its result is JSON of bounded size.
//             E2 a text is parsed once; compiled expressions are kept, the least used go first.
//             E3 every failure is `expression-failed` (refused): it names the expression and what was found.
import { Environment, ParseError } from '@marcbachmann/cel-js';
import { refused, type ChoraleError } from '@chorale/lib-errors';
import { Compiler, type References } from './expression-compile.ts';
import type { Code } from './expression-node.ts';
import { splitText } from './expression-template.ts';
import { ExpressionFault, Fuel, FuelSpent, show, sizeOf, textLengthMax, toText } from './expression-values.ts';
import type { Json } from './json.ts';
import type { Expression, PriorityClass, Template } from './plan.ts';

export interface TaskInScope {
  readonly state: string;
  readonly output?: Json | undefined;
  readonly failure?: Json | undefined;
}

export interface ExpressionScope {
  readonly inputs: { readonly [name: string]: Json };
  readonly tasks: { readonly [key: string]: TaskInScope };
  /** Of a for_each task: the item, and its place from 0. */
  readonly item?: Json | undefined;
  readonly index?: number | undefined;
  readonly goal: { readonly id: string; readonly title: string; readonly priority: PriorityClass };
}

export const expressionLengthMax = 4096;
/** Characters of JSON, roughly. */
export const expressionResultSizeMax = 1_048_576;
const parsedKeptMax = 2000;

interface Compiled {
  readonly code: Code;
  readonly references: References;
}

const parser = new Environment({
  unlistedVariablesAreDyn: true,
  limits: { maxAstNodes: 1000, maxDepth: 60, maxListElements: 500, maxMapEntries: 200, maxCallArguments: 8 },
});

// A Map keeps the order of insertion: re-inserting what is used leaves the least recently used first.
const compiledByText = new Map<string, Compiled | ExpressionFault>();

function compileExpression(text: Expression): Compiled | ExpressionFault {
  const known = compiledByText.get(text);
  if (known !== undefined) compiledByText.delete(text);
  const compiled = known ?? parseAndCompile(text);
  compiledByText.set(text, compiled);
  if (compiledByText.size > parsedKeptMax) compiledByText.delete(compiledByText.keys().next().value as string);
  return compiled;
}

function parseAndCompile(text: Expression): Compiled | ExpressionFault {
  const whole = { start: 0, end: text.length };
  if (text.trim() === '') return new ExpressionFault('the expression is empty', whole);
  if (text.length > expressionLengthMax) {
    return new ExpressionFault(`the expression has ${text.length} characters; at most ${expressionLengthMax}`, whole);
  }
  try {
    const compiler = new Compiler();
    // Handed over whole: the tree's offsets are offsets in `text`.
    const code = compiler.compile(parser.parse(text).ast);
    return { code, references: compiler.references };
  } catch (error) {
    if (error instanceof ExpressionFault) return error;
    if (error instanceof ParseError) return new ExpressionFault(error.summary, error.range ?? whole);
    throw error;
  }
}

function getCompiled(text: Expression): Compiled {
  const compiled = compileExpression(text);
  if (compiled instanceof ExpressionFault) throw failure(text, compiled);
  return compiled;
}

function failure(text: Expression, fault: Error): ChoraleError {
  const shown = text.length > 200 ? `${text.slice(0, 200)}...` : text;
  return refused('expression-failed', `the expression \`${shown}\` failed: ${fault.message}`, {
    action: 'mend the expression or what it reads, then retry',
    data: { expression: text, ...(fault instanceof ExpressionFault ? { start: fault.start, end: fault.end } : {}) },
    cause: fault,
  });
}

/** The first mistake that can be seen without evaluating: syntax, unknown names and functions, sizes. */
export interface ExpressionMistake {
  readonly message: string;
  /** Offsets into the expression. */
  readonly start: number;
  readonly end: number;
}

export function findExpressionMistake(text: Expression): ExpressionMistake | undefined {
  const compiled = compileExpression(text);
  if (!(compiled instanceof ExpressionFault)) return undefined;
  return { message: compiled.message, start: compiled.start, end: compiled.end };
}

/** The message of the first mistake, or undefined. */
export function checkExpression(text: Expression): string | undefined {
  return findExpressionMistake(text)?.message;
}

/** Throws `expression-failed`. */
export function evaluateExpression(text: Expression, scope: ExpressionScope): Json {
  const { code } = getCompiled(text);
  try {
    const value = code({ scope: scope as unknown as { [name: string]: unknown }, locals: [], fuel: new Fuel() });
    if (sizeOf(value, expressionResultSizeMax) <= expressionResultSizeMax) return value;
  } catch (error) {
    if (error instanceof ExpressionFault || error instanceof FuelSpent) throw failure(text, error);
    // Deeply nested data overflows the stack of the functions that walk it.
    if (error instanceof RangeError) throw failure(text, new Error('the values it works on are nested too deeply'));
    throw error;
  }
  const message = `gives more than ${expressionResultSizeMax} characters; keep large data in an artifact and pass its name`;
  throw failure(text, new Error(message));
}

/** Throws `expression-failed`, also when the value is neither true nor false. */
export function evaluateCondition(text: Expression, scope: ExpressionScope): boolean {
  const value = evaluateExpression(text, scope);
  if (typeof value === 'boolean') return value;
  throw failure(text, new Error(`a condition must be true or false, found ${show(value)}`));
}

/**
 * The template with its expressions replaced. A text that is exactly one `${{ expression }}` becomes the value itself;
 * inside a longer text, values are written as text: null as nothing, lists and objects as JSON.
 */
export function resolveTemplate(template: Template, scope: ExpressionScope): Json {
  if (typeof template === 'string') return resolveText(template, scope);
  if (typeof template !== 'object' || template === null) return template;
  if (Array.isArray(template)) return (template as readonly Template[]).map((item) => resolveTemplate(item, scope));
  const resolved = Object.entries(template).map(([key, value]) => [key, resolveTemplate(value, scope)]);
  return Object.fromEntries(resolved) as Json;
}

function resolveText(text: string, scope: ExpressionScope): Json {
  if (!text.includes('${{')) return text;
  const { parts, unclosedAt } = splitText(text);
  if (unclosedAt !== undefined) throw failure(text, new Error(unclosedMessage));
  const [first] = parts;
  if (parts.length === 1 && first?.kind === 'expression') return evaluateExpression(first.text, scope);
  let resolved = '';
  for (const part of parts) {
    resolved += part.kind === 'text' ? part.text : toText(evaluateExpression(part.text, scope));
    if (resolved.length > textLengthMax) throw failure(text, new Error(`gives more than ${textLengthMax} characters`));
  }
  return resolved;
}

export const unclosedMessage = '`${{` is never closed by `}}`; write `$${{` for the characters themselves';

/** Every expression in a template, in order. One that is not closed is left out: `validatePlan` names it. */
export function templateExpressions(template: Template): string[] {
  if (typeof template === 'string') {
    if (!template.includes('${{')) return [];
    return splitText(template).parts.flatMap((part) => (part.kind === 'expression' ? [part.text] : []));
  }
  if (typeof template !== 'object' || template === null) return [];
  return Object.values(template).flatMap((item) => templateExpressions(item));
}

/** What an expression refers to; undefined when it has a mistake. Read from its syntax tree. */
export function expressionReferences(text: Expression): References | undefined {
  const compiled = compileExpression(text);
  return compiled instanceof ExpressionFault ? undefined : compiled.references;
}

/** The keys of the tasks an expression refers to; none when it has a mistake. */
export function referencedTasks(text: Expression): string[] {
  return [...(expressionReferences(text)?.tasks ?? [])];
}

/** The keys of the tasks a template's expressions refer to. */
export function referencedTasksInTemplate(template: Template): string[] {
  return [...new Set(templateExpressions(template).flatMap(referencedTasks))];
}
